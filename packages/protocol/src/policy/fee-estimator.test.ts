import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeFeeEstimates, encodeFeeEstimates } from "./fee-estimates-file.ts";
import { FeeEstimator } from "./fee-estimator.ts";

const CHEAP = 2_000;
const DEAR = 20_000;

/** Blocks in which what is dear is confirmed at once, and what is cheap after `wait` blocks. */
function learned(blocks: number, wait: number): FeeEstimator {
  const estimator = new FeeEstimator();
  estimator.addBlock(1, []);
  for (let height = 1; height <= blocks; height++) {
    for (let i = 0; i < 10; i++) {
      estimator.add(`dear ${height} ${i}`, height, DEAR);
      estimator.add(`cheap ${height} ${i}`, height, CHEAP);
    }
    const confirmed: string[] = [];
    for (let i = 0; i < 10; i++) {
      confirmed.push(`dear ${height} ${i}`);
      if (height > wait) confirmed.push(`cheap ${height + 1 - wait} ${i}`);
    }
    estimator.addBlock(height + 1, confirmed);
  }
  return estimator;
}

describe("FeeEstimator", () => {
  it("knows nothing before it has seen blocks", () => {
    assert.deepEqual(new FeeEstimator().smartRate(6, true), { rate: 0, target: 0, reason: "None" });
  });

  it("asks for the dear rate to be quick and for the cheap one to wait", () => {
    const estimator = learned(200, 8);
    assert.equal(estimator.smartRate(2, false).rate, DEAR);
    assert.equal(estimator.smartRate(30, false).rate, CHEAP);
  });

  it("answers a target of one block as one of two, and a far one as far as it has seen", () => {
    const estimator = learned(100, 3);
    assert.equal(estimator.smartRate(1, false).target, 2);
    assert.equal(estimator.smartRate(1008, false).target, 49);
    assert.equal(estimator.smartRate(1009, false).rate, 0);
  });

  it("is never cheaper when it is conservative, nor dearer for a longer wait", () => {
    const estimator = learned(300, 20);
    let last = Number.POSITIVE_INFINITY;
    for (let target = 2; target <= 100; target++) {
      const { rate } = estimator.smartRate(target, false);
      assert.ok(rate <= last && rate <= estimator.smartRate(target, true).rate);
      last = rate;
    }
  });

  it("counts what left without a block against its rate", () => {
    const estimator = new FeeEstimator();
    estimator.addBlock(1, []);
    for (let height = 1; height < 60; height++) {
      for (let i = 0; i < 10; i++) {
        estimator.add(`dear ${height} ${i}`, height, DEAR);
        estimator.add(`cheap ${height} ${i}`, height, CHEAP);
        if (height > 5) estimator.remove(`cheap ${height - 5} ${i}`);
      }
      estimator.addBlock(
        height + 1,
        Array.from({ length: 10 }, (_, i) => `dear ${height} ${i}`),
      );
    }
    assert.equal(Math.round(estimator.rawRate(3, 0.85, "short").rate), DEAR);
    assert.ok(estimator.rawRate(3, 0.85, "short").fail.leftMempool > 0);
  });

  it("takes no notice of blocks of another branch", () => {
    const estimator = learned(50, 2);
    const before = encodeFeeEstimates(estimator.snapshot());
    estimator.addBlock(10, ["dear 10 1"]);
    assert.deepEqual(encodeFeeEstimates(estimator.snapshot()), before);
  });
});

describe("fee_estimates.dat", () => {
  const bytes = encodeFeeEstimates(learned(120, 5).snapshot());

  it("brings back what was learned", () => {
    const estimator = new FeeEstimator();
    estimator.restore(decodeFeeEstimates(bytes));
    assert.deepEqual(estimator.smartRate(2, false), learned(120, 5).smartRate(2, false));
    assert.deepEqual(encodeFeeEstimates(estimator.snapshot()), bytes);
  });

  it("is refused when it is cut off or longer", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        assert.throws(() => decodeFeeEstimates(bytes.subarray(0, length)), DecodeError);
      }),
    );
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    assert.throws(() => decodeFeeEstimates(longer), DecodeError);
  });

  it("yields estimates or is refused whatever bytes are changed", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = bytes.slice();
        changed[at] = value;
        try {
          const estimator = new FeeEstimator();
          estimator.restore(decodeFeeEstimates(changed));
          assert.ok(estimator.smartRate(2, true).rate >= 0);
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }),
    );
  });
});
