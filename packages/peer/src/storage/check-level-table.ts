import { equalBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { Reader, readU32 } from "@compeer/protocol/bytes/reader";
import { isSound } from "./crc32c.ts";

/** Two handles, room, and the magic number. LevelDB: table/format.h. */
const FOOTER = 48;
const MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
/** Type and checksum behind each block. */
const TRAILER = 5;

/** Where a block of a table lies. */
interface Handle {
  readonly offset: number;
  readonly size: number;
}

/** Checks every block of a LevelDB table. @throws DecodeError on the first that is not what was written */
export function checkTable(bytes: Uint8Array): void {
  const footer = bytes.length - FOOTER;
  if (footer < 0 || !equalBytes(bytes.subarray(-MAGIC.length), MAGIC))
    throw new DecodeError("no table");
  const reader = new Reader(bytes, footer);
  const [meta, index] = [readHandle(reader), readHandle(reader)];
  for (const part of [meta, index])
    for (const handle of handlesIn(checkBlock(bytes, part))) checkBlock(bytes, handle);
}

/** The contents, after a look at the checksum; nothing of blocks that are compressed, which ours never are. */
function checkBlock(bytes: Uint8Array, { offset, size }: Handle): Uint8Array {
  const end = offset + size;
  if (end + TRAILER > bytes.length) throw new DecodeError(`no block at ${offset}`);
  if (!isSound(bytes, offset, end + 1, readU32(bytes, end + 1)))
    throw new DecodeError(`a wrong checksum at ${offset}`);
  return bytes[end] === 0 ? bytes.subarray(offset, end) : new Uint8Array(0);
}

/** The values of a block of handles: entries of shared, own and value length, then the restarts and their count. */
function handlesIn(block: Uint8Array): Handle[] {
  if (block.length === 0) return [];
  const restarts = readU32(block, block.length - 4);
  const reader = new Reader(block, 0, block.length - 4 * (restarts + 1));
  const handles: Handle[] = [];
  while (reader.left > 0) {
    readVarint(reader);
    const ownLength = readVarint(reader);
    const valueLength = readVarint(reader);
    reader.skip(ownLength);
    const end = reader.position + valueLength;
    handles.push(readHandle(reader));
    reader.position = end;
  }
  return handles;
}

function readHandle(reader: Reader): Handle {
  return { offset: readVarint(reader), size: readVarint(reader) };
}

/** Seven bits a byte, lowest first; at most 53 bits are of use. */
function readVarint(reader: Reader): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = reader.u8();
    value += (byte & 127) * scale;
    if (byte < 128) return value;
    if (scale > 2 ** 42) throw new DecodeError("number too large");
  }
}
