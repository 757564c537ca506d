import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { Block } from "@compeer/protocol/bitcoin/block";
import type { HeaderFields } from "@compeer/protocol/bitcoin/header";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { finishTransaction } from "@compeer/protocol/bitcoin/transaction";
import type { ChainPoint } from "@compeer/protocol/consensus/chain-point";
import {
  computeBlockVersion,
  type DeploymentStates,
} from "@compeer/protocol/consensus/deployments";
import { nextWorkRequired } from "@compeer/protocol/consensus/difficulty";
import type { BlockFault } from "@compeer/protocol/consensus/fault";
import { blockSubsidy } from "@compeer/protocol/consensus/subsidy";
import { commitmentScript } from "@compeer/protocol/consensus/witness-commitment";
import type { Cluster, MempoolEntry } from "../mempool/mempool-entry.ts";
import { type AssembleOptions, assemble } from "./assemble.ts";
import { type BlockTransaction, buildInSteps, joinIds } from "./build-block.ts";
import { coinbaseOf } from "./coinbase.ts";
import type { RunSteps } from "./steps.ts";

/** Seconds that the first block of a difficulty period may lie before its parent (BIP94). */
const MAX_TIMEWARP = 600;

/** What templates are made of; `Chain`, `Mempool` and `Clock` have it. */
export interface TemplateParts {
  readonly chain: {
    readonly network: Network;
    readonly tip: ChainPoint;
    testBlock(
      block: Block,
      options: { readonly checkPow: boolean; readonly checkMerkleRoot: boolean },
    ): Promise<BlockFault | null>;
  };
  readonly mempool: {
    /** By their first chunk, best rate first. */
    clusters(): readonly Cluster[];
    settled(): Promise<void>;
  };
  readonly clock: { now(): number };
  readonly deployments: DeploymentStates;
}

export interface TemplateOptions extends AssembleOptions {
  /** Where the reward goes. */
  readonly script: Uint8Array;
  /** Transactions to take instead of the mempool's, in this order. */
  readonly transactions?: readonly BlockTransaction[];
  /** -blockversion, for regtest. */
  readonly version?: number;
}

/** A block without its work. */
export interface BlockTemplate {
  readonly block: Block;
  readonly parent: ChainPoint;
  readonly height: number;
  /** What it took from the mempool, in the order of the block. */
  readonly entries: readonly MempoolEntry[];
  readonly fees: Sats;
  /** Reward and fees. */
  readonly coinbaseValue: Sats;
  /** With what is reserved for header and coinbase. */
  readonly weight: number;
  readonly commitment: Uint8Array;
}

/** A template that its own chain would refuse: the reason goes to the caller. */
export class TemplateRefused extends Error {
  readonly fault: BlockFault;

  constructor(fault: BlockFault) {
    const detail = fault.detail === "" ? "" : `, ${fault.detail}`;
    super(`TestBlockValidity failed: ${fault.reason}${detail}`);
    this.fault = fault;
  }
}

/**
 * The best block that can be made on the tip. Core: BlockAssembler::CreateNewBlock.
 *
 * @param run makes it at once, or in the background
 * @throws TemplateRefused when the block would not connect
 */
export async function createTemplate(
  parts: TemplateParts,
  options: TemplateOptions,
  run: RunSteps,
): Promise<BlockTemplate> {
  for (;;) {
    await parts.mempool.settled();
    const template = await run(templateInSteps(parts, options));
    const unchecked = { checkPow: false, checkMerkleRoot: false };
    const fault = await parts.chain.testBlock(template.block, unchecked);
    if (fault === null) return template;
    // A block may have come while this one was made or waited for its test.
    if (template.parent === parts.chain.tip) throw new TemplateRefused(fault);
  }
}

/** All that it takes of the mempool it takes in the first step. */
function* templateInSteps(
  parts: TemplateParts,
  options: TemplateOptions,
): Generator<void, BlockTemplate> {
  const { tip: parent, network } = parts.chain;
  const height = parent.height + 1;
  const header = headerAfter(parts, options);
  const clusters = options.transactions === undefined ? parts.mempool.clusters() : [];
  yield;
  const { entries, fees, weight } = yield* assemble(clusters, parent, options);
  const rest = options.transactions ?? entries.map(transactionOf);
  yield;
  const coinbaseValue = fees + blockSubsidy(height, network.halvingInterval);
  const wtxids = joinIds([NO_COINBASE, ...rest], "wtxid");
  yield;
  const commitment = commitmentScript(wtxids, ZEROS);
  yield;
  const reserved = height >= network.segwitHeight ? new Uint8Array(32) : null;
  const { raw, txid } = finishTransaction(
    coinbaseOf(height, options.script, coinbaseValue, commitment, reserved),
  );
  const first = { raw, txid, wtxid: ZEROS };
  const block = yield* buildInSteps(header, [first, ...rest], wtxids);
  return { block, parent, height, entries, fees, coinbaseValue, weight, commitment };
}

function transactionOf({ tx, txid, wtxid }: MempoolEntry): BlockTransaction {
  return { raw: tx.raw, txid, wtxid };
}

/** What the coinbase has for a wtxid, and for its witness. */
const ZEROS: Uint8Array = new Uint8Array(32);

/** Stands for the coinbase until it is made: the commitment has zeros for its wtxid. */
const NO_COINBASE: BlockTransaction = { raw: ZEROS, txid: ZEROS, wtxid: ZEROS };

function headerAfter(
  { chain, clock, deployments }: TemplateParts,
  options: TemplateOptions,
): Omit<HeaderFields, "merkleRoot"> {
  const { tip: parent, network } = chain;
  const time = Math.max(minTimeAfter(parent, network), clock.now());
  return {
    version: options.version ?? computeBlockVersion(parent, deployments),
    prevHash: parent.hash,
    time,
    bits: nextWorkRequired(parent, time, network),
    nonce: 0,
  };
}

/** Earliest time of the block after `parent`; the timewarp rule is kept on every network. Core: GetMinimumTime. */
export function minTimeAfter(parent: ChainPoint, network: Network): number {
  const afterMedian = parent.medianTimePast + 1;
  const interval = network.targetTimespan / network.targetSpacing;
  if ((parent.height + 1) % interval !== 0) return afterMedian;
  return Math.max(afterMedian, parent.time - MAX_TIMEWARP);
}
