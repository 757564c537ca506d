import assert from "node:assert/strict";
import { it } from "node:test";
import { Inflow } from "./inflow.ts";

it("inflow tells virtual bytes a second of the last minute, or of the time since the start", () => {
  const inflow = new Inflow(1000);
  inflow.add(300, 1000);
  inflow.add(300, 1002);
  assert.equal(inflow.rate(1003), 200);
  assert.equal(inflow.rate(1010), 60);
  inflow.add(6000, 1059);
  assert.equal(inflow.rate(1060), 105);
  assert.equal(inflow.rate(1118), 100);
  assert.equal(inflow.rate(1119), 0);
  assert.equal(inflow.rate(99_999), 0);
});
