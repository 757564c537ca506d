import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { meetsSequenceLocks, sequenceLocks } from "./sequence-locks.ts";
import { bodyOf, chainOf, inputOf, viewOf } from "./test-chain.test.ts";

const TYPE = 0x00400000;
const DISABLED = 0x80000000;
const PARENT = chainOf(100);

function locks(
  version: number,
  ...inputs: readonly (readonly [sequence: number, coinHeight: number])[]
) {
  const tx = viewOf(bodyOf({ version, inputs: inputs.map(([sequence]) => inputOf({ sequence })) }));
  const coins = new SpentCoins(inputs.length);
  const script = new Uint8Array(0);
  for (const [row, [, height]] of inputs.entries())
    coins.setCoin(row, { value: 0, script, height, coinbase: false });
  return { ...sequenceLocks(tx, coins, PARENT), met: meetsSequenceLocks(tx, coins, PARENT) };
}

describe("sequenceLocks", () => {
  it("waits for blocks on top of the coin: the last height that is too early", () => {
    assert.deepEqual(locks(2, [5, 96]), { height: 100, time: -1, met: false });
    assert.deepEqual(locks(2, [5, 95]), { height: 99, time: -1, met: true });
    assert.deepEqual(locks(2, [0, 100]), { height: 99, time: -1, met: true });
  });

  it("waits for 512 seconds a unit from the median time before the coin's block", () => {
    const before = PARENT.ancestor(49)?.medianTimePast as number;
    assert.equal(locks(2, [TYPE | 3, 50]).time, before + 3 * 512 - 1);
    const passed = PARENT.medianTimePast - before; // 50 blocks of 600 seconds
    const units = Math.floor(passed / 512);
    assert.equal(locks(2, [TYPE | units, 50]).met, true);
    assert.equal(locks(2, [TYPE | (units + 1), 50]).met, false);
    assert.equal(
      locks(2, [TYPE | 1, 0]).time,
      (PARENT.ancestor(0)?.medianTimePast as number) + 511,
    );
  });

  it("takes the strictest input and no disabled one", () => {
    assert.equal(locks(2, [5, 90], [7, 96], [1, 99]).height, 102);
    assert.deepEqual(locks(2, [DISABLED | 5, 100]), { height: -1, time: -1, met: true });
  });

  it("ignores bits without a meaning", () => {
    assert.equal(locks(2, [0x7fbf0005, 96]).height, 100);
  });

  it("holds for versions from 2 on, compared unsigned (C14, CVE-2024-34478)", () => {
    assert.equal(locks(1, [5, 100]).met, true);
    assert.equal(locks(2, [5, 100]).met, false);
    assert.equal(locks(0xffffffff, [5, 100]).met, false);
    assert.equal(locks(0x80000000, [5, 100]).met, false);
  });
});
