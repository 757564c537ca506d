import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { changeTarget } from "./select-change.ts";
import type { CoinKind, SelectableCoin } from "./select-coin.ts";
import { type SelectionRules, selectCoins } from "./select-coins.ts";
import { type Selection, selectedChange, selectedValue } from "./select-result.ts";

const RATE = 2_000;
const LONG_TERM_RATE = 10_000;
const INPUT_SIZE = 68;

function coin(value: number, facts: Partial<SelectableCoin> = {}): SelectableCoin {
  return {
    prevout: { txid: new Uint8Array(32), index: value },
    value,
    script: Uint8Array.of(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff),
    kind: "bech32",
    depth: 10,
    isFromMe: false,
    inputSize: INPUT_SIZE,
    fee: (INPUT_SIZE * RATE) / 1000,
    bumpFee: 0,
    longTermFee: (INPUT_SIZE * LONG_TERM_RATE) / 1000,
    ancestors: 0,
    descendants: 0,
    ...facts,
  };
}

const RULES: SelectionRules = {
  random: (limit) => Math.floor(limit / 2),
  feeRate: RATE,
  longTermRate: LONG_TERM_RATE,
  changeFee: 62,
  costOfChange: 266,
  minViableChange: 294,
  changeTarget: 50_062,
  baseSize: 42,
  changeOutputSize: 31,
  maxWeight: 400_000,
  subtractFee: false,
  combinedBumpFee: () => 0,
  version: 2,
  allowOthers: true,
  avoidPartialSpends: false,
  includeUnsafe: false,
  spendUnconfirmedChange: true,
  maxAncestors: 25,
  maxDescendants: 25,
  rejectLongChains: true,
};

function chosen(
  available: readonly SelectableCoin[],
  target: number,
  rules: Partial<SelectionRules> = {},
  preselected: readonly SelectableCoin[] = [],
): Selection {
  const verdict = selectCoins(preselected, available, target, { ...RULES, ...rules });
  assert.ok("selection" in verdict, JSON.stringify(verdict));
  return verdict.selection;
}

function refusal(
  available: readonly SelectableCoin[],
  target: number,
  rules: Partial<SelectionRules> = {},
  preselected: readonly SelectableCoin[] = [],
): string {
  const verdict = selectCoins(preselected, available, target, { ...RULES, ...rules });
  assert.ok("error" in verdict);
  return verdict.error;
}

function values({ coins }: Selection): number[] {
  return coins.map(({ value }) => value).sort((a, b) => a - b);
}

