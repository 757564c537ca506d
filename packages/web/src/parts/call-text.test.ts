import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { callAsCommand, callAsCurl } from "./call-text.ts";

describe("a call as text", () => {
  it("quotes for the shell what a shell would read otherwise", () => {
    const call = { method: "setlabel", params: ["bc1q", "Ann's $HOME"], wallet: "a b" };
    assert.equal(
      callAsCommand(call, "main"),
      `compeer-cli '-rpcwallet=a b' setlabel bc1q 'Ann'\\''s $HOME'`,
    );
  });

  it("names the chain, and arguments that have names", () => {
    assert.equal(
      callAsCommand({ method: "getblock", params: { blockhash: "00", verbosity: 2 } }, "regtest"),
      "compeer-cli -chain=regtest -named getblock blockhash=00 verbosity=2",
    );
  });

  it("asks the chain's own port, and the wallet's path", () => {
    const text = callAsCurl({ method: "getbalance", wallet: "a/b" }, "signet");
    assert.match(text, /http:\/\/127\.0\.0\.1:38332\/wallet\/a%2Fb$/);
    assert.match(text, /'\{"jsonrpc":"2\.0","id":1,"method":"getbalance","params":\[\]\}'/);
  });
});
