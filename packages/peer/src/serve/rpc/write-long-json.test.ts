import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonNumber, JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { writeLongJson } from "./write-long-json.ts";

const LIST: JsonOut = Array.from({ length: 20_000 }, (_, i) => ({
  txid: String(i).padStart(64, "a"),
  amount: new JsonNumber(`${i}.00000000`),
  label: i % 2 === 0 ? undefined : 'a "label" \u007f \n',
  parents: ["one", "two"],
}));

describe("writeLongJson", () => {
  it("writes what writeJson writes", async () => {
    const object = new JsonObject([
      ["result", { transactions: LIST, removed: [], lastblock: "00" }],
      ["error", null],
      ["id", 1],
    ]);
    const values: readonly JsonOut[] = [
      LIST,
      object,
      null,
      "text",
      1.5,
      [],
      {},
      [LIST, LIST],
      { a: { b: LIST } },
    ];
    for (const value of values) assert.equal(await writeLongJson(value), writeJson(value));
  });

  it("lets the event loop turn while it writes a long list", async () => {
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await writeLongJson(Array.from({ length: 20 }, () => LIST).flat());
    isDone = true;
    assert.ok(turns > 3, `${turns} turns`);
  });
});
