import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { readU32 } from "@compeer/protocol/bytes/reader";
import { checkTable } from "./check-level-table.ts";
import { isSound } from "./crc32c.ts";

/** A log is written in pieces of this size, and each record in it has a head. LevelDB: db/log_format.h. */
const LOG_PIECE = 32_768;
const RECORD_HEAD = 7;

/**
 * Checks a LevelDB before it is opened: the library that opens it passes over what is damaged in a log,
 * and reads tables without a look at their checksums, so coins would be missing or others than they were.
 * Bitcoin Core asks LevelDB for both checks (src/dbwrapper.cpp: paranoid_checks, verify_checksums).
 *
 * @param tableBytes tables are checked from the newest on until so many bytes were: what a power loss
 *   leaves half written is new, and a whole chainstate takes minutes to read
 * @throws DecodeError naming the file that is damaged
 */
export function checkLevel(path: string, tableBytes: number): void {
  const names = readdirSync(path).sort().reverse();
  checkCurrent(path, names);
  for (const name of names) if (name.endsWith(".log")) checkFile(path, name, checkLog);
  let left = tableBytes;
  for (const name of names) {
    if (!/\.(ldb|sst)$/.test(name)) continue;
    left -= statSync(join(path, name)).size;
    if (left < 0) return;
    checkFile(path, name, checkTable);
  }
}

/** Without the file CURRENT, LevelDB would begin a new database and delete what is there. */
function checkCurrent(path: string, names: readonly string[]): void {
  if (!names.some((name) => /\.(log|ldb|sst)$/.test(name))) return;
  const file = join(path, "CURRENT");
  const text = names.includes("CURRENT") ? readFileSync(file, "latin1") : "";
  if (!text.endsWith("\n") || !names.includes(text.slice(0, -1)))
    throw new DecodeError(`${file} names no file that is there`);
}

function checkFile(path: string, name: string, check: (bytes: Uint8Array) => void): void {
  const file = join(path, name);
  try {
    check(readFileSync(file));
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new DecodeError(`${file} is damaged: ${cause.message}`, { cause });
  }
}

/**
 * A record that the end of the file cuts off was being written in a crash: LevelDB forgets it, and so it
 * may. LevelDB: db/log_reader.cc.
 */
function checkLog(bytes: Uint8Array): void {
  for (let start = 0; start < bytes.length; start += LOG_PIECE)
    checkPiece(bytes, start, Math.min(start + LOG_PIECE, bytes.length));
}

function checkPiece(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at + RECORD_HEAD <= end; ) {
    const length = (bytes[at + 4] as number) | ((bytes[at + 5] as number) << 8);
    const next = at + RECORD_HEAD + length;
    const type = bytes[at + 6];
    if (next > end && end - start < LOG_PIECE) return;
    if (next <= end && type === 0 && length === 0) return; // room that was set aside
    if (next > end || !isSound(bytes, at + 6, next, readU32(bytes, at)))
      throw new DecodeError(`no whole record at ${at}`);
    at = next;
  }
}
