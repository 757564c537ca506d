import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RpcClient } from "./client.ts";
import { JsonNumber } from "./json.ts";

describe("RpcClient", () => {
  it("sends version 2.0 with a new id each time and returns the result", async () => {
    const sent: string[] = [];
    const client = new RpcClient(async (body) => {
      sent.push(body);
      return '{"jsonrpc":"2.0","result":0.10000000,"id":1}';
    });
    assert.deepEqual(await client.call("getbalance"), new JsonNumber("0.10000000"));
    await client.call("getblockhash", { height: 0 });
    assert.deepEqual(sent, [
      '{"jsonrpc":"2.0","id":1,"method":"getbalance","params":[]}',
      '{"jsonrpc":"2.0","id":2,"method":"getblockhash","params":{"height":0}}',
    ]);
  });

  it("throws the server's error", async () => {
    const client = new RpcClient(async () => '{"error":{"code":-8,"message":"no"},"id":1}');
    await assert.rejects(client.call("x"), { name: "RpcError", code: -8, message: "no" });
  });

  it("throws on what is no answer", async () => {
    await assert.rejects(new RpcClient(async () => "[]").call("x"), { code: -32700 });
    await assert.rejects(new RpcClient(async () => "<html>").call("x"), { name: "DecodeError" });
  });
});
