import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { compareBytes } from "@compeer/protocol/bytes/compare";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { Json, JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import type { Indexes } from "../../indexes/indexes.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import { coinSetInfo } from "./coin-set-info.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import { scanScripts } from "./scan-objects.ts";
import { scriptJson } from "./transaction-json.ts";

export interface CoinDeps {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly indexes: Indexes;
}

/** Methods that look at the set of unspent coins. */
export function coinMethods({ chain, mempool, indexes }: CoinDeps): readonly RpcMethod[] {
  const scanner = new CoinScanner(chain);
  return [
    rpcMethod("gettxout", {
      description:
        "An unspent output; null when there is none or, with the mempool, when it is spent there.",
      run: ({ params }) =>
        unspentOutput(
          chain,
          params.optionalBool("include_mempool", true) ? mempool : null,
          params.hash("txid"),
          params.uint32("n"),
        ),
    }),
    rpcMethod("gettxoutsetinfo", {
      description:
        "Figures of all unspent outputs, with a hash over them: hash_serialized_3, muhash or none.",
      run: ({ params, signal }) => coinSetInfo({ chain, indexes }, params, signal),
    }),
    rpcMethod("scantxoutset", {
      description:
        'Finds the unspent outputs that descriptors mean. "start" scans, "status" tells how far, "abort" ends it.',
      run: ({ params, signal }) => {
        const action = params.text("action");
        if (action === "status") return scanner.progress;
        if (action === "abort") return scanner.abort();
        if (action !== "start")
          throw new RpcError(RpcErrorCode.invalidParameter, `Invalid action '${action}'`);
        scanner.refuseSecondScan();
        if (!params.has("scanobjects"))
          throw new RpcError(
            RpcErrorCode.misc,
            "scanobjects argument is required for the start action",
          );
        return scanner.start(params.array("scanobjects"), signal);
      },
    }),
  ];
}

async function unspentOutput(
  chain: Chain,
  mempool: Mempool | null,
  txid: Uint8Array,
  index: number,
): Promise<JsonOut> {
  if (mempool?.isSpent(txid, index)) return null;
  const tx = mempool?.get(hashKey(txid))?.tx;
  if (tx && index < tx.outputCount) {
    const coin = { value: tx.outputValue(index), script: tx.outputScript(index), coinbase: false };
    return outputJson(chain, coin, 0);
  }
  const coin = await chain.coin(txid, index);
  return coin && outputJson(chain, coin, chain.tip.height - coin.height + 1);
}

function outputJson(chain: Chain, coin: Omit<Coin, "height">, confirmations: number): JsonOut {
  return {
    bestblock: formatHash(chain.tip.hash),
    confirmations,
    value: amountJson(coin.value),
    scriptPubKey: scriptJson(coin.script, chain.network),
    coinbase: coin.coinbase,
  };
}

interface FoundCoin {
  readonly txid: Uint8Array;
  readonly index: number;
  readonly coin: Coin;
}

/** One scan over all coins at a time, which can be watched and ended. */
class CoinScanner {
  readonly #chain: Chain;
  #percent = 0;
  #running = false;
  #aborted = false;

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  get progress(): JsonOut {
    return this.#running ? { progress: this.#percent } : null;
  }

  abort(): boolean {
    this.#aborted = true;
    return this.#running;
  }

  refuseSecondScan(): void {
    if (this.#running)
      throw new RpcError(
        RpcErrorCode.invalidParameter,
        'Scan already in progress, use action "abort" or "status"',
      );
  }

  async start(objects: readonly Json[], signal: AbortSignal): Promise<JsonOut> {
    this.#running = true;
    this.#aborted = false;
    this.#percent = 0;
    try {
      return await this.#scan(await scanScripts(objects, this.#chain.network), signal);
    } finally {
      this.#running = false;
    }
  }

  /** @param wanted descriptor by script in hex */
  async #scan(wanted: ReadonlyMap<string, string>, signal: AbortSignal): Promise<JsonOut> {
    const chain = this.#chain;
    const found: FoundCoin[] = [];
    let count = 0;
    const { tip, coins } = await chain.withFlushedCoins((at, all) => ({ tip: at, coins: all }));
    for await (const entry of coins) {
      if (this.#aborted || signal.aborted) break;
      count++;
      // Coins lie in the order of their txid, so its first byte tells how far this is.
      this.#percent = Math.floor(((entry.txid[0] as number) * 100) / 256);
      if (wanted.has(encodeHex(entry.coin.script))) found.push(entry);
    }
    found.sort((a, b) => compareOutpoints(a, b));
    const total = found.reduce((sum, { coin }) => sum + coin.value, 0);
    return {
      success: !this.#aborted && !signal.aborted,
      txouts: count,
      height: tip.height,
      bestblock: formatHash(tip.hash),
      unspents: found.map((each) => foundJson(each, tip, wanted)),
      total_amount: amountJson(total),
    };
  }
}

/** Core sorts by the bytes of the txid in wire order, then by output. */
function compareOutpoints(a: FoundCoin, b: FoundCoin): number {
  return compareBytes(a.txid, b.txid) || a.index - b.index;
}

function foundJson(
  { txid, index, coin }: FoundCoin,
  tip: BlockNode,
  wanted: ReadonlyMap<string, string>,
): JsonOut {
  const script = encodeHex(coin.script);
  const block = tip.ancestor(coin.height);
  return {
    txid: formatHash(txid),
    vout: index,
    scriptPubKey: script,
    desc: wanted.get(script),
    amount: amountJson(coin.value),
    coinbase: coin.coinbase,
    height: coin.height,
    blockhash: block ? formatHash(block.hash) : undefined,
    confirmations: tip.height - coin.height + 1,
  };
}
