import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { blockSubsidy } from "./subsidy.ts";

const HALVING = 210_000;

describe("blockSubsidy", () => {
  it("is 50 coins, halved every 210,000 blocks, as an exact shift of 64 bits", () => {
    fc.assert(
      fc.property(fc.nat(63), fc.nat(HALVING - 1), (halvings, block) => {
        const expected = Number(5_000_000_000n >> BigInt(halvings));
        assert.equal(blockSubsidy(halvings * HALVING + block, HALVING), expected);
      }),
    );
  });

  it("is zero after 64 halvings and at every later multiple of 32 (C24, BIP42)", () => {
    assert.equal(blockSubsidy(13_440_000, HALVING), 0);
    for (let k = 1; k < 100; k++) assert.equal(blockSubsidy(6_930_000 * k, HALVING), 0);
  });

  it("adds up to 20,999,999.97690000 coins", () => {
    let total = 0;
    for (let halving = 0; halving < 64; halving++)
      total += blockSubsidy(halving * HALVING, HALVING) * HALVING;
    assert.equal(total, 2_099_999_997_690_000);
  });
});
