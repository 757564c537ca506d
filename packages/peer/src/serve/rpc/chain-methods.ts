import type { Network } from "@compeer/protocol/bitcoin/network";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { difficulty } from "@compeer/protocol/consensus/difficulty";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { asHash } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import { FAILED_MASK, VALID_SCRIPTS, VALID_TREE } from "../../chain/block-status.ts";
import type { Chain } from "../../chain/chain.ts";
import type { PruneMode } from "../../chain/chain-parts.ts";
import { blockJson, formatBits, headerJson, hex256, targetHex } from "./block-json.ts";
import { blockStatistics } from "./block-statistics.ts";
import { deploymentsJson } from "./deployments-json.ts";
import { blockByHashOrHeight, blockBytes, blockOf, knownBlock } from "./lookups.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";

export interface ChainDeps {
  readonly chain: Chain;
  readonly prune: PruneMode;
  /** What a person should know, as sentences. */
  warnings(): readonly string[];
}

/** Methods that read the block chain. */
export function chainMethods({ chain, prune, warnings }: ChainDeps): readonly RpcMethod[] {
  return [
    rpcMethod("getbestblockhash", {
      description: "Hash of the last block of the chain with most work that is fully checked.",
      run: () => formatHash(chain.tip.hash),
    }),
    rpcMethod("getblockcount", {
      description: "Height of the last block of the chain with most work. The first block has 0.",
      run: () => chain.tip.height,
    }),
    rpcMethod("getdifficulty", {
      description: "How many times harder than the easiest target the last block was to find.",
      run: () => difficulty(chain.tip.bits),
    }),
    rpcMethod("getblockhash", {
      description: "Hash of the block at a height of the active chain.",
      run: ({ params }) => {
        const node = chain.at(params.int("height"));
        if (node === null)
          throw new RpcError(RpcErrorCode.invalidParameter, "Block height out of range");
        return formatHash(node.hash);
      },
    }),
    rpcMethod("getblockheader", {
      description: "A block's header: its fields, or with verbose=false its 80 bytes as hex.",
      run: ({ params }) => {
        const node = knownBlock(chain, asHash(params.raw("blockhash"), "hash"));
        return params.optionalBool("verbose", true)
          ? headerJson(chain, node)
          : encodeHex(node.header);
      },
    }),
    rpcMethod("getblock", {
      description:
        "A block: 0 its bytes as hex, 1 its fields and txids, 2 with whole transactions, 3 with the coins they spend.",
      run: async ({ params }) => {
        const node = knownBlock(chain, params.hash("blockhash"));
        const verbosity = params.verbosity("verbosity", 1);
        if (verbosity <= 0) return encodeHex(await blockBytes(chain, node));
        const block = await blockOf(chain, node);
        const spent = verbosity >= 2 && node.haveUndo ? await chain.readSpent(node, block) : null;
        return blockJson(chain, node, block, verbosity, spent);
      },
    }),
    rpcMethod("getblockstats", {
      description: "Figures of one block: fees, rates, sizes, counts. Amounts are in satoshis.",
      run: async ({ params }) => {
        const node = blockByHashOrHeight(chain, params.raw("hash_or_height"));
        return blockStatistics(chain, node, params.optionalArray("stats") ?? []);
      },
    }),
    rpcMethod("getchaintips", {
      description: "The ends of all branches of the block tree, the active chain's among them.",
      run: () => {
        const highestFirst = [...chain.tips()].sort((a, b) => b.height - a.height);
        return highestFirst.map((node) => tipJson(chain, node));
      },
    }),
    rpcMethod("getblockchaininfo", {
      description: "The state of the block chain: where it stands, how far it is, what it takes.",
      run: () => ({ ...chainInfo(chain, prune), warnings: [...warnings()] }),
    }),
    rpcMethod("getchainstates", {
      description: "The states of the chain that this peer keeps: one, fully checked.",
      run: () => ({ headers: chain.bestHeader.height, chainstates: [chainstateJson(chain)] }),
    }),
    rpcMethod("getdeploymentinfo", {
      description: "The rule changes that a network knows, and how far each is at a block.",
      run: ({ params }) => {
        const hash = params.optionalHash("blockhash");
        return deploymentsJson(chain, hash ? knownBlock(chain, hash) : chain.tip);
      },
    }),
    rpcMethod("getchaintxstats", {
      description: "How many transactions a window of blocks has, and at what rate they came.",
      run: ({ params }) =>
        transactionStatistics(
          chain,
          params.optionalInt("nblocks"),
          params.optionalHash("blockhash"),
        ),
    }),
  ];
}

