import type { Deployment, Network } from "../bitcoin/network.ts";
import { ALWAYS_ACTIVE, NEVER_ACTIVE } from "../bitcoin/network.ts";
import type { ChainPoint } from "./chain-point.ts";

/** BIP9 with BIP341's minimum activation height. */
export type ThresholdState = "defined" | "started" | "locked_in" | "active" | "failed";

/** The top three bits of a version that signals, and the mask that singles them out (BIP9). */
const VERSIONBITS_TOP_BITS = 0x20000000;
const VERSIONBITS_TOP_MASK = 0xe0000000 | 0;

/** Signals counted in the period that a block is in. Core: BIP9Stats. */
export interface SignalStatistics {
  readonly period: number;
  readonly threshold: number;
  /** Blocks of the period so far, and those of them that signal. */
  readonly elapsed: number;
  readonly count: number;
  /** Can the threshold still be reached in this period? */
  readonly possible: boolean;
  /** Which blocks of the period signal, oldest first. */
  readonly signalling: readonly boolean[];
}

/** The states of the deployments of one network, each worked out once a period. */
export class DeploymentStates {
  readonly network: Network;
  readonly #known = new Map<Deployment, Map<ChainPoint, ThresholdState>>();

  constructor(network: Network) {
    this.network = network;
    for (const deployment of network.deployments) this.#known.set(deployment, new Map());
  }

  /** State that holds in the block after `parent`; null: the first block. Core: GetStateFor. */
  stateAfter(parent: ChainPoint | null, deployment: Deployment): ThresholdState {
    if (deployment.startTime === ALWAYS_ACTIVE) return "active";
    if (deployment.startTime === NEVER_ACTIVE) return "failed";
    const known = this.#known.get(deployment) ?? new Map<ChainPoint, ThresholdState>();
    const unknown: ChainPoint[] = [];
    let state: ThresholdState = "defined";
    // Back over the last blocks of periods to one whose state is known, then forward again.
    for (let at = lastOfPeriod(parent, deployment.period); at !== null; ) {
      const found = known.get(at);
      if (found !== undefined) {
        state = found;
        break;
      }
      unknown.push(at);
      if (at.medianTimePast < deployment.startTime) break;
      at = at.ancestor(at.height - deployment.period);
    }
    for (let at = unknown.pop(); at !== undefined; at = unknown.pop()) {
      state = nextState(state, at, deployment);
      known.set(at, state);
    }
    return state;
  }

  /** Height of the first block of the state that holds after `parent`. Core: GetStateSinceHeightFor. */
  heightSince(parent: ChainPoint | null, deployment: Deployment): number {
    if (deployment.startTime === ALWAYS_ACTIVE || deployment.startTime === NEVER_ACTIVE) return 0;
    const state = this.stateAfter(parent, deployment);
    let at = lastOfPeriod(parent, deployment.period);
    if (state === "defined" || at === null) return 0;
    let before = at.ancestor(at.height - deployment.period);
    while (before !== null && this.stateAfter(before, deployment) === state) {
      at = before;
      before = at.ancestor(at.height - deployment.period);
    }
    return at.height + 1;
  }
}

/** The last block of the last full period at or below `point`; null before the first period ends. */
function lastOfPeriod(point: ChainPoint | null, period: number): ChainPoint | null {
  return point === null ? null : point.ancestor(point.height - ((point.height + 1) % period));
}

/** The state after the period that `last` ends, when `state` held in it. */
function nextState(
  state: ThresholdState,
  last: ChainPoint,
  deployment: Deployment,
): ThresholdState {
  switch (state) {
    case "defined":
      return last.medianTimePast >= deployment.startTime ? "started" : "defined";
    case "started":
      if (countSignals(last, deployment) >= deployment.threshold) return "locked_in";
      return last.medianTimePast >= deployment.timeout ? "failed" : "started";
    case "locked_in":
      return last.height + 1 >= deployment.minActivationHeight ? "active" : "locked_in";
    case "active":
    case "failed":
      return state;
  }
}

function countSignals(last: ChainPoint, deployment: Deployment): number {
  let count = 0;
  let at: ChainPoint | null = last;
  for (let i = 0; i < deployment.period && at !== null; i++, at = at.parent)
    if (signals(at.version, deployment.bit)) count++;
  return count;
}

function signals(version: number, bit: number): boolean {
  return (version & VERSIONBITS_TOP_MASK) === VERSIONBITS_TOP_BITS && ((version >> bit) & 1) === 1;
}

/** Counts the signals from the start of its period up to `point`. Core: GetStateStatisticsFor. */
export function signalStatistics(point: ChainPoint, deployment: Deployment): SignalStatistics {
  const { period, threshold, bit } = deployment;
  const elapsed = 1 + (point.height % period);
  const signalling = new Array<boolean>(elapsed);
  let at: ChainPoint | null = point;
  for (let i = elapsed - 1; i >= 0 && at !== null; i--, at = at.parent)
    signalling[i] = signals(at.version, bit);
  const count = signalling.filter((signal) => signal).length;
  const possible = period - threshold >= elapsed - count;
  return { period, threshold, elapsed, count, possible, signalling };
}

/** Version of a new block after `parent`: it signals for all that is started or locked in (BIP9). */
export function computeBlockVersion(parent: ChainPoint | null, states: DeploymentStates): number {
  let version = VERSIONBITS_TOP_BITS;
  for (const deployment of states.network.deployments) {
    const state = states.stateAfter(parent, deployment);
    if (state === "started" || state === "locked_in") version |= 1 << deployment.bit;
  }
  return version;
}
