import { HEADER_SIZE } from "@compeer/protocol/bitcoin/header";
import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import { sha256d } from "@compeer/protocol/crypto/sha256";
import { readVarInt, writeVarInt } from "./var-int.ts";

/** Core writes this number where the version of the record once stood. Core: CDiskBlockIndex::DUMMY_VERSION. */
const RECORD_VERSION = 259900;
/** Core: BLOCK_HAVE_DATA and BLOCK_HAVE_UNDO in src/chain.h. */
const HAVE_DATA = 8;
const HAVE_UNDO = 16;

/** What the index tells of one block. Core: CDiskBlockIndex in src/chain.h. */
export interface BlockRecord {
  readonly hash: Uint8Array;
  /** The 80 bytes of the header. */
  readonly header80: Uint8Array;
  readonly height: number;
  /** Core's BlockStatus bits. */
  readonly status: number;
  /** Transactions of the block; 0 as long as its data was never here. */
  readonly txCount: number;
  /** File of block and undo data; it and the offsets mean nothing where the status does not say that they are there. */
  readonly file: number;
  /** Offset of the block's first byte in its blk file. */
  readonly dataOffset: number;
  /** Offset of the first byte of the undo data in the rev file. */
  readonly undoOffset: number;
}

export function encodeBlockRecord(record: BlockRecord): Uint8Array {
  const writer = new Writer(128);
  writeVarInt(writer, RECORD_VERSION);
  writeVarInt(writer, record.height);
  writeVarInt(writer, record.status);
  writeVarInt(writer, record.txCount);
  if (record.status & (HAVE_DATA | HAVE_UNDO)) writeVarInt(writer, record.file);
  if (record.status & HAVE_DATA) writeVarInt(writer, record.dataOffset);
  if (record.status & HAVE_UNDO) writeVarInt(writer, record.undoOffset);
  return writer.raw(record.header80).finish();
}

/** @throws DecodeError when the bytes are not exactly one record */
export function decodeBlockRecord(bytes: Uint8Array): BlockRecord {
  const reader = new Reader(bytes);
  readVarInt(reader);
  const height = readVarInt(reader);
  const status = readVarInt(reader);
  const txCount = readVarInt(reader);
  const file = status & (HAVE_DATA | HAVE_UNDO) ? readVarInt(reader) : 0;
  const dataOffset = status & HAVE_DATA ? readVarInt(reader) : 0;
  const undoOffset = status & HAVE_UNDO ? readVarInt(reader) : 0;
  const header80 = reader.take(HEADER_SIZE);
  reader.end();
  const hash = sha256d(header80);
  return { hash, header80, height, status, txCount, file, dataOffset, undoOffset };
}
