import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import { readVarInt, writeVarInt } from "./var-int.ts";

/** What one pair of blk and rev files holds. Core: CBlockFileInfo in src/node/blockstorage.h. */
export interface BlockFileInfo {
  readonly blocks: number;
  /** Used bytes of the blk file. */
  readonly size: number;
  /** Used bytes of the rev file. */
  readonly undoSize: number;
  readonly heightFirst: number;
  readonly heightLast: number;
  /** Earliest and latest header time. */
  readonly timeFirst: number;
  readonly timeLast: number;
}

export const EMPTY_FILE_INFO: BlockFileInfo = {
  blocks: 0,
  size: 0,
  undoSize: 0,
  heightFirst: 0,
  heightLast: 0,
  timeFirst: 0,
  timeLast: 0,
};

/** The info with one more block; its size is as before. Core: CBlockFileInfo::AddBlock. */
export function withBlock(info: BlockFileInfo, height: number, time: number): BlockFileInfo {
  const first = info.blocks === 0;
  return {
    ...info,
    blocks: info.blocks + 1,
    heightFirst: first ? height : Math.min(info.heightFirst, height),
    heightLast: Math.max(info.heightLast, height),
    timeFirst: first ? time : Math.min(info.timeFirst, time),
    timeLast: Math.max(info.timeLast, time),
  };
}

export function encodeFileInfo(info: BlockFileInfo): Uint8Array {
  const writer = new Writer(48);
  writeVarInt(writer, info.blocks);
  writeVarInt(writer, info.size);
  writeVarInt(writer, info.undoSize);
  writeVarInt(writer, info.heightFirst);
  writeVarInt(writer, info.heightLast);
  writeVarInt(writer, info.timeFirst);
  writeVarInt(writer, info.timeLast);
  return writer.finish();
}

/** @throws DecodeError when the bytes are not exactly one record */
export function decodeFileInfo(bytes: Uint8Array): BlockFileInfo {
  const reader = new Reader(bytes);
  const info = {
    blocks: readVarInt(reader),
    size: readVarInt(reader),
    undoSize: readVarInt(reader),
    heightFirst: readVarInt(reader),
    heightLast: readVarInt(reader),
    timeFirst: readVarInt(reader),
    timeLast: readVarInt(reader),
  };
  reader.end();
  return info;
}
