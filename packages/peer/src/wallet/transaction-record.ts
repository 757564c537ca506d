import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import { latin1 } from "./script-key.ts";
import type {
  TransactionNotes,
  TransactionRecord,
  TransactionState,
} from "./wallet-transaction.ts";

const INACTIVE = 0;
const ABANDONED = 1;
const CONFIRMED = 2;
const CONFLICTED = 3;
const VOID = 4;

/**
 * A transaction as one value of the store: order, times, state, notes, then its bytes. Rows of one value
 * are read several times as fast as rows of many. That it is in the mempool is not kept: it is looked up.
 */
export function encodeRecord(record: TransactionRecord): Uint8Array {
  const { order, timeReceived, timeSmart, state, notes, raw } = record;
  const writer = new Writer(raw.length + 128).u32(order).u64(timeReceived).u64(timeSmart);
  if (state.type === "confirmed")
    writer.u8(CONFIRMED).raw(state.blockHash).u32(state.height).u32(state.index);
  else if (state.type === "conflicted")
    writer.u8(CONFLICTED).raw(state.blockHash).u32(state.height);
  else writer.u8(unconfirmedKind(state));
  const said = Object.keys(notes).length === 0 ? "" : JSON.stringify(notes);
  return writer.varBytes(new TextEncoder().encode(said)).raw(raw).finish();
}

/**
 * @param key the txid's
 * @throws DecodeError on a value that is none
 */
export function decodeRecord(key: Uint8Array, value: Uint8Array): TransactionRecord {
  const reader = new Reader(value);
  const order = reader.u32();
  const timeReceived = reader.u64();
  const timeSmart = reader.u64();
  const state = readState(reader);
  const said = reader.varBytes();
  const notes =
    said.length === 0 ? NO_NOTES : (JSON.parse(new TextDecoder().decode(said)) as TransactionNotes);
  const raw = value.subarray(reader.position);
  return { key: latin1(key), raw, order, timeReceived, timeSmart, state, notes };
}

const NO_NOTES: TransactionNotes = {};

function unconfirmedKind(state: TransactionState): number {
  if (state.type !== "inactive" || !state.abandoned) return INACTIVE;
  return state.isVoid ? VOID : ABANDONED;
}

function readState(reader: Reader): TransactionState {
  switch (reader.u8()) {
    case CONFIRMED:
      return {
        type: "confirmed",
        blockHash: reader.take(32),
        height: reader.u32(),
        index: reader.u32(),
      };
    case CONFLICTED:
      return { type: "conflicted", blockHash: reader.take(32), height: reader.u32() };
    case VOID:
      return { type: "inactive", abandoned: true, isVoid: true };
    case ABANDONED:
      return { type: "inactive", abandoned: true };
    default:
      return { type: "inactive", abandoned: false };
  }
}
