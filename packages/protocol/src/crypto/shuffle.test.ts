import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { drawn, shuffled } from "./shuffle.ts";

describe("shuffled", () => {
  it("gives each order for exactly one course of lots", () => {
    const orders = new Set<string>();
    for (let first = 0; first < 4; first++)
      for (let second = 0; second < 3; second++)
        for (let third = 0; third < 2; third++) {
          const lots = [first, second, third, 0];
          orders.add(shuffled(["a", "b", "c", "d"], () => lots.shift() as number).join(""));
        }
    assert.equal(orders.size, 24);
  });

  it("keeps every item and asks for lots that are below what is left", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
        let left = items.length;
        const mixed = shuffled(items, (limit) => {
          assert.equal(limit, left--);
          return seed % limit;
        });
        const rising = (a: number, b: number): number => a - b;
        assert.deepEqual([...mixed].sort(rising), [...items].sort(rising));
      }),
    );
  });

  it("draws no more lots than items are asked for", () => {
    let lots = 0;
    const [item] = drawn([1, 2, 3], () => lots++);
    assert.deepEqual([item, lots], [1, 1]);
  });
});
