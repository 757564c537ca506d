import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { networkByName } from "../bitcoin/networks/all.ts";
import {
  blockWork,
  decodeTarget,
  difficulty,
  encodeTarget,
  isPermittedTransition,
  meetsTarget,
  nextWorkRequired,
} from "./difficulty.ts";
import { chainOf } from "./test-chain.test.ts";

const MAIN = networkByName("main");
const TEST = networkByName("test");
const EASIEST = 0x1d00ffff;

describe("compact target", () => {
  it("decodes as the format says: three bytes of digits, times a power of 256", () => {
    assert.equal(decodeTarget(0x1d00ffff).target, 0xffffn << 208n);
    assert.equal(decodeTarget(0x05009234).target, 0x92340000n);
    assert.equal(decodeTarget(0x01123456).target, 0x12n);
    assert.equal(decodeTarget(0x00123456).target, 0n);
    assert.equal(decodeTarget(0x04923456).negative, true);
    assert.equal(decodeTarget(0x04923456).target, 0x12345600n);
    assert.equal(decodeTarget(0x01fedcba).negative, true);
  });

  it("calls zero neither negative nor too large", () => {
    for (const bits of [0x04800000, 0x01800000, 0xff000000, 0x00923456])
      assert.deepEqual(decodeTarget(bits), { target: 0n, negative: false, overflow: false });
  });

  it("is too large where a digit lies above 256 bits", () => {
    for (const [bits, overflow] of [
      [0x2000ffff, false],
      [0x207fffff, false],
      [0x2100ffff, false],
      [0x21010000, true],
      [0x220000ff, false],
      [0x22000100, true],
      [0x23000001, true],
      [0xff123456, true],
    ] as const)
      assert.equal(decodeTarget(bits).overflow, overflow, bits.toString(16));
  });

  it("encodes to what decodes to the leading digits of a target", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (target) => {
        const back = decodeTarget(encodeTarget(target));
        assert.equal(back.negative || back.overflow, false);
        assert.ok(back.target <= target);
        assert.ok(target - back.target <= target >> 15n);
        assert.equal(encodeTarget(back.target), encodeTarget(target));
      }),
    );
    assert.equal(encodeTarget(0x80n), 0x02008000);
    assert.equal(encodeTarget(0n), 0);
  });

  it("counts the hashes of a block as Core does: ~target / (target + 1) + 1", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (bits) => {
        const { target, negative, overflow } = decodeTarget(bits);
        const inverse = 2n ** 256n - 1n - target;
        const none = negative || overflow || target === 0n;
        assert.equal(blockWork(bits), none ? 0n : inverse / (target + 1n) + 1n);
      }),
    );
    assert.equal(blockWork(EASIEST), 0x100010001n);
    assert.equal(blockWork(0x207fffff), 2n);
  });

  it("has difficulty 1 for main's easiest and the known values for others", () => {
    assert.equal(difficulty(EASIEST), 1);
    assert.equal(difficulty(0x1b0404cb), 16307.420938523983);
    assert.equal(difficulty(0x207fffff), 4.6565423739069247e-10);
  });

  it("compares a hash as a number whose last byte is the first digit", () => {
    const hash = new Uint8Array(32);
    hash[31] = 1;
    assert.equal(meetsTarget(hash, 2n ** 248n), true);
    assert.equal(meetsTarget(hash, 2n ** 248n - 1n), false);
  });
});

