import { DEFAULT_POLICY, type PolicyOptions } from "@compeer/protocol/policy/limits";

export interface MempoolOptions extends PolicyOptions {
  /** Bytes of memory, as `memoryUsage` counts them (-maxmempool). */
  readonly maxUsage: number;
  /** Seconds that a transaction may stay (-mempoolexpiry). */
  readonly expiry: number;
}

/** Core: DEFAULT_MAX_MEMPOOL_SIZE_MB, DEFAULT_MEMPOOL_EXPIRY_HOURS. */
export const DEFAULT_MEMPOOL_OPTIONS: MempoolOptions = {
  ...DEFAULT_POLICY,
  maxUsage: 300_000_000,
  expiry: 336 * 60 * 60,
};
