import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { previewWarnings, type SendPreview } from "./send-preview.ts";

function preview(fee: number, paid: number): SendPreview {
  return {
    fee,
    fee_rate: 1,
    vsize: 141,
    inputs: [],
    outputs: [
      { amount: paid, change: false },
      { amount: 5, change: true },
    ],
    mempool: { block: 1, weight_ahead: 0 },
    rates: [],
    leaner: null,
    batched: { fee: 0, saves: 0 },
  };
}

describe("previewWarnings", () => {
  it("warns of a fee above a tenth of what is paid, change not counted", () => {
    assert.deepEqual(previewWarnings(preview(0.0001, 0.01)), []);
    assert.deepEqual(previewWarnings(preview(0.002, 0.01)), ["The fee is 20 % of what you pay."]);
  });
});
