import type { Deployment, Network } from "../bitcoin/network.ts";
import { ALWAYS_ACTIVE, NEVER_ACTIVE } from "../bitcoin/network.ts";
import type { ChainPoint } from "./chain-point.ts";
import {
  lastOfPeriod,
  type ThresholdRule,
  type ThresholdState,
  thresholdState,
} from "./threshold-state.ts";

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

interface KnownRule {
  readonly rule: ThresholdRule;
  readonly known: Map<ChainPoint, ThresholdState>;
}

/** The states of the deployments of one network, each worked out once a period. */
export class DeploymentStates {
  readonly network: Network;
  readonly #rules = new Map<Deployment, KnownRule>();

  constructor(network: Network) {
    this.network = network;
    for (const deployment of network.deployments)
      this.#rules.set(deployment, {
        rule: { ...deployment, counts: ({ version }) => isSignalling(version, deployment.bit) },
        known: new Map(),
      });
  }

  /** State that holds in the block after `parent`; null: the first block. */
  stateAfter(parent: ChainPoint | null, deployment: Deployment): ThresholdState {
    const found = this.#rules.get(deployment);
    if (found === undefined) throw new Error(`${deployment.name} is no deployment of this network`);
    return thresholdState(parent, found.rule, found.known);
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

/** BIP9. */
export function isSignalling(version: number, bit: number): boolean {
  return (version & VERSIONBITS_TOP_MASK) === VERSIONBITS_TOP_BITS && ((version >> bit) & 1) === 1;
}

/** Counts the signals from the start of its period up to `point`. Core: GetStateStatisticsFor. */
export function signalStatistics(point: ChainPoint, deployment: Deployment): SignalStatistics {
  const { period, threshold, bit } = deployment;
  const elapsed = 1 + (point.height % period);
  const signalling = new Array<boolean>(elapsed);
  let at: ChainPoint | null = point;
  for (let i = elapsed - 1; i >= 0 && at !== null; i--, at = at.parent)
    signalling[i] = isSignalling(at.version, bit);
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
