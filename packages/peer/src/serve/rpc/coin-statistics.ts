import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { MuHash } from "@compeer/protocol/crypto/muhash";
import { Sha256, sha256 } from "@compeer/protocol/crypto/sha256";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Chain } from "../../chain/chain.ts";
import { bogoSize, coinBytes } from "../../chain/coin-figures.ts";

interface Entry {
  readonly txid: Uint8Array;
  readonly index: number;
  readonly coin: Coin;
}

/** Takes every coin as bytes and yields a hash over all. */
interface CoinHasher {
  add(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

/** Which hash over all coins is asked for. */
export type CoinHashType = "hash_serialized_3" | "muhash" | "none";

export function isCoinHashType(text: string): text is CoinHashType {
  return text === "hash_serialized_3" || text === "muhash" || text === "none";
}

/** Figures over all coins at the tip. Core: ComputeUTXOStats. */
export async function coinStatistics(
  chain: Chain,
  hashType: CoinHashType,
  signal: AbortSignal,
): Promise<JsonOut> {
  const hasher = hasherOf(hashType);
  const sum = { outputs: 0, transactions: 0, bogo: 0, amount: 0n };
  const { tip, coins } = await chain.withFlushedCoins((at, all) => ({ tip: at, coins: all }));
  let group: Entry[] = [];
  const finishGroup = (): void => {
    // Keys sort output numbers of different length apart; the hash wants them in order.
    group.sort((a, b) => a.index - b.index);
    for (const entry of group) hasher?.add(coinBytes(entry.txid, entry.index, entry.coin));
    if (group.length > 0) sum.transactions++;
    group = [];
  };
  for await (const entry of coins) {
    if (signal.aborted) throw new RpcError(RpcErrorCode.misc, "Shutting down");
    if (group[0] && !equalBytes(group[0].txid, entry.txid)) finishGroup();
    group.push(entry);
    sum.outputs++;
    sum.bogo += bogoSize(entry.coin.script);
    sum.amount += BigInt(entry.coin.value);
  }
  finishGroup();
  const hash = hasher && formatHash(hasher.digest());
  return {
    height: tip.height,
    bestblock: formatHash(tip.hash),
    txouts: sum.outputs,
    bogosize: sum.bogo,
    hash_serialized_3: hashType === "hash_serialized_3" ? hash : undefined,
    muhash: hashType === "muhash" ? hash : undefined,
    total_amount: amountJson(sum.amount),
    transactions: sum.transactions,
    disk_size: await chain.coins.approximateSize(),
  };
}

function hasherOf(hashType: CoinHashType): CoinHasher | undefined {
  if (hashType === "none") return undefined;
  if (hashType === "muhash") {
    const hash = new MuHash();
    return { add: (bytes) => hash.insert(bytes), digest: () => hash.digest() };
  }
  const hash = new Sha256();
  return { add: (bytes) => hash.update(bytes), digest: () => sha256(hash.digest()) };
}
