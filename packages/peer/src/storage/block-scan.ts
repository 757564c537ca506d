import { open } from "node:fs/promises";
import { HEADER_SIZE } from "@compeer/protocol/bitcoin/header";
import { parseTransactions } from "@compeer/protocol/bitcoin/transaction-table";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { Reader, readU32 } from "@compeer/protocol/bytes/reader";
import { readFully } from "./read-fully.ts";

/** Magic and length in front of each record of a blk or rev file. Core: STORAGE_HEADER_BYTES. */
export const FRAME_SIZE = 8;
/** Longest block. Core: MAX_BLOCK_SERIALIZED_SIZE. */
const MAX_BLOCK = 4_000_000;
/** Bytes read at a time; a block and its frame always fit. */
const WINDOW = 8 << 20;

/** Reads up to `length` bytes at an offset; fewer at the end. */
type ReadAt = (at: number, length: number) => Promise<Uint8Array>;

export interface FoundBlock {
  /** Offset of the block's first byte. */
  readonly offset: number;
  readonly raw: Uint8Array;
}

/**
 * Finds the blocks in a file as it was left by whatever happened: looks for the magic, takes what
 * stands behind it when it parses as a block, and goes on one byte behind the magic when not. The
 * parent need not stand before the child. Core: ChainstateManager::LoadExternalBlockFile.
 */
export async function* scanBlocks(read: ReadAt, magic: Uint8Array): AsyncIterable<FoundBlock> {
  let start = 0; // offset of the window in the file
  let bytes = await read(0, WINDOW);
  let at = 0;
  for (;;) {
    at = findMagic(bytes, at, magic);
    const whole = at + FRAME_SIZE + MAX_BLOCK <= bytes.length;
    if (!whole && bytes.length === WINDOW) {
      start += at;
      bytes = await read(start, WINDOW);
      at = 0;
      continue;
    }
    if (at + FRAME_SIZE > bytes.length) return;
    const length = framedLength(bytes, at);
    if (length === 0) {
      at++;
      continue;
    }
    const first = at + FRAME_SIZE;
    yield { offset: start + first, raw: bytes.slice(first, first + length) };
    at = first + length;
  }
}

/** The blocks in a file of plain bytes (-loadblock). */
export async function* scanFile(path: string, magic: Uint8Array): AsyncIterable<FoundBlock> {
  const handle = await open(path, "r");
  try {
    yield* scanBlocks((at, length) => readFully(handle, at, length), magic);
  } finally {
    await handle.close();
  }
}

/** Offset of the next magic at `from` or behind; where it may have begun when the bytes end in it, else their end. */
function findMagic(bytes: Uint8Array, from: number, magic: Uint8Array): number {
  let at = from;
  for (; at < bytes.length; at++) {
    at = bytes.indexOf(magic[0] as number, at);
    if (at < 0) return bytes.length;
    let i = 1;
    while (i < magic.length && at + i < bytes.length && bytes[at + i] === magic[i]) i++;
    if (i === magic.length || at + i === bytes.length) return at;
  }
  return at;
}

/** Length of the block behind the frame at `at`, 0 when none is there whole. */
function framedLength(bytes: Uint8Array, at: number): number {
  const length = readU32(bytes, at + 4);
  const first = at + FRAME_SIZE;
  if (length < HEADER_SIZE || length > MAX_BLOCK || first + length > bytes.length) return 0;
  try {
    return blockLength(bytes.subarray(first, first + length));
  } catch (error) {
    if (error instanceof DecodeError) return 0;
    throw error;
  }
}

/**
 * Length of the block at the beginning of `bytes`. Old versions wrote more into a record than its
 * block; what follows is no part of it. @throws DecodeError when no block is there
 */
export function blockLength(bytes: Uint8Array): number {
  const reader = new Reader(bytes, HEADER_SIZE);
  if (bytes.length < HEADER_SIZE) throw new DecodeError("end of data");
  const count = reader.compactSize();
  return parseTransactions(bytes, reader.position, count).end;
}