describe("nextWorkRequired", () => {
  const DAY = 24 * 60 * 60;
  /** A full period that took `seconds`, from its first to its last block. */
  const period = (seconds: number, bits: number) =>
    chainOf(2016, (height) => ({
      bits,
      time: 1_600_000_000 + Math.floor((seconds * height) / 2015),
    }));

  it("keeps the bits within a period", () => {
    const parent = chainOf(2015, () => ({ bits: 0x1b0404cb }));
    assert.equal(nextWorkRequired(parent, parent.time + 1_000_000, MAIN), 0x1b0404cb);
  });

  it("scales the target with the time the period took, between a quarter and four times", () => {
    const next = (seconds: number, bits = 0x1b0404cb) =>
      decodeTarget(nextWorkRequired(period(seconds, bits), 0, MAIN)).target;
    const { target } = decodeTarget(0x1b0404cb);
    const near = (value: bigint, expected: bigint) =>
      assert.ok(value <= expected && value > expected - (expected >> 14n));
    near(next(14 * DAY), target);
    near(next(7 * DAY), target / 2n);
    near(next(1), target / 4n);
    near(next(100 * DAY), target * 4n);
    assert.equal(next(100 * DAY, EASIEST), decodeTarget(EASIEST).target, "never above the limit");
  });

  it("gives the values that main's history has", () => {
    // Heights 32255 and 68543: first and last time of the period, the bits before and after.
    const history = [
      [1261130161, 1262152739, 0x1d00ffff, 0x1d00d86a],
      [1279008237, 1279297671, 0x1c05a3f4, 0x1c0168fd],
    ] as const;
    for (const [first, last, before, after] of history) {
      const parent = chainOf(2016, (height) => ({
        bits: before,
        time: height === 2015 ? last : first,
      }));
      assert.equal(nextWorkRequired(parent, 0, MAIN), after);
    }
  });

  it("lets testnet have the least difficulty after 20 minutes, and goes back to the real one", () => {
    const hard = 0x1b0404cb;
    const parent = chainOf(100, (height) => ({ bits: height > 90 ? EASIEST : hard }));
    assert.equal(nextWorkRequired(parent, parent.time + 1201, TEST), EASIEST);
    assert.equal(nextWorkRequired(parent, parent.time + 1200, TEST), hard);
    const eased = chainOf(2020, (height) => ({ bits: height >= 2016 ? EASIEST : hard }));
    assert.equal(
      nextWorkRequired(eased, eased.time, TEST),
      EASIEST,
      "a period's first block stops the walk",
    );
  });

  it("takes testnet4's new difficulty from the first block of the period (BIP94)", () => {
    const hard = 0x1b0404cb;
    const seconds = 14 * DAY;
    const parent = chainOf(2016, (height) => ({
      bits: height === 0 ? hard : EASIEST,
      time: 1_600_000_000 + Math.floor((seconds * height) / 2015),
    }));
    assert.equal(nextWorkRequired(parent, 0, networkByName("testnet4")), hard);
    assert.equal(nextWorkRequired(parent, 0, TEST), EASIEST);
  });

  it("never changes on regtest", () => {
    const parent = chainOf(144, () => ({ bits: 0x207fffff, time: 1_600_000_000 }));
    assert.equal(nextWorkRequired(parent, 0, networkByName("regtest")), 0x207fffff);
  });

  it("is a transition that isPermittedTransition permits", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 * DAY }),
        fc.integer({ min: 0x8000, max: 0x7fffff }),
        (seconds, word) => {
          const bits = ((0x1b << 24) | word) >>> 0;
          const after = nextWorkRequired(period(seconds, bits), 0, MAIN);
          assert.equal(isPermittedTransition(MAIN, 2016, bits, after), true);
          assert.equal(isPermittedTransition(MAIN, 2017, bits, after), bits === after);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("isPermittedTransition", () => {
  it("refuses more than a factor of four either way, main's limit kept", () => {
    const times = (factor: bigint, divisor: bigint) =>
      encodeTarget((decodeTarget(0x1b0404cb).target * factor) / divisor);
    assert.equal(isPermittedTransition(MAIN, 2016, 0x1b0404cb, times(4n, 1n)), true);
    assert.equal(isPermittedTransition(MAIN, 2016, 0x1b0404cb, times(41n, 10n)), false);
    assert.equal(isPermittedTransition(MAIN, 2016, 0x1b0404cb, times(1n, 4n)), true);
    assert.equal(isPermittedTransition(MAIN, 2016, 0x1b0404cb, times(10n, 41n)), false);
    assert.equal(isPermittedTransition(MAIN, 2016, EASIEST, 0x1d03fffc), false);
    assert.equal(isPermittedTransition(TEST, 2016, 0x1b0404cb, 0x1a000001), true);
  });
});
