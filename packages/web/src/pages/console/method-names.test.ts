import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { completions, methodsOfHelp } from "./method-names.ts";

const HELP =
  '== Blockchain ==\ngetblock "blockhash" ( verbosity )\ngetblockcount\n\n== Wallet ==\nunloadwallet\n';

describe("methodsOfHelp", () => {
  it("gives each method with its heading and usage", () => {
    assert.deepEqual(methodsOfHelp(HELP), [
      { category: "Blockchain", name: "getblock", usage: 'getblock "blockhash" ( verbosity )' },
      { category: "Blockchain", name: "getblockcount", usage: "getblockcount" },
      { category: "Wallet", name: "unloadwallet", usage: "unloadwallet" },
    ]);
  });
});

describe("completions", () => {
  const methods = methodsOfHelp(HELP);

  it("puts the names that begin with the text before those that hold it", () => {
    const names = completions(methods, "l", 9).map(({ name }) => name);
    assert.deepEqual(names, ["getblock", "getblockcount", "unloadwallet"]);
    assert.deepEqual(
      completions(methods, "UNL", 9).map(({ name }) => name),
      ["unloadwallet"],
    );
  });

  it("gives at most what is asked for, and nothing for nothing", () => {
    assert.equal(completions(methods, "get", 1).length, 1);
    assert.deepEqual(completions(methods, " ", 9), []);
  });
});
