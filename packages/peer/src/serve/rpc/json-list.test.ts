import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { JsonList } from "./json-list.ts";
import { writeLongJson } from "./write-long-json.ts";

describe("JsonList", () => {
  it("is the JSON of all its items, however many", async () => {
    for (const length of [0, 1, 255, 256, 257, 512, 1000]) {
      const items = Array.from({ length }, (_, number) => ({ number, text: `"${number}` }));
      const list = new JsonList();
      for (const item of items) list.add(writeJson(item));
      assert.deepEqual(JSON.parse(await writeLongJson(list.finish())), items);
    }
  });

  it("may stand among other values", () => {
    const list = new JsonList();
    list.add("1.50");
    assert.equal(writeJson({ coins: list.finish(), more: null }), '{"coins":[1.50],"more":null}');
  });
});
