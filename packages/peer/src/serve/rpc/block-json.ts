import type { Block } from "@compeer/protocol/bitcoin/block";
import { blockTxid } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { decodeTarget, difficulty } from "@compeer/protocol/consensus/difficulty";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import { transactionJson } from "./transaction-json.ts";

type JsonFields = { [key: string]: JsonOut | undefined };

/** 64 hex digits of a target or of chain work. */
export function hex256(value: bigint): string {
  return value.toString(16).padStart(64, "0");
}

/** Compact target as eight hex digits. */
export function formatBits(bits: number): string {
  return bits.toString(16).padStart(8, "0");
}

export function targetHex(bits: number): string {
  return hex256(decodeTarget(bits).target);
}

/** Blocks on top of it plus one; -1 for a block off the active chain. Core: ComputeNextBlockAndDepth. */
export function confirmationsOf(chain: Chain, node: BlockNode): number {
  return chain.contains(node) ? chain.tip.height - node.height + 1 : -1;
}

/** Core: blockheaderToJSON. */
export function headerJson(chain: Chain, node: BlockNode): JsonFields {
  const next = chain.contains(node) ? chain.next(node) : null;
  return {
    hash: formatHash(node.hash),
    confirmations: confirmationsOf(chain, node),
    height: node.height,
    version: node.version,
    versionHex: (node.version >>> 0).toString(16).padStart(8, "0"),
    merkleroot: formatHash(node.merkleRoot),
    time: node.time,
    mediantime: node.medianTimePast,
    nonce: node.nonce,
    bits: formatBits(node.bits),
    target: targetHex(node.bits),
    difficulty: difficulty(node.bits),
    chainwork: hex256(node.chainWork),
    nTx: node.txCount,
    previousblockhash: node.parent ? formatHash(node.parent.hash) : undefined,
    nextblockhash: next ? formatHash(next.hash) : undefined,
  };
}

/**
 * Core: blockToJSON.
 *
 * @param verbosity 1 lists txids, 2 whole transactions, 3 also the coins they spend
 * @param spent what the block spent, for verbosity 2 and up; null where it is not known
 */
export function blockJson(
  chain: Chain,
  node: BlockNode,
  block: Block,
  verbosity: number,
  spent: SpentCoins | null,
): JsonFields {
  const { network } = chain;
  const options = { spent: spent ?? undefined, withPrevouts: verbosity >= 3 };
  return {
    ...headerJson(chain, node),
    strippedsize: block.strippedSize,
    size: block.raw.length,
    weight: block.weight,
    tx:
      verbosity <= 1
        ? block.transactions.map((_, i) => formatHash(blockTxid(block, i)))
        : block.transactions.map((tx) => transactionJson(tx, network, options)),
  };
}