function chainInfo(chain: Chain, prune: PruneMode): { [key: string]: JsonOut | undefined } {
  const { tip, network, bestHeader } = chain;
  return {
    chain: network.name,
    blocks: tip.height,
    headers: bestHeader.height,
    bestblockhash: formatHash(tip.hash),
    bits: formatBits(tip.bits),
    target: targetHex(tip.bits),
    difficulty: difficulty(tip.bits),
    time: tip.time,
    mediantime: tip.medianTimePast,
    verificationprogress: chain.progress(tip),
    initialblockdownload: chain.isInitialDownload,
    chainwork: hex256(tip.chainWork),
    size_on_disk: chain.diskUsage(),
    pruned: prune !== "off",
    pruneheight: prune === "off" ? undefined : chain.pruneHeight,
    automatic_pruning: prune === "off" ? undefined : prune !== "manual",
    prune_target_size: typeof prune === "number" ? prune : undefined,
    signet_challenge: challengeOf(network),
  };
}

function challengeOf(network: Network): string | undefined {
  return network.signetChallenge === null ? undefined : encodeHex(network.signetChallenge);
}

function chainstateJson(chain: Chain): JsonOut {
  const { tip } = chain;
  return {
    blocks: tip.height,
    bestblockhash: formatHash(tip.hash),
    bits: formatBits(tip.bits),
    target: targetHex(tip.bits),
    difficulty: difficulty(tip.bits),
    verificationprogress: chain.progress(tip),
    coins_db_cache_bytes: 0,
    coins_tip_cache_bytes: chain.coins.bytes,
    validated: true,
  };
}

function tipJson(chain: Chain, node: BlockNode): JsonOut {
  return {
    height: node.height,
    hash: formatHash(node.hash),
    branchlen: node.height - chain.findFork(node).height,
    status: tipStatus(chain, node),
  };
}

function tipStatus(chain: Chain, node: BlockNode): string {
  if (chain.contains(node)) return "active";
  if ((node.status & FAILED_MASK) !== 0) return "invalid";
  if (node.chainTxCount === 0) return "headers-only";
  if (node.isValid(VALID_SCRIPTS)) return "valid-fork";
  return node.isValid(VALID_TREE) ? "valid-headers" : "unknown";
}

const MONTH_SECONDS = 30 * 24 * 60 * 60;

function transactionStatistics(
  chain: Chain,
  count: number | undefined,
  hash: Uint8Array | undefined,
): JsonOut {
  const node = hash ? knownBlock(chain, hash) : chain.tip;
  if (!chain.contains(node))
    throw new RpcError(RpcErrorCode.invalidParameter, "Block is not in main chain");
  const month = Math.floor(MONTH_SECONDS / chain.network.targetSpacing);
  const blocks = count ?? Math.max(0, Math.min(month, node.height - 1));
  if (blocks < 0 || (blocks > 0 && blocks >= node.height))
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "Invalid block count: should be between 0 and the block's height - 1",
    );
  const past = node.ancestor(node.height - blocks) as BlockNode;
  const interval = node.medianTimePast - past.medianTimePast;
  const counted = blocks > 0 && node.chainTxCount > 0 && past.chainTxCount > 0;
  const transactions = node.chainTxCount - past.chainTxCount;
  return {
    time: node.time,
    txcount: node.chainTxCount > 0 ? node.chainTxCount : undefined,
    window_final_block_hash: formatHash(node.hash),
    window_final_block_height: node.height,
    window_block_count: blocks,
    window_interval: blocks > 0 ? interval : undefined,
    window_tx_count: counted ? transactions : undefined,
    txrate: counted && interval > 0 ? transactions / interval : undefined,
  };
}
