import { Reader } from "../bytes/reader.ts";
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

export function decodeInventory(command: string, payload: Uint8Array): InventoryItem[] {
  const reader = new Reader(payload);
  const count = reader.compactSize();
  if (count > MAX_INVENTORY) throw new LimitError(command, count);
  const items: InventoryItem[] = [];
  for (let i = 0; i < count; i++) items.push({ kind: reader.u32(), hash: reader.take(32) });
  reader.end();
  return items;
}

export function encodeInventory(items: readonly InventoryItem[]): Uint8Array {
  const writer = new Writer(9 + 36 * items.length).compactSize(items.length);
  for (const { kind, hash } of items) writer.u32(kind).raw(hash);
  return writer.finish();
}