describe("selectCoins", () => {
  it("pays the target and its inputs from what it selects, whatever the coins", () => {
    const anyCoins = fc.array(fc.integer({ min: 200, max: 5_000_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(anyCoins, fc.integer({ min: 300, max: 9_000_000 }), (amounts, target) => {
        const available = amounts.map((value) => coin(value));
        const worth = available.reduce((sum, { value, fee }) => sum + Math.max(0, value - fee), 0);
        const verdict = selectCoins([], available, target, RULES);
        if ("error" in verdict) {
          assert.ok(worth < target);
          return;
        }
        const { coins } = verdict.selection;
        const paid = coins.reduce((sum, { value, fee }) => sum + value - fee, 0);
        assert.ok(paid >= target);
        assert.equal(new Set(coins).size, coins.length);
      }),
    );
  });

  it("needs no change where a set fits", () => {
    const facts = { longTermFee: 0 };
    const fitting = coin(100_136 + 200, facts);
    const coins = [coin(3_000_000, facts), fitting, coin(50_000, facts)];
    const selection = chosen(coins, 100_000);
    assert.deepEqual(values(selection), [fitting.value]);
    assert.equal(selectedChange(selection, RULES), 0);
  });

  it("spends small coins while rates are low", () => {
    const coins = [coin(100_336), coin(50_000)];
    assert.deepEqual(values(chosen(coins, 100_000)), [50_000, 100_336]);
  });

  it("keeps to one kind of input while that will do", () => {
    const kinds: CoinKind[] = ["legacy", "bech32", "bech32m"];
    const coins = kinds.flatMap((kind) => [coin(400_000, { kind }), coin(300_000, { kind })]);
    const selection = chosen(coins, 500_000);
    assert.equal(new Set(selection.coins.map(({ kind }) => kind)).size, 1);
    const mixed = chosen(coins, 1_500_000);
    assert.ok(new Set(mixed.coins.map(({ kind }) => kind)).size > 1);
  });

  it("prefers coins of six confirmations, then of one, then own unconfirmed change", () => {
    const old = coin(1_000_001);
    const fresh = coin(1_000_002, { depth: 1 });
    const change = coin(1_000_003, { depth: 0, isFromMe: true, ancestors: 1, descendants: 1 });
    assert.deepEqual(values(chosen([change, fresh, old], 500_000)), [old.value]);
    assert.deepEqual(values(chosen([change, fresh], 500_000)), [fresh.value]);
    assert.deepEqual(values(chosen([change], 500_000)), [change.value]);
    assert.equal(refusal([change], 500_000, { spendUnconfirmedChange: false }), "");
  });

  it("spends unconfirmed coins of others only when asked to", () => {
    const foreign = coin(1_000_000, { depth: 0, ancestors: 1, descendants: 1 });
    assert.equal(refusal([foreign], 500_000), "");
    assert.deepEqual(values(chosen([foreign], 500_000, { includeUnsafe: true })), [1_000_000]);
  });

  it("says when only coins at the end of a long chain would do", () => {
    const late = coin(1_000_000, { depth: 0, isFromMe: true, ancestors: 25, descendants: 25 });
    assert.match(refusal([late], 500_000), /creates a chain of transactions/);
    assert.deepEqual(values(chosen([late], 500_000, { rejectLongChains: false })), [1_000_000]);
  });

  it("takes an address whole or not at all when partial spends are avoided", () => {
    const script = Uint8Array.of(7);
    const same = [coin(200_000, { script }), coin(210_000, { script }), coin(220_000, { script })];
    const selection = chosen(same, 100_000, { avoidPartialSpends: true });
    assert.deepEqual(values(selection), [200_000, 210_000, 220_000]);
    assert.equal(chosen(same, 100_000).coins.length, 1);
  });

  it("never selects a hand-picked coin less", () => {
    const picked = coin(40_000);
    const selection = chosen([coin(500_000)], 300_000, {}, [picked]);
    assert.ok(selection.coins.includes(picked));
    assert.equal(selectedValue(selection), 540_000);
    assert.deepEqual(values(chosen([coin(500_000)], 30_000, {}, [picked])), [40_000]);
  });

  it("says when the hand-picked coins are too few and no others may be added", () => {
    const rules = { allowOthers: false };
    assert.match(refusal([coin(500_000)], 300_000, rules, [coin(40_000)]), /does not cover/);
  });

  it("counts coins whole where recipients pay the fee", () => {
    const all = [coin(100_000), coin(50_000)];
    assert.equal(refusal(all, 150_000), "");
    assert.equal(selectedValue(chosen(all, 150_000, { subtractFee: true })), 150_000);
  });

  it("says when the inputs would be too heavy", () => {
    const many = Array.from({ length: 100 }, (_, i) => coin(1_000 + i));
    assert.match(refusal(many, 70_000, { maxWeight: 4_000 }), /exceeds the maximum weight/);
  });

  it("lifts ancestors that coins share only once", () => {
    const facts = { depth: 0, isFromMe: true, ancestors: 1, descendants: 2, bumpFee: 500 };
    const coins = [coin(100_000, { ...facts, fee: 636 }), coin(90_000, { ...facts, fee: 636 })];
    const selection = chosen(coins, 150_000, { combinedBumpFee: () => 600 });
    assert.equal(selection.bumpDiscount, 400);
  });
});

describe("changeTarget", () => {
  it("lies between 50,000 and a million satoshis over its fee, and near what is paid", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.nat(1_000_000), (payment, lot) => {
        const target = changeTarget(payment, 31, (limit) => lot % limit);
        assert.ok(target >= 50_031 && target <= 1_000_031);
        if (payment > 25_000) assert.ok(target <= 31 + Math.max(50_000, payment * 2));
      }),
    );
  });
});

describe("a wallet of very many coins", () => {
  it("pays from a part of them, and from all when it must", () => {
    const many = Array.from({ length: 9_000 }, (_, i) => coin(10_000 + (i % 700)));
    let lot = 1;
    const random = (limit: number) => {
      lot = (Math.imul(lot, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((lot / 2 ** 32) * limit);
    };
    const worth = many.reduce((sum, { value, fee }) => sum + value - fee, 0);
    const few = chosen(many, 1_000_000, { random });
    assert.ok(few.coins.length < 200);
    const most = chosen(many, worth - 1_000_000, { random, maxWeight: 10_000_000 });
    assert.ok(selectedValue(most) >= worth - 1_000_000);
    assert.equal(new Set(most.coins).size, most.coins.length);
  });
});
