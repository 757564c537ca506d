import { compareBytes } from "@compeer/protocol/bytes/compare";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { amountJson } from "@compeer/protocol/rpc/amount";
import { type Json, JsonObject, type JsonOut, member } from "@compeer/protocol/rpc/json";
import { asBool, asHash, asInt, asObject, checkMembers } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Mempool } from "../../mempool/mempool.ts";
import type { MempoolEntry } from "../../mempool/mempool-entry.ts";
import type { LoadOptions } from "../../mempool/mempool-file.ts";
import {
  clusterJson,
  mempoolEntriesJson,
  mempoolEntryJson,
  mempoolInfoJson,
  txidsOf,
} from "./mempool-json.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";

export interface MempoolDeps {
  readonly mempool: Mempool;
  /** Writes `mempool.dat` and returns its path; rejects when the disk refuses. */
  saveMempool(): Promise<string>;
  /** Takes in a file as `mempool.dat`; false when it cannot be read. */
  importMempool(path: string, options: LoadOptions): Promise<boolean>;
  readonly chain: { readonly isInitialDownload: boolean };
}

/** Methods that read the mempool. */
export function mempoolMethods(deps: MempoolDeps): readonly RpcMethod[] {
  const { mempool, saveMempool } = deps;
  return [
    rpcMethod("getmempoolinfo", {
      description: "Size, limits and fees of the mempool.",
      run: async () => {
        await mempool.settled();
        return mempoolInfoJson(mempool);
      },
    }),
    rpcMethod("getrawmempool", {
      description:
        "Ids of all transactions in the mempool, in the order in which they would be mined; with verbose=true all that is known of them.",
      run: ({ params }) => rawMempool(mempool, params),
    }),
    rpcMethod("getmempoolentry", {
      description: "What is known of one transaction in the mempool.",
      run: async ({ params }) =>
        mempoolEntryJson(mempool, await entryOf(mempool, params.hash("txid"))),
    }),
    rpcMethod("getmempoolancestors", {
      description: "The unconfirmed transactions that a transaction in the mempool needs.",
      run: async ({ params }) => {
        const entry = await entryOf(mempool, params.hash("txid"));
        return listed(mempool, byTxid(mempool.ancestors(entry)), params);
      },
    }),
    rpcMethod("getmempooldescendants", {
      description: "The transactions in the mempool that need a certain one.",
      run: async ({ params }) => {
        const entry = await entryOf(mempool, params.hash("txid"));
        return listed(mempool, byTxid(mempool.descendants(entry)), params);
      },
    }),
    rpcMethod("getmempoolcluster", {
      description: "The transactions that hang together with a certain one, in mining order.",
      run: async ({ params }) => {
        await mempool.settled();
        const entry = mempool.get(hashKey(asHash(params.raw("txid"), "parameter 1")));
        return entry === undefined
          ? { weight: 0, txcount: 0, txs: [] }
          : clusterJson(entry.cluster);
      },
    }),
    rpcMethod("getmempoolfeeratediagram", {
      description: "Fees over weight of the mempool, as sums over its chunks in mining order.",
      run: async () => {
        await mempool.settled();
        return feeDiagram(mempool);
      },
    }),
    rpcMethod("gettxspendingprevout", {
      description: "Which transactions in the mempool spend some outputs.",
      run: async ({ params }) => {
        const outputs = params.array("outputs").map(outpointOf);
        if (outputs.length === 0) throw invalid("Invalid parameter, outputs are missing");
        await mempool.settled();
        return outputs.map(({ txid, vout }) => {
          const spender = mempool.isSpent(txid, vout);
          const spendingtxid = spender && formatHash(spender.txid);
          return { txid: formatHash(txid), vout, spendingtxid };
        });
      },
    }),
    rpcMethod("savemempool", {
      description: "Writes the mempool to its file.",
      run: async () => {
        if (!mempool.loaded)
          throw new RpcError(RpcErrorCode.misc, "The mempool was not loaded yet");
        return { filename: await saved(saveMempool) };
      },
    }),
    rpcMethod("importmempool", {
      description:
        "Takes in the transactions of a file as savemempool writes it; what is in the mempool already stays.",
      run: ({ params }) => imported(deps, params),
    }),
  ];
}

async function rawMempool(mempool: Mempool, params: Params): Promise<JsonOut> {
  const verbose = params.optionalBool("verbose", false);
  const withSequence = params.optionalBool("mempool_sequence", false);
  if (verbose && withSequence)
    throw invalid("Verbose results cannot contain mempool sequence values.");
  await mempool.settled();
  const entries = mempool.bestChunks().flatMap(({ members }) => members);
  if (verbose) return mempoolEntriesJson(mempool, entries);
  const txids = txidsOf(entries);
  return withSequence ? { txids, mempool_sequence: mempool.sequence } : txids;
}

/** Core: CompareIteratorByHash. */
function byTxid(entries: Iterable<MempoolEntry>): MempoolEntry[] {
  return [...entries].sort((a, b) => compareBytes(a.txid, b.txid));
}

function listed(mempool: Mempool, entries: readonly MempoolEntry[], params: Params): JsonOut {
  return params.optionalBool("verbose", false)
    ? mempoolEntriesJson(mempool, entries)
    : txidsOf(entries);
}

async function entryOf(mempool: Mempool, txid: Uint8Array): Promise<MempoolEntry> {
  await mempool.settled();
  const entry = mempool.get(hashKey(txid));
  if (entry === undefined)
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Transaction not in mempool");
  return entry;
}

function feeDiagram(mempool: Mempool): JsonOut {
  let weight = 0;
  let fee = 0;
  const points = mempool.bestChunks().map((chunk) => {
    weight += chunk.size;
    fee += chunk.fee;
    return { weight, fee: amountJson(fee) };
  });
  return [{ weight: 0, fee: amountJson(0) }, ...points];
}

function outpointOf(value: Json): { readonly txid: Uint8Array; readonly vout: number } {
  const object = asObject(value);
  checkMembers(object, { txid: "string", vout: "number" }, { strict: true });
  const txid = asHash(member(object, "txid") as Json, "txid");
  const vout = asInt(member(object, "vout") as Json);
  if (vout < 0) throw invalid("Invalid parameter, vout cannot be negative");
  return { txid, vout };
}

async function saved(save: () => Promise<string>): Promise<string> {
  try {
    return await save();
  } catch (cause) {
    const error = new RpcError(RpcErrorCode.misc, "Unable to dump mempool to disk");
    error.cause = cause;
    throw error;
  }
}

async function imported({ chain, importMempool }: MempoolDeps, params: Params): Promise<JsonOut> {
  const path = params.text("filepath");
  const options = params.optionalObject("options") ?? new JsonObject([]);
  const asked = (name: string, fallback: boolean): boolean => {
    const value = member(options, name) ?? null;
    return value === null ? fallback : asBool(value);
  };
  const how = {
    useCurrentTime: asked("use_current_time", true),
    applyDeltas: asked("apply_fee_delta_priority", false),
    applyUnbroadcast: asked("apply_unbroadcast_set", false),
  };
  if (chain.isInitialDownload)
    throw new RpcError(
      RpcErrorCode.clientInInitialDownload,
      "Can only import the mempool after the block download and sync is done.",
    );
  if (await importMempool(path, how)) return {};
  throw new RpcError(
    RpcErrorCode.misc,
    "Unable to import mempool file, see debug.log for details.",
  );
}

function invalid(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, message);
}
