import { formatHash } from "@compeer/protocol/bytes/hash";
import { amountJson } from "@compeer/protocol/rpc/amount";
import { JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import type { Mempool } from "../../mempool/mempool.ts";
import type { Cluster, MempoolEntry } from "../../mempool/mempool-entry.ts";
import { replaceability } from "./replaceability.ts";

/** Core: MempoolInfoToJSON. */
export function mempoolInfoJson(mempool: Mempool): JsonOut {
  const { options } = mempool;
  return {
    loaded: mempool.loaded,
    size: mempool.size,
    bytes: mempool.bytes,
    usage: mempool.usage,
    total_fee: amountJson(mempool.totalFees),
    maxmempool: options.maxUsage,
    mempoolminfee: amountJson(Math.max(mempool.minFeeRate, options.minRelayRate)),
    minrelaytxfee: amountJson(options.minRelayRate),
    incrementalrelayfee: amountJson(options.incrementalRate),
    unbroadcastcount: mempool.unbroadcast.size,
    fullrbf: true,
    permitbaremultisig: options.permitBareMultisig,
    maxdatacarriersize: options.maxDataCarrier ?? 0,
    limitclustercount: options.clusterCount,
    limitclustersize: options.clusterVsize,
  };
}

/** Core: entryToJSON. */
export function mempoolEntryJson(mempool: Mempool, entry: MempoolEntry): JsonOut {
  const { ancestors, descendants, chunk } = entry;
  return {
    vsize: entry.vsize,
    weight: entry.weight,
    time: entry.time,
    height: entry.height,
    descendantcount: descendants.count,
    descendantsize: descendants.vsize,
    ancestorcount: ancestors.count,
    ancestorsize: ancestors.vsize,
    wtxid: formatHash(entry.wtxid),
    chunkweight: chunk.size,
    fees: {
      base: amountJson(entry.fee),
      modified: amountJson(entry.modifiedFee),
      ancestor: amountJson(ancestors.fees),
      descendant: amountJson(descendants.fees),
      chunk: amountJson(chunk.fee),
    },
    depends: txidsOf(entry.parents).sort(),
    spentby: txidsOf(entry.children),
    "bip125-replaceable": replaceability(mempool, entry.tx, entry.txidKey) === "yes",
    unbroadcast: mempool.unbroadcast.has(entry.txidKey),
  };
}

/** Entries by txid. Core: MempoolToJSON, verbose. */
export function mempoolEntriesJson(mempool: Mempool, entries: Iterable<MempoolEntry>): JsonObject {
  const fields: [string, JsonOut][] = [];
  for (const entry of entries)
    fields.push([formatHash(entry.txid), mempoolEntryJson(mempool, entry)]);
  return new JsonObject(fields);
}

/** Core: clusterToJSON. */
export function clusterJson({ weight, members, chunks }: Cluster): JsonOut {
  const txs = chunks.flatMap((chunk) =>
    chunk.members.map(({ txid }) => ({
      txid: formatHash(txid),
      chunkfee: amountJson(chunk.fee),
      chunkweight: chunk.size,
    })),
  );
  return { weight, txcount: members.length, txs };
}

export function txidsOf(entries: Iterable<MempoolEntry>): string[] {
  return [...entries].map(({ txid }) => formatHash(txid));
}
