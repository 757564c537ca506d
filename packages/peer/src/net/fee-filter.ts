import { MAX_MONEY } from "@compeer/protocol/bitcoin/amount";
import { FEEFILTER_VERSION } from "@compeer/protocol/wire/protocol-version";
import type { NetOptions, NetParts } from "./net-parts.ts";
import type { Peer } from "./peer.ts";
import { PERMIT_FORCE_RELAY } from "./permissions.ts";
import { poissonMs, type Random, SYSTEM_RANDOM } from "./random.ts";

const BROADCAST_INTERVAL_MS = 600_000;
const CHANGE_DELAY_MS = 300_000;
const SPACING = 1.1;
const HIGHEST_RATE = 1e7;
/** Half of Core's smallest incremental rate (100 sat/kvB): where the steps begin. */
const LOWEST_RATE = 50;

/** Steps to which rates are rounded, so that they tell less about this peer. Core: FeeFilterRounder. */
const STEPS: readonly number[] = makeSteps();
const HIGHEST_STEP = Math.trunc(STEPS[STEPS.length - 1] as number);

/** Tells peers which transactions not to announce because we would not take them (BIP133). */
export class FeeFilter {
  readonly #parts: NetParts;
  readonly #options: NetOptions;
  readonly #random: Random;

  constructor(parts: NetParts, options: NetOptions) {
    this.#parts = parts;
    this.#random = parts.random ?? SYSTEM_RANDOM;
    this.#options = options;
  }

  tick(peer: Peer): void {
    if (this.#options.blocksOnly || peer.version < FEEFILTER_VERSION) return;
    if (peer.may(PERMIT_FORCE_RELAY) || peer.kind === "block-relay-only") return;
    const now = this.#parts.clock.nowMs();
    const isSyncing = this.#parts.chain.isInitialDownload;
    const rate = isSyncing ? MAX_MONEY : this.#parts.mempool.minFeeRate;
    if (!isSyncing && peer.feeFilterSent === HIGHEST_STEP) peer.nextFeeFilterAt = 0;
    if (now > peer.nextFeeFilterAt) {
      this.#send(peer, Math.max(roundRate(rate, this.#random), this.#options.minRelayFeeRate));
      peer.nextFeeFilterAt = now + poissonMs(BROADCAST_INTERVAL_MS, this.#random);
    } else if (
      now + CHANGE_DELAY_MS < peer.nextFeeFilterAt &&
      (rate < (3 * peer.feeFilterSent) / 4 || rate > (4 * peer.feeFilterSent) / 3)
    ) {
      peer.nextFeeFilterAt = now + this.#random.below(CHANGE_DELAY_MS);
    }
  }

  #send(peer: Peer, feeRate: number): void {
    if (feeRate === peer.feeFilterSent) return;
    peer.feeFilterSent = feeRate;
    peer.connection.send({ type: "feefilter", feeRate });
  }
}

function makeSteps(): number[] {
  const steps = [0];
  for (let rate = LOWEST_RATE; rate <= HIGHEST_RATE; rate *= SPACING) steps.push(rate);
  return steps;
}

function roundRate(rate: number, random: Random): number {
  let at = STEPS.findIndex((step) => step >= rate);
  if (at < 0) at = STEPS.length - 1;
  else if (at > 0 && random.below(3) !== 0) at--;
  return Math.trunc(STEPS[at] as number);
}
