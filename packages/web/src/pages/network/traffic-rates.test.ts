import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trafficRates } from "./traffic-rates.ts";

describe("trafficRates", () => {
  it("is bytes a second between neighbours", () => {
    const samples = [
      { seconds: 10, received: 100, sent: 10 },
      { seconds: 12, received: 300, sent: 10 },
      { seconds: 13, received: 400, sent: 15 },
    ];
    assert.deepEqual(trafficRates(samples), [
      [12, 13],
      [100, 100],
      [0, 5],
    ]);
  });

  it("skips samples of one moment, and is never below zero when the peer began anew", () => {
    const samples = [
      { seconds: 10, received: 100, sent: 10 },
      { seconds: 10, received: 101, sent: 10 },
      { seconds: 11, received: 1, sent: 1 },
    ];
    assert.deepEqual(trafficRates(samples), [[11], [0], [0]]);
    assert.deepEqual(trafficRates([]), [[], [], []]);
  });
});
