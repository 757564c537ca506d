import { formatHash } from "@compeer/protocol/bytes/hash";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import { type CoinFigures, lostAmount, NO_COINS } from "../../indexes/coin-figures-record.ts";
import type { CoinStatisticsIndex } from "../../indexes/coin-statistics-index.ts";
import type { Indexes } from "../../indexes/indexes.ts";
import { type CoinHashType, coinStatistics, isCoinHashType } from "./coin-statistics.ts";
import { blockByHashOrHeight } from "./lookups.ts";
import type { Params } from "./params.ts";

interface CoinSetDeps {
  readonly chain: Chain;
  readonly indexes: Indexes;
}

/** gettxoutsetinfo: out of the index where there is one, else by counting all coins. */
export function coinSetInfo(
  deps: CoinSetDeps,
  params: Params,
  signal: AbortSignal,
): Promise<JsonOut> {
  const { chain, indexes } = deps;
  const hashType = params.optionalText("hash_type", "hash_serialized_3");
  const useIndex = params.optionalBool("use_index", true);
  if (!isCoinHashType(hashType)) throw invalid(`'${hashType}' is not a valid hash_type`);
  const index = indexes.coinStatistics;
  let node = chain.tip;
  if (params.has("hash_or_height")) {
    if (index === null) throw invalid("Querying specific block heights requires coinstatsindex");
    if (hashType === "hash_serialized_3")
      throw invalid("hash_serialized_3 hash type cannot be queried for a specific block");
    if (!useIndex)
      throw invalid("Cannot set use_index to false when querying for a specific block");
    node = blockByHashOrHeight(chain, params.raw("hash_or_height"));
  }
  if (index === null || !useIndex || hashType === "hash_serialized_3")
    return coinStatistics(chain, hashType, signal);
  return indexedInfo(indexes, index, node, hashType);
}

async function indexedInfo(
  indexes: Indexes,
  index: CoinStatisticsIndex,
  node: BlockNode,
  hashType: CoinHashType,
): Promise<JsonOut> {
  const isReady = await indexes.isReady(index);
  const figures = await index.figures(node);
  if (figures === null && !isReady) {
    const height = indexes.summaries().find(({ name }) => name === index.name)?.bestBlockHeight;
    throw new RpcError(
      RpcErrorCode.internal,
      `Unable to get data because coinstatsindex is still syncing. Current height: ${height}`,
    );
  }
  const before = node.parent === null ? NO_COINS : await index.figures(node.parent);
  if (figures === null || before === null)
    throw new RpcError(RpcErrorCode.internal, "Unable to read UTXO set");
  return {
    height: node.height,
    bestblock: formatHash(node.hash),
    txouts: Number(figures.outputs),
    bogosize: Number(figures.bogoSize),
    muhash: hashType === "muhash" ? formatHash(figures.hash) : undefined,
    total_amount: amountJson(figures.amount),
    total_unspendable_amount: amountJson(lostAmount(figures)),
    block_info: blockInfo(figures, before),
  };
}

/** What one block changed. */
function blockInfo(figures: CoinFigures, before: CoinFigures): JsonOut {
  return {
    prevout_spent: amountJson(figures.spent - before.spent),
    coinbase: amountJson(figures.coinbase - before.coinbase),
    new_outputs_ex_coinbase: amountJson(figures.created - before.created),
    unspendable: amountJson(lostAmount(figures) - lostAmount(before)),
    unspendables: {
      genesis_block: amountJson(figures.genesisLost - before.genesisLost),
      bip30: amountJson(figures.repeatedLost - before.repeatedLost),
      scripts: amountJson(figures.scriptsLost - before.scriptsLost),
      unclaimed_rewards: amountJson(figures.unclaimed - before.unclaimed),
    },
  };
}

function invalid(text: string): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, text);
}
