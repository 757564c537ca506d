import { transactionId } from "../bitcoin/transaction-id.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { ScriptReader } from "../script/script-reader.ts";
import { solveScript } from "../script/solver.ts";
import { murmurHash3 } from "./murmur-hash.ts";

/** BIP37: bytes and hash functions that a filter may have, and bytes of what is added to it. */
const MAX_BYTES = 36_000;
const MAX_HASH_FUNCTIONS = 50;
export const MAX_BLOOM_ITEM = 520;
const SEED_STEP = 0xfba4c795;

/** When a matching output's outpoint goes into the filter. Core: bloomflags. */
const UPDATE_ALL = 1;
const UPDATE_PUBKEY_ONLY = 2;
const UPDATE_MASK = 3;

/** What a peer wants to hear of: it holds data of a script, a txid or an outpoint (BIP37). */
export class BloomFilter {
  readonly #bits: Uint8Array;
  readonly #hashFunctions: number;
  readonly #tweak: number;
  readonly #flags: number;

  constructor(bits: Uint8Array, hashFunctions: number, tweak: number, flags: number) {
    this.#bits = bits;
    this.#hashFunctions = hashFunctions;
    this.#tweak = tweak;
    this.#flags = flags;
  }

  /** The payload of `filterload`. @throws DecodeError unless it is exactly one filter */
  static decode(payload: Uint8Array): BloomFilter {
    const reader = new Reader(payload);
    const bits = reader.take(reader.compactSize()).slice();
    const hashFunctions = reader.u32();
    const tweak = reader.u32();
    const flags = reader.u8();
    reader.end();
    return new BloomFilter(bits, hashFunctions, tweak, flags);
  }

  encode(): Uint8Array {
    const writer = new Writer(this.#bits.length + 12).compactSize(this.#bits.length);
    writer.raw(this.#bits).u32(this.#hashFunctions).u32(this.#tweak).u8(this.#flags);
    return writer.finish();
  }

  /** Larger ones are a breach of the protocol. */
  get isWithinLimits(): boolean {
    return this.#bits.length <= MAX_BYTES && this.#hashFunctions <= MAX_HASH_FUNCTIONS;
  }

  /** One without bits matches everything and takes nothing in (CVE-2013-5700). */
  get #matchesAll(): boolean {
    return this.#bits.length === 0;
  }

  insert(item: Uint8Array): void {
    if (this.#matchesAll) return;
    for (let i = 0; i < this.#hashFunctions; i++) {
      const bit = this.#bitOf(i, item);
      this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] as number) | (1 << (bit & 7));
    }
  }

  contains(item: Uint8Array): boolean {
    for (let i = 0; i < this.#hashFunctions && !this.#matchesAll; i++) {
      const bit = this.#bitOf(i, item);
      if (((this.#bits[bit >>> 3] as number) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }

  #bitOf(index: number, item: Uint8Array): number {
    const seed = (Math.imul(index, SEED_STEP) + this.#tweak) >>> 0;
    return murmurHash3(seed, item) % (this.#bits.length * 8);
  }

  /**
   * True when the transaction has to do with what the filter holds. Outpoints of matching outputs are
   * added as the filter asks, so that what spends them matches too. Core: IsRelevantAndUpdate.
   */
  matchAndUpdate(tx: TransactionView): boolean {
    if (this.#matchesAll) return true;
    const txid = transactionId(tx);
    let isFound = this.contains(txid);
    for (let i = 0; i < tx.outputCount; i++) {
      const script = tx.outputScript(i);
      if (!this.#containsPush(script)) continue;
      isFound = true;
      if (this.#isUpdatedBy(script)) this.insert(outpointBytes(txid, i));
    }
    if (isFound) return true;
    for (let i = 0; i < tx.inputCount; i++) {
      const at = tx.outpointAt(i);
      if (this.contains(tx.bytes.subarray(at, at + 36))) return true;
      if (this.#containsPush(tx.inputScript(i))) return true;
    }
    return false;
  }

  #containsPush(script: Uint8Array): boolean {
    const reader = new ScriptReader(script);
    while (reader.next()) if (reader.dataLength > 0 && this.contains(reader.data())) return true;
    return false;
  }

  #isUpdatedBy(script: Uint8Array): boolean {
    const how = this.#flags & UPDATE_MASK;
    if (how === UPDATE_ALL) return true;
    if (how !== UPDATE_PUBKEY_ONLY) return false;
    const { type } = solveScript(script);
    return type === "pubkey" || type === "multisig";
  }
}

function outpointBytes(txid: Uint8Array, index: number): Uint8Array {
  return new Writer(36).raw(txid).u32(index).finish();
}
