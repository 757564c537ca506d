import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Slab } from "./slab.ts";

describe("Slab", () => {
  it("gives each array its own bytes, all zero, whatever the lengths", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2000), { maxLength: 100 }), (lengths) => {
        const slab = new Slab();
        const arrays = lengths.map((length, i) => {
          const array = slab.cut(length);
          assert.equal(array.length, length);
          assert.ok(array.every((byte) => byte === 0));
          return array.fill(i + 1);
        });
        for (const [i, array] of arrays.entries()) assert.ok(array.every((byte) => byte === i + 1));
      }),
    );
  });

  it("keeps no more than 4,096 bytes alive for one short array, and for a long one nothing else", () => {
    const slab = new Slab();
    for (let length = 1; length <= 1024; length++)
      assert.ok(slab.cut(length).buffer.byteLength <= 4096);
    assert.equal(slab.cut(1025).buffer.byteLength, 1025);
  });
});
