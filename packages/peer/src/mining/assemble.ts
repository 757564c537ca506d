import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { ChainPoint } from "@compeer/protocol/consensus/chain-point";
import { MAX_BLOCK_SIGOPS_COST, MAX_BLOCK_WEIGHT } from "@compeer/protocol/consensus/limits";
import { isFinal } from "@compeer/protocol/consensus/lock-time";
import { feeAt } from "@compeer/protocol/policy/fee-rate";
import { virtualSize } from "@compeer/protocol/policy/virtual-size";
import { BestChunks } from "../mempool/best-chunks.ts";
import type { Cluster, EntryChunk, MempoolEntry } from "../mempool/mempool-entry.ts";

/** Least room for header, count and coinbase. Core: MINIMUM_BLOCK_RESERVED_WEIGHT. */
const MIN_RESERVED_WEIGHT = 2_000;
/** Sigop cost that is kept for the coinbase's outputs. Core: coinbase_output_max_additional_sigops. */
const RESERVED_SIGOPS = 400;
/** So many chunks in a row that do not fit end the search once the block is nearly full. */
const MAX_FAILURES = 1_000;
const NEARLY_FULL = 4_000;
/** Chunks that are looked at in a step. */
const STEP = 64;

export interface AssembleOptions {
  /** -blockmaxweight. */
  readonly maxWeight: number;
  /** -blockreservedweight: for header, count and coinbase. */
  readonly reservedWeight: number;
  /** -blockmintxfee, satoshis per 1000 virtual bytes. */
  readonly minFeeRate: Sats;
}

/** Core: DEFAULT_BLOCK_MAX_WEIGHT, DEFAULT_BLOCK_RESERVED_WEIGHT, DEFAULT_BLOCK_MIN_TX_FEE. */
export const DEFAULT_ASSEMBLE_OPTIONS: AssembleOptions = {
  maxWeight: MAX_BLOCK_WEIGHT,
  reservedWeight: 8_000,
  minFeeRate: 1,
};

/** The transactions for a block, in its order. */
export interface Assembly {
  readonly entries: readonly MempoolEntry[];
  readonly fees: Sats;
  /** With what is reserved. */
  readonly weight: number;
  readonly sigopCost: number;
}

/** Fills the block after `parent` with the chunks that pay best, in short steps. Core: BlockAssembler::addChunks. */
export function* assemble(
  clusters: readonly Cluster[],
  parent: ChainPoint,
  options: AssembleOptions,
): Generator<void, Assembly> {
  const reserved = clamp(options.reservedWeight, MIN_RESERVED_WEIGHT, MAX_BLOCK_WEIGHT);
  const maxWeight = clamp(options.maxWeight, reserved, MAX_BLOCK_WEIGHT);
  const entries: MempoolEntry[] = [];
  let weight = reserved;
  let sigopCost = RESERVED_SIGOPS;
  let fees = 0;
  let failures = 0;
  let visited = 0;
  const best = new BestChunks(clusters);
  for (let chunk = best.next(); chunk !== undefined; chunk = best.next()) {
    if (chunk.fee < feeAt(options.minFeeRate, virtualSize(chunk.size))) break;
    if (++visited % STEP === 0) yield;
    const sigops = sigopsOf(chunk);
    const fits =
      weight + chunk.size < maxWeight &&
      sigopCost + sigops < MAX_BLOCK_SIGOPS_COST &&
      isFinalChunk(chunk, parent);
    if (!fits) {
      failures++;
      if (failures > MAX_FAILURES && weight + NEARLY_FULL > maxWeight) break;
      continue;
    }
    failures = 0;
    sigopCost += sigops;
    for (const entry of chunk.members) {
      entries.push(entry);
      weight += entry.weight;
      fees += entry.fee;
    }
    best.take();
  }
  return { entries, fees, weight, sigopCost };
}

function isFinalChunk({ members }: EntryChunk, parent: ChainPoint): boolean {
  for (const { tx } of members)
    if (!isFinal(tx, parent.height + 1, parent.medianTimePast)) return false;
  return true;
}

function sigopsOf({ members }: EntryChunk): number {
  let cost = 0;
  for (const member of members) cost += member.sigopCost;
  return cost;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
