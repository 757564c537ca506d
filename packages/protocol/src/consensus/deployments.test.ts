import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Deployment } from "../bitcoin/network.ts";
import { networkByName } from "../bitcoin/networks/all.ts";
import { computeBlockVersion, DeploymentStates, signalStatistics } from "./deployments.ts";
import { chainOf, type TestPoint } from "./test-chain.test.ts";

const START = 1_600_000_000;
const PERIOD = 144;

/** testdummy on regtest: bit 28, 108 of 144. Blocks of a chain are 600 seconds apart. */
function statesWith(parameters: string): { states: DeploymentStates; deployment: Deployment } {
  const states = new DeploymentStates(networkByName("regtest", { versionBits: [parameters] }));
  return { states, deployment: states.network.deployments[0] as Deployment };
}

/** A chain in which the blocks of `signalling` signal. */
function signallingChain(length: number, signalling: (height: number) => boolean): TestPoint {
  return chainOf(length, (height) => ({ version: signalling(height) ? 0x30000000 : 0x20000000 }));
}

const NEVER = 9_999_999_999;

describe("DeploymentStates", () => {
  it("goes from defined to started, locked in and active, one period each (BIP9)", () => {
    const { states, deployment } = statesWith(`testdummy:${START}:${NEVER}`);
    const chain = signallingChain(5 * PERIOD, (height) => height % PERIOD < 108);
    const stateOf = (height: number) => states.stateAfter(chain.ancestor(height - 1), deployment);
    assert.equal(states.stateAfter(null, deployment), "defined");
    assert.equal(stateOf(PERIOD - 1), "defined");
    assert.equal(stateOf(PERIOD), "started");
    assert.equal(stateOf(2 * PERIOD - 1), "started");
    assert.equal(stateOf(2 * PERIOD), "locked_in");
    assert.equal(stateOf(3 * PERIOD - 1), "locked_in");
    assert.equal(stateOf(3 * PERIOD), "active");
    assert.equal(stateOf(5 * PERIOD), "active");
    assert.equal(states.heightSince(chain, deployment), 3 * PERIOD);
    assert.equal(states.heightSince(chain.ancestor(PERIOD + 5), deployment), PERIOD);
    assert.equal(states.heightSince(chain.ancestor(5), deployment), 0);
  });

  it("needs the threshold within one period", () => {
    const { states, deployment } = statesWith(`testdummy:${START}:${NEVER}`);
    const chain = signallingChain(4 * PERIOD, (height) => height % PERIOD < 107);
    assert.equal(states.stateAfter(chain, deployment), "started");
  });

  it("counts no signal without the top bits", () => {
    const { states, deployment } = statesWith(`testdummy:${START}:${NEVER}`);
    const chain = chainOf(3 * PERIOD, () => ({ version: 0x70000000 }));
    assert.equal(states.stateAfter(chain, deployment), "started");
  });

  it("fails at the timeout, unless that period reaches the threshold", () => {
    const timeout = START + 2 * PERIOD * 600 - 6 * 600; // median time past of the second period's end
    const silent = statesWith(`testdummy:${START}:${timeout}`);
    const chain = signallingChain(3 * PERIOD, () => false);
    assert.equal(silent.states.stateAfter(chain, silent.deployment), "failed");
    const loud = statesWith(`testdummy:${START}:${timeout}`);
    const signals = signallingChain(3 * PERIOD, () => true);
    assert.equal(loud.states.stateAfter(signals, loud.deployment), "active");
  });

  it("stays locked in up to the minimum activation height (BIP341)", () => {
    const { states, deployment } = statesWith(`testdummy:${START}:${NEVER}:${4 * PERIOD}`);
    const chain = signallingChain(5 * PERIOD, () => true);
    const stateOf = (height: number) => states.stateAfter(chain.ancestor(height - 1), deployment);
    assert.equal(stateOf(4 * PERIOD - 1), "locked_in");
    assert.equal(stateOf(4 * PERIOD), "active");
  });

  it("keeps two branches apart", () => {
    const { states, deployment } = statesWith(`testdummy:${START}:${NEVER}`);
    assert.equal(
      states.stateAfter(
        signallingChain(3 * PERIOD, () => true),
        deployment,
      ),
      "active",
    );
    assert.equal(
      states.stateAfter(
        signallingChain(3 * PERIOD, () => false),
        deployment,
      ),
      "started",
    );
  });

  it("knows always and never without a chain", () => {
    const main = networkByName("main");
    const [dummy] = main.deployments;
    assert.equal(new DeploymentStates(main).stateAfter(null, dummy as Deployment), "failed");
    const regtest = networkByName("regtest");
    const taproot = regtest.deployments[1] as Deployment;
    assert.equal(new DeploymentStates(regtest).stateAfter(null, taproot), "active");
  });
});

describe("computeBlockVersion", () => {
  it("signals while a deployment is started or locked in", () => {
    const { states } = statesWith(`testdummy:${START}:${NEVER}`);
    const chain = signallingChain(4 * PERIOD, () => true);
    const versionAt = (height: number) => computeBlockVersion(chain.ancestor(height - 1), states);
    assert.equal(versionAt(1), 0x20000000);
    assert.equal(versionAt(PERIOD), 0x30000000);
    assert.equal(versionAt(2 * PERIOD), 0x30000000);
    assert.equal(versionAt(3 * PERIOD), 0x20000000);
  });
});

describe("signalStatistics", () => {
  it("counts from the start of the period up to the block", () => {
    const { deployment } = statesWith(`testdummy:${START}:${NEVER}`);
    const chain = signallingChain(PERIOD + 40, (height) => height % 2 === 0);
    const { signalling, ...rest } = signalStatistics(chain, deployment);
    assert.deepEqual(rest, {
      period: PERIOD,
      threshold: 108,
      elapsed: 40,
      count: 20,
      possible: true,
    });
    assert.deepEqual(signalling.slice(0, 3), [true, false, true]);
    const late = signalStatistics(
      signallingChain(PERIOD + 37, () => false),
      deployment,
    );
    assert.deepEqual([late.elapsed, late.count, late.possible], [37, 0, false]);
  });
});
