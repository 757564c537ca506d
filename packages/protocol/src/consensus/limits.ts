/** Weight that a block may have (BIP141). Core: MAX_BLOCK_WEIGHT. */
export const MAX_BLOCK_WEIGHT = 4_000_000;

/** Weight of a byte outside the witness (BIP141). Core: WITNESS_SCALE_FACTOR. */
export const WITNESS_SCALE_FACTOR = 4;

/** Signature operation cost that a block may have (BIP141). Core: MAX_BLOCK_SIGOPS_COST. */
export const MAX_BLOCK_SIGOPS_COST = 80_000;

/** Blocks on top of a coinbase before its coins may be spent. Core: COINBASE_MATURITY. */
export const COINBASE_MATURITY = 100;

/** Lock times below are heights, from here on they are times. Core: LOCKTIME_THRESHOLD. */
export const LOCKTIME_THRESHOLD = 500_000_000;
