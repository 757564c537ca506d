import { formatHash } from "@compeer/protocol/bytes/hash";
import {
  type InventoryItem,
  MSG_BLOCK,
  MSG_CMPCT_BLOCK,
  MSG_FILTERED_BLOCK,
  MSG_TX,
  MSG_WITNESS_FLAG,
  MSG_WTX,
} from "@compeer/protocol/wire/inventory";

const NAMES: ReadonlyMap<number, string> = new Map([
  [MSG_TX, "tx"],
  [MSG_WTX, "wtx"],
  [MSG_BLOCK, "block"],
  [MSG_FILTERED_BLOCK, "merkleblock"],
  [MSG_CMPCT_BLOCK, "cmpctblock"],
]);

/** "witness-tx 00…": as log lines name it. Core: CInv::ToString. */
export function inventoryText({ kind, hash }: InventoryItem): string {
  const name = NAMES.get(kind & ~MSG_WITNESS_FLAG);
  const prefix = (kind & MSG_WITNESS_FLAG) === 0 ? "" : "witness-";
  return name === undefined
    ? `0x${(kind >>> 0).toString(16).padStart(8, "0")} ${formatHash(hash)}`
    : `${prefix}${name} ${formatHash(hash)}`;
}
