import { randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransactions } from "@compeer/protocol/bitcoin/transaction-table";
import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { hashKey, keyHash } from "@compeer/protocol/bytes/hash";
import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import type { Mempool } from "./mempool.ts";

const VERSION_PLAIN = 1;
const VERSION_OBFUSCATED = 2;
const KEY_SIZE = 8;
/** A transaction, its time and what was added to its fee. */
const MIN_RECORD = 10 + 8 + 8;

/** What `mempool.dat` holds. Core: src/node/mempool_persist.cpp. */
export interface SavedMempool {
  readonly transactions: readonly SavedTransaction[];
  /** Prioritised transactions that were not in the mempool, by txid key. */
  readonly deltas: ReadonlyMap<string, Sats>;
  /** By txid key. */
  readonly unbroadcast: readonly string[];
}

interface SavedTransaction {
  readonly tx: TransactionView;
  /** Seconds since 1970. */
  readonly time: number;
  readonly delta: Sats;
}

/** How a saved mempool is taken in. */
export interface LoadOptions {
  readonly useCurrentTime: boolean;
  readonly applyDeltas: boolean;
  readonly applyUnbroadcast: boolean;
}

/** What became of the transactions of a file. */
export interface LoadCounts {
  readonly accepted: number;
  readonly failed: number;
  readonly expired: number;
  readonly known: number;
  readonly unbroadcast: number;
}

/** Writes the mempool to `path`, all or nothing. @param plain as Core's version 1 (-persistmempoolv1) */
export async function saveMempool(mempool: Mempool, path: string, plain = false): Promise<void> {
  await mempool.settled();
  const bytes = encodeMempool(snapshot(mempool), plain ? null : randomBytes(KEY_SIZE));
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

/**
 * Takes in what a file holds.
 *
 * @param now seconds since 1970
 * @throws DecodeError on a damaged file, once all before the damage was taken in; Error when it cannot be read
 */
export async function loadMempool(
  mempool: Mempool,
  path: string,
  now: number,
  options: LoadOptions,
  signal?: AbortSignal,
): Promise<LoadCounts> {
  const { transactions, deltas, unbroadcast } = decodeMempool(await readBytes(path));
  const counts = { accepted: 0, failed: 0, expired: 0, known: 0, unbroadcast: 0 };
  for (const { tx, time: savedTime, delta } of transactions) {
    if (signal?.aborted) return counts;
    const time = options.useCurrentTime ? now : savedTime;
    const txid = transactionId(tx);
    if (options.applyDeltas && delta !== 0) mempool.prioritise(txid, delta);
    if (time <= now - mempool.options.expiry) counts.expired++;
    else if ((await mempool.submit(tx, { time })).fault === null) counts.accepted++;
    else if (mempool.get(hashKey(txid)) !== undefined) counts.known++;
    else counts.failed++;
  }
  if (options.applyDeltas)
    for (const [key, delta] of deltas) mempool.prioritise(keyHash(key), delta);
  if (options.applyUnbroadcast) {
    for (const key of unbroadcast) mempool.markUnbroadcast(key);
    counts.unbroadcast = unbroadcast.length;
  }
  return counts;
}

/** No Buffer, whose `slice` would not copy: transactions would share one memory with the file. */
async function readBytes(path: string): Promise<Uint8Array> {
  const { buffer, byteOffset, length } = await readFile(path);
  return new Uint8Array(buffer, byteOffset, length);
}

function snapshot(mempool: Mempool): SavedMempool {
  const deltas = new Map(mempool.deltas);
  // Parents first, so that each can be taken in when its turn comes.
  const entries = mempool.bestChunks().flatMap(({ members }) => members);
  const transactions = entries.map(({ tx, txidKey, time }) => {
    const delta = deltas.get(txidKey) ?? 0;
    deltas.delete(txidKey);
    return { tx, time, delta };
  });
  return { transactions, deltas, unbroadcast: [...mempool.unbroadcast] };
}

/** @param key eight bytes that the content is obfuscated with; null for none */
export function encodeMempool(saved: SavedMempool, key: Uint8Array | null): Uint8Array {
  const writer = new Writer(1 << 16).u64(key === null ? VERSION_PLAIN : VERSION_OBFUSCATED);
  if (key !== null) writer.varBytes(key);
  const start = writer.length;
  writer.u64(saved.transactions.length);
  for (const { tx, time, delta } of saved.transactions) writer.raw(tx.raw).u64(time).u64(delta);
  const deltas = [...saved.deltas].sort(([a], [b]) => (a < b ? -1 : 1));
  writer.compactSize(deltas.length);
  for (const [txid, delta] of deltas) writer.raw(keyHash(txid)).u64(delta);
  writer.compactSize(saved.unbroadcast.length);
  for (const txid of [...saved.unbroadcast].sort()) writer.raw(keyHash(txid));
  const bytes = writer.finish();
  if (key !== null) obfuscate(bytes, start, key);
  return bytes;
}

/** @throws DecodeError unless the bytes are a whole file of a known version */
export function decodeMempool(file: Uint8Array): SavedMempool {
  const bytes = file.slice();
  const reader = new Reader(bytes);
  const version = reader.u64();
  if (version !== VERSION_PLAIN && version !== VERSION_OBFUSCATED)
    throw new DecodeError(`mempool file of unknown version ${version}`);
  if (version === VERSION_OBFUSCATED) {
    const key = reader.varBytes(KEY_SIZE);
    if (key.length !== KEY_SIZE) throw new DecodeError("obfuscation key of a wrong length");
    obfuscate(bytes, reader.position, key);
  }
  const transactions = readTransactions(reader);
  const deltas = new Map<string, Sats>();
  for (let left = listLength(reader, 40); left > 0; left--)
    deltas.set(hashKey(reader.take(32)), reader.i64());
  const unbroadcast: string[] = [];
  for (let left = listLength(reader, 32); left > 0; left--)
    unbroadcast.push(hashKey(reader.take(32)));
  reader.end();
  return { transactions, deltas, unbroadcast };
}

function readTransactions(reader: Reader): SavedTransaction[] {
  const count = reader.u64();
  if (count > reader.left / MIN_RECORD) throw new DecodeError("more transactions than bytes");
  const transactions: SavedTransaction[] = [];
  for (let i = 0; i < count; i++) {
    const start = reader.position;
    const { end } = parseTransactions(reader.bytes, start, 1);
    const tx = parseTransaction(reader.take(end - start).slice());
    transactions.push({ tx, time: reader.i64(), delta: reader.i64() });
  }
  return transactions;
}

function listLength(reader: Reader, itemSize: number): number {
  const length = reader.compactSize();
  if (length * itemSize > reader.left) throw new DecodeError("end of data");
  return length;
}

/** Byte by byte with the key, which starts anew at every eighth offset of the file. */
function obfuscate(bytes: Uint8Array, from: number, key: Uint8Array): void {
  for (let i = from; i < bytes.length; i++)
    bytes[i] = (bytes[i] as number) ^ (key[i % KEY_SIZE] as number);
}
