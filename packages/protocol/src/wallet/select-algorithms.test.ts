import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { RandomBelow } from "../crypto/shuffle.ts";
import { selectBranchAndBound } from "./select-branch-and-bound.ts";
import { CHANGE_LOWER } from "./select-change.ts";
import type { SelectableCoin } from "./select-coin.ts";
import { selectGrinder } from "./select-grinder.ts";
import {
  type CoinGroup,
  groupCoins,
  type Picked,
  totalAmount,
  totalWeight,
} from "./select-group.ts";
import { selectKnapsack } from "./select-knapsack.ts";
import { selectRandomDraw } from "./select-random-draw.ts";

const NO_LIMIT = 400_000;

/** Draws that are the same each time for a seed. */
function seeded(seed: number): RandomBelow {
  let state = seed >>> 0 || 1;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

interface Facts {
  readonly amount: number;
  readonly size: number;
  readonly waste: number;
}

function groupOf({ amount, size, waste }: Facts): CoinGroup {
  const fee = size;
  const coin: SelectableCoin = {
    prevout: { txid: new Uint8Array(32), index: amount },
    value: amount + fee,
    script: new Uint8Array(0),
    kind: "bech32",
    depth: 6,
    isFromMe: false,
    inputSize: size,
    fee,
    bumpFee: 0,
    longTermFee: fee - waste,
    ancestors: 0,
    descendants: 0,
  };
  return groupCoins([coin], false);
}

const anyFacts: fc.Arbitrary<Facts> = fc.record({
  amount: fc.integer({ min: 1, max: 400 }),
  size: fc.integer({ min: 30, max: 90 }),
  waste: fc.integer({ min: 1, max: 20 }),
});
const anyPool = fc.array(anyFacts, { minLength: 1, maxLength: 9 });

function* subsets(groups: readonly CoinGroup[]): Generator<readonly CoinGroup[]> {
  for (let bits = 1; bits < 2 ** groups.length; bits++)
    yield groups.filter((_, position) => (bits >> position) & 1);
}

function picked(verdict: Picked): readonly CoinGroup[] {
  assert.notEqual(typeof verdict, "string");
  return verdict as readonly CoinGroup[];
}

describe("selectBranchAndBound", () => {
  it("finds the set without change that wastes least, and one whenever there is one", () => {
    fc.assert(
      fc.property(anyPool, fc.integer({ min: 1, max: 1500 }), fc.nat(60), (facts, target, cost) => {
        const pool = facts.map(groupOf);
        const waste = (groups: readonly CoinGroup[]) =>
          totalAmount(groups) -
          target +
          groups.reduce((sum, { fee, longTermFee }) => sum + fee - longTermFee, 0);
        const fits = [...subsets(pool)].filter((groups) => {
          const amount = totalAmount(groups);
          return amount >= target && amount <= target + cost;
        });
        const verdict = selectBranchAndBound(pool, target, cost, NO_LIMIT);
        if (fits.length === 0) assert.equal(verdict, "none");
        else assert.equal(waste(picked(verdict)), Math.min(...fits.map(waste)));
      }),
    );
  });

  it("says when all that fits is too heavy", () => {
    const pool = [groupOf({ amount: 100, size: 50, waste: 1 })];
    assert.equal(selectBranchAndBound(pool, 100, 10, 199), "too-heavy");
    assert.equal(picked(selectBranchAndBound(pool, 100, 10, 200)).length, 1);
  });

  it("gives up in time where the sets are too many to see", () => {
    const pool = Array.from({ length: 60 }, (_, i) =>
      groupOf({ amount: 2 ** (i % 20) * 1000 + 2 * i, size: 68, waste: 1 }),
    );
    assert.equal(selectBranchAndBound(pool, 1_234_567, 0, NO_LIMIT), "none");
  });
});

describe("selectGrinder", () => {
  it("finds the lightest set that reaches target and change, and of these the smallest", () => {
    fc.assert(
      fc.property(
        anyPool,
        fc.integer({ min: 1, max: 1200 }),
        fc.nat(100),
        (facts, target, change) => {
          const pool = facts.map(groupOf);
          const fits = [...subsets(pool)].filter((each) => totalAmount(each) >= target + change);
          const verdict = selectGrinder(pool, target, change, NO_LIMIT);
          if (fits.length === 0) {
            assert.equal(verdict, "none");
            return;
          }
          const weight = Math.min(...fits.map(totalWeight));
          const amount = Math.min(
            ...fits.filter((each) => totalWeight(each) === weight).map(totalAmount),
          );
          assert.equal(totalWeight(picked(verdict)), weight);
          assert.equal(totalAmount(picked(verdict)), amount);
        },
      ),
    );
  });

  it("says when every set is too heavy", () => {
    const pool = [60, 50, 40].map((amount) => groupOf({ amount, size: 50, waste: 1 }));
    assert.equal(selectGrinder(pool, 120, 10, 500), "too-heavy");
  });
});

describe("selectKnapsack", () => {
  it("covers the target whenever all coins do", () => {
    fc.assert(
      fc.property(anyPool, fc.integer({ min: 1, max: 1500 }), fc.nat(), (facts, target, seed) => {
        const pool = facts.map(groupOf);
        const verdict = selectKnapsack(pool, target, 50, seeded(seed), NO_LIMIT);
        if (totalAmount(pool) < target) assert.equal(verdict, "none");
        else assert.ok(totalAmount(picked(verdict)) >= target);
      }),
    );
  });

  it("takes one coin of exactly the target", () => {
    const pool = [500, 300, 200].map((amount) => groupOf({ amount, size: 50, waste: 1 }));
    assert.equal(picked(selectKnapsack(pool, 300, 50, seeded(1), NO_LIMIT))[0]?.amount, 300);
  });

  it("takes the next larger coin where smaller ones do not add up", () => {
    const pool = [500, 90, 80].map((amount) => groupOf({ amount, size: 50, waste: 1 }));
    const groups = picked(selectKnapsack(pool, 200, 50, seeded(1), NO_LIMIT));
    assert.deepEqual(
      groups.map(({ amount }) => amount),
      [500],
    );
  });
});

describe("selectRandomDraw", () => {
  it("covers target, least change and its fee, or says there is too little", () => {
    fc.assert(
      fc.property(anyPool, fc.nat(400), fc.nat(), (facts, target, seed) => {
        const pool = facts.map((each) => groupOf({ ...each, amount: each.amount * 1000 }));
        const goal = target + CHANGE_LOWER + 31;
        const verdict = selectRandomDraw(pool, target, 31, seeded(seed), NO_LIMIT);
        if (totalAmount(pool) < goal) assert.equal(verdict, "none");
        else assert.ok(totalAmount(picked(verdict)) >= goal);
      }),
    );
  });

  it("drops the smallest coins where many would be too heavy", () => {
    const small = Array.from({ length: 20 }, () => groupOf({ amount: 1_000, size: 50, waste: 1 }));
    const large = [60_000, 70_000].map((amount) => groupOf({ amount, size: 50, waste: 1 }));
    for (let seed = 1; seed < 50; seed++) {
      const groups = picked(selectRandomDraw([...small, ...large], 60_000, 0, seeded(seed), 400));
      assert.ok(totalWeight(groups) <= 400);
      assert.ok(totalAmount(groups) >= 60_000 + CHANGE_LOWER);
    }
  });
});
