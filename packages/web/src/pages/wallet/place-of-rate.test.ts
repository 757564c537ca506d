import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ProjectedBlock } from "../../state/chain.ts";
import { placeOfRate } from "./place-of-rate.ts";

function block(minrate: number, weight: number): ProjectedBlock {
  const vsize = weight / 4;
  return { minrate, maxrate: 50, medianrate: minrate, weight, vsize, fees: 0, txcount: 9 };
}

describe("placeOfRate", () => {
  const blocks = [block(10, 3_992_000), block(3, 3_992_000), block(1, 400_000)];

  it("is the first block that the rate outbids", () => {
    assert.deepEqual(placeOfRate(blocks, 11), { block: 0, ahead: 998_000 });
    assert.deepEqual(placeOfRate(blocks, 10), { block: 1, ahead: 1_996_000 });
  });

  it("is the first block with room for a rate that outbids nobody", () => {
    assert.deepEqual(placeOfRate(blocks, 0.5), { block: 2, ahead: 2_096_000 });
  });

  it("is behind all when every block is full of better ones", () => {
    assert.deepEqual(placeOfRate(blocks.slice(0, 2), 1), { block: null, ahead: 1_996_000 });
  });
});
