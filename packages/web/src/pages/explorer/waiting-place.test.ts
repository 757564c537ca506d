import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ProjectedBlock } from "../../state/chain.ts";
import { waitingPlace, waitingWords } from "./waiting-place.ts";

function block(minrate: number, weight = 3_990_000): ProjectedBlock {
  return {
    weight,
    vsize: weight / 4,
    fees: 0,
    txcount: 1,
    minrate,
    medianrate: minrate,
    maxrate: minrate,
  };
}

describe("waitingPlace", () => {
  it("is the first block whose cheapest pays no more", () => {
    assert.equal(waitingPlace(7, [block(10), block(5), block(1)]), 1);
    assert.equal(waitingPlace(10, [block(10)]), 0);
  });

  it("is the last block while that has room", () => {
    assert.equal(waitingPlace(1, [block(10), block(5, 1_000_000)]), 1);
  });

  it("is nowhere behind full blocks that pay more", () => {
    assert.equal(waitingPlace(1, [block(10), block(5)]), null);
    assert.equal(waitingWords(null, 2), "behind the next 2 blocks");
  });

  it("is the next block when nothing waits", () => {
    assert.equal(waitingPlace(1, []), 0);
  });
});
