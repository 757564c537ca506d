import type { Sats } from "../bitcoin/amount.ts";

/** What a relayed transaction may be at most. Core: src/policy/policy.h. */
export const MAX_STANDARD_WEIGHT = 400_000;
/** One more than 64, the size that a merkle branch could be taken for (CVE-2017-12842). */
export const MIN_STANDARD_NON_WITNESS_SIZE = 65;
export const MAX_STANDARD_SCRIPT_SIG_SIZE = 1_650;
export const MAX_P2SH_SIGOPS = 15;
/** A fifth of what a block may cost. */
export const MAX_STANDARD_SIGOPS_COST = 16_000;
/** Signature operations outside the witness that the inputs of one transaction may run (BIP54). */
export const MAX_LEGACY_SIGOPS = 2_500;
export const MAX_P2WSH_SCRIPT_SIZE = 3_600;
export const MAX_P2WSH_STACK_ITEMS = 100;
export const MAX_P2WSH_STACK_ITEM_SIZE = 80;
export const MAX_TAPSCRIPT_STACK_ITEM_SIZE = 80;
/** Dust outputs a transaction may have; with any it must pay no fee (ephemeral dust). */
export const MAX_DUST_OUTPUTS = 1;
/** Clusters that one replacement may touch. Core: MAX_REPLACEMENT_CANDIDATES. */
export const MAX_REPLACED_CLUSTERS = 100;

/** What the operator may set; rates are satoshis per 1000 virtual bytes. */
export interface PolicyOptions {
  readonly requireStandard: boolean;
  /** Bytes that the OP_RETURN scripts of a transaction may take together; null refuses them all. */
  readonly maxDataCarrier: number | null;
  readonly permitBareMultisig: boolean;
  readonly dustRate: Sats;
  readonly minRelayRate: Sats;
  readonly incrementalRate: Sats;
  readonly bytesPerSigop: number;
  /** Transactions, and virtual bytes, that may hang together in the mempool. */
  readonly clusterCount: number;
  readonly clusterVsize: number;
}

export const DEFAULT_POLICY: PolicyOptions = {
  requireStandard: true,
  maxDataCarrier: 100_000,
  permitBareMultisig: true,
  dustRate: 3_000,
  minRelayRate: 100,
  incrementalRate: 100,
  bytesPerSigop: 20,
  clusterCount: 64,
  clusterVsize: 101_000,
};
