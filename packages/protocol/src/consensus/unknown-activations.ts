import { difficultyInterval, NO_TIMEOUT } from "../bitcoin/network.ts";
import type { ChainPoint } from "./chain-point.ts";
import { computeBlockVersion, type DeploymentStates, isSignalling } from "./deployments.ts";
import { type ThresholdRule, type ThresholdState, thresholdState } from "./threshold-state.ts";

/** Bits of a version that BIP9 gives to deployments. */
const SIGNAL_BITS = 29;

/** A rule that miners activated and we do not know. */
export interface UnknownActivation {
  readonly bit: number;
  /** False while it is only locked in. */
  readonly active: boolean;
}

/** Watches for signals that no deployment of ours explains. Core: VersionBitsCache::CheckUnknownActivations. */
export class UnknownActivations {
  readonly #rules: readonly ThresholdRule[];
  readonly #known: readonly Map<ChainPoint, ThresholdState>[];

  constructor(states: DeploymentStates) {
    const bits = Array.from({ length: SIGNAL_BITS }, (_, bit) => bit);
    this.#rules = bits.map((bit) => warningRule(bit, states));
    this.#known = bits.map(() => new Map());
  }

  /** Those in the block after `tip`. */
  after(tip: ChainPoint): UnknownActivation[] {
    const found: UnknownActivation[] = [];
    for (const [bit, rule] of this.#rules.entries()) {
      const known = this.#known[bit] as Map<ChainPoint, ThresholdState>;
      const state = thresholdState(tip, rule, known);
      if (state === "active" || state === "locked_in")
        found.push({ bit, active: state === "active" });
    }
    return found;
  }
}

/** 90 % of 2016 blocks on main (BIP341), 75 % of a difficulty period elsewhere (BIP9). */
function warningRule(bit: number, states: DeploymentStates): ThresholdRule {
  const { network } = states;
  const period = network.isTestChain ? difficultyInterval(network) : 2016;
  return {
    startTime: 0,
    timeout: NO_TIMEOUT,
    minActivationHeight: 0,
    period,
    threshold: network.isTestChain ? Math.floor((period * 3) / 4) : 1815,
    counts: (point) =>
      point.height >= network.minBip9WarningHeight &&
      isSignalling(point.version, bit) &&
      ((computeBlockVersion(point.parent, states) >> bit) & 1) === 0,
  };
}
