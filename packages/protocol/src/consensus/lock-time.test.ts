import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isFinal } from "./lock-time.ts";
import { bodyOf, inputOf, viewOf } from "./test-chain.test.ts";

describe("isFinal", () => {
  const final = (lockTime: number, height: number, time: number, ...sequences: number[]) =>
    isFinal(
      viewOf(bodyOf({ lockTime, inputs: sequences.map((sequence) => inputOf({ sequence })) })),
      height,
      time,
    );

  it("is true without a lock time", () => {
    assert.equal(final(0, 0, 0, 0), true);
  });

  it("reads lock times below 500,000,000 as heights and others as times", () => {
    assert.equal(final(499_999_999, 500_000_000, 0, 0), true);
    assert.equal(final(499_999_999, 499_999_999, 2_000_000_000, 0), false);
    assert.equal(final(500_000_000, 0, 500_000_001, 0), true);
    assert.equal(final(500_000_000, 600_000_000, 500_000_000, 0), false);
    assert.equal(final(0xffffffff, 0, 0xfffffffe, 0), false);
  });

  it("does not count where every input is final", () => {
    assert.equal(final(100, 1, 1, 0xffffffff, 0xffffffff), true);
    assert.equal(final(100, 1, 1, 0xffffffff, 0xfffffffe), false);
  });
});
