import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findSignature } from "./find-signature.ts";
import { helpList, helpText, type RpcDoc } from "./help-text.ts";
import { type RpcSignature, requiredCount, usageLine } from "./signature.ts";

const signature = (name: string): RpcSignature => findSignature(name) as RpcSignature;

describe("usageLine", () => {
  it("quotes strings and brackets what is optional", () => {
    assert.equal(usageLine(signature("getblock")), 'getblock "blockhash" ( verbosity )');
    assert.equal(usageLine(signature("getblockcount")), "getblockcount");
    assert.equal(
      usageLine(signature("prioritisetransaction")),
      'prioritisetransaction "txid" ( dummy ) fee_delta',
    );
  });

  it("does not show hidden arguments", () => {
    assert.equal(usageLine(signature("stop")), "stop");
  });
});

describe("requiredCount", () => {
  it("counts up to the last argument that must be there", () => {
    assert.equal(requiredCount(signature("getblock").args), 1);
    assert.equal(requiredCount(signature("prioritisetransaction").args), 3);
    assert.equal(requiredCount(signature("echo").args), 0);
  });
});

describe("helpText", () => {
  it("has usage, description, arguments, result and examples in this order", () => {
    const doc: RpcDoc = {
      ...signature("getblockheader"),
      description: "Tells about a header.",
      result: '"hex"    (string) the header',
      examples: ['"00ff"'],
    };
    assert.equal(
      helpText(doc),
      [
        'getblockheader "blockhash" ( verbose )',
        "",
        "Tells about a header.",
        "",
        "Arguments:",
        "1. blockhash    (string, required) hash of the block",
        "2. verbose      (boolean, optional, default=true) true for an object, false for less",
        "",
        "Result:",
        '"hex"    (string) the header',
        "",
        "Examples:",
        '> compeer-cli getblockheader "00ff"',
        "",
      ].join("\n"),
    );
  });
});

describe("helpList", () => {
  it("lists methods by category and leaves out the hidden ones", () => {
    const methods = ["stop", "getblockcount", "echo", "help"].map(signature);
    assert.equal(
      helpList(methods),
      '== Blockchain ==\ngetblockcount\n\n== Control ==\nhelp ( "command" )\nstop',
    );
  });
});
