import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "../bitcoin/networks/all.ts";
import { DeploymentStates } from "./deployments.ts";
import { chainOf } from "./test-chain.test.ts";
import { UnknownActivations } from "./unknown-activations.ts";

const PERIOD = 144;

function after(length: number, version: number, count: number) {
  const unknown = new UnknownActivations(new DeploymentStates(networkByName("regtest")));
  const changed = (height: number) => height >= PERIOD && height % PERIOD < count;
  return unknown.after(
    chainOf(length, (height) => ({ version: changed(height) ? version : 0x20000000 })),
  );
}

describe("UnknownActivations", () => {
  it("tells a bit that reached 75 % of a period, locked in and then active", () => {
    assert.deepEqual(after(2 * PERIOD, 0x28000000, 108), [{ bit: 27, active: false }]);
    assert.deepEqual(after(3 * PERIOD, 0x28000000, 108), [{ bit: 27, active: true }]);
    assert.deepEqual(after(3 * PERIOD, 0x28000000, 107), []);
  });

  it("says nothing of a bit that a deployment of ours uses at that time", () => {
    assert.deepEqual(after(2 * PERIOD, 0x30000000, 144), []);
  });
});
