import { Reader, readU32 } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { LimitError } from "./limit-error.ts";

/** Most entries of one inv, getdata or notfound. Core: MAX_INV_SZ. */
export const MAX_INVENTORY = 50_000;

/** Kinds of inventory. Core: protocol.h GetDataMsg; BIP37, BIP144, BIP152, BIP339. */
export const MSG_TX = 1;
export const MSG_BLOCK = 2;
export const MSG_FILTERED_BLOCK = 3;
export const MSG_CMPCT_BLOCK = 4;
export const MSG_WTX = 5;
export const MSG_WITNESS_FLAG = 0x40000000;
const MSG_WITNESS_TX: number = MSG_TX | MSG_WITNESS_FLAG;
export const MSG_WITNESS_BLOCK: number = MSG_BLOCK | MSG_WITNESS_FLAG;

export interface InventoryItem {
  /** Unsigned 32 bits; strangers may send kinds that we do not know. */
  readonly kind: number;
  readonly hash: Uint8Array;
}

/** True for what asks for or announces a transaction. Core: CInv::IsGenTxMsg. */
export function isTransactionKind(kind: number): boolean {
  return kind === MSG_TX || kind === MSG_WTX || kind === MSG_WITNESS_TX;
}

/** True for what asks for a block in some form. Core: CInv::IsGenBlkMsg. */
export function isBlockKind(kind: number): boolean {
  return (
    kind === MSG_BLOCK ||
    kind === MSG_FILTERED_BLOCK ||
    kind === MSG_CMPCT_BLOCK ||
    kind === MSG_WITNESS_BLOCK
  );
}

/** Entries of an inventory, in order. */
export interface InventoryItems extends Iterable<InventoryItem> {
  readonly length: number;
  at(index: number): InventoryItem | undefined;
}

const ITEM_SIZE = 36;

/**
 * Entries as they stand in a payload: an object for each is made when it is its turn, so that a message of
 * 50,000 that waits takes no more than its bytes.
 */
export class Inventory implements InventoryItems {
  readonly length: number;
  readonly #payload: Uint8Array;
  readonly #start: number;

  /** @throws DecodeError when `payload` is anything else; LimitError when it names too many */
  constructor(command: string, payload: Uint8Array) {
    const reader = new Reader(payload);
    this.length = reader.compactSize();
    if (this.length > MAX_INVENTORY) throw new LimitError(command, this.length);
    this.#payload = payload;
    this.#start = reader.position;
    reader.skip(ITEM_SIZE * this.length);
    reader.end();
  }

  at(index: number): InventoryItem | undefined {
    if (index < 0 || index >= this.length) return undefined;
    const at = this.#start + ITEM_SIZE * index;
    const hash = this.#payload.subarray(at + 4, at + ITEM_SIZE);
    return { kind: readU32(this.#payload, at), hash };
  }

  *[Symbol.iterator](): IterableIterator<InventoryItem> {
    for (let index = 0; index < this.length; index++) yield this.at(index) as InventoryItem;
  }
}

export function encodeInventory(items: InventoryItems): Uint8Array {
  const writer = new Writer(9 + ITEM_SIZE * items.length).compactSize(items.length);
  for (const { kind, hash } of items) writer.u32(kind).raw(hash);
  return writer.finish();
}
