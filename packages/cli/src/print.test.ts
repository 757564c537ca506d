import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { RpcError } from "@compeer/protocol/rpc/rpc-error";
import { formatResult, formatRpcError } from "./print.ts";

describe("formatResult", () => {
  it("prints text as it is, null as nothing, the rest as indented JSON", () => {
    assert.equal(formatResult("a\nb"), "a\nb");
    assert.equal(formatResult(null), "");
    assert.equal(formatResult(true), "true");
    assert.equal(formatResult(parseJson("0.10000000")), "0.10000000");
    assert.equal(formatResult(parseJson("{}")), "{\n}");
  });
});

describe("formatRpcError", () => {
  it("tells code and message, and the code is the status", () => {
    assert.deepEqual(formatRpcError(new RpcError(-8, "no")), {
      text: "error code: -8\nerror message:\nno",
      status: 8,
    });
  });

  it("says how to name a wallet", () => {
    assert.match(formatRpcError(new RpcError(-19, "Which?")).text, /Which\? Or for the CLI, /);
  });
});
