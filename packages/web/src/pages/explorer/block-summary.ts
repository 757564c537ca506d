import { rpc } from "../../rpc.ts";

/** What a list tells of a block. Null where the block itself is not on this disk any more. */
export interface BlockSummary {
  readonly hash: string;
  readonly height: number;
  readonly time: number;
  readonly txs: number;
  /** Without the coinbase. */
  readonly weight: number | null;
  readonly fees: number | null;
  readonly subsidy: number | null;
  readonly medianRate: number | null;
}

interface Statistics {
  readonly blockhash: string;
  readonly height: number;
  readonly time: number;
  readonly txs: number;
  readonly total_weight: number;
  readonly totalfee: number;
  readonly subsidy: number;
  readonly feerate_percentiles: readonly number[];
}

interface Header {
  readonly hash: string;
  readonly height: number;
  readonly time: number;
  readonly nTx: number;
}

const FIELDS: readonly string[] = [
  "blockhash",
  "height",
  "time",
  "txs",
  "total_weight",
  "totalfee",
  "subsidy",
  "feerate_percentiles",
];

/** Place of the median among the percentiles that the peer gives: 10, 25, 50, 75, 90. */
const MEDIAN = 2;

/** Asks for a block by its hash. */
export async function loadSummary(hash: string): Promise<BlockSummary> {
  try {
    const found = await rpc<Statistics>("getblockstats", [hash, FIELDS]);
    return {
      hash: found.blockhash,
      height: found.height,
      time: found.time,
      txs: found.txs,
      weight: found.total_weight,
      fees: found.totalfee,
      subsidy: found.subsidy,
      medianRate: found.feerate_percentiles[MEDIAN] ?? null,
    };
  } catch {
    // Pruned, or the first block, which has nothing to count: its header still tells a little.
    const { height, time, nTx } = await rpc<Header>("getblockheader", [hash]);
    return {
      hash,
      height,
      time,
      txs: nTx,
      weight: null,
      fees: null,
      subsidy: null,
      medianRate: null,
    };
  }
}
