import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

/** Bytes of the log that are looked through at most. */
const MAX_TAIL_BYTES = 4_000_000;
/** Bytes that a follower takes at a time; what is more is skipped. */
const MAX_STEP_BYTES = 256_000;

/** The last lines of the log, those that hold `filter` in any case of letters. */
export function tailLog(path: string, count: number, filter: string): string[] {
  const end = sizeOf(path);
  const start = Math.max(0, end - MAX_TAIL_BYTES);
  const lines = linesOf(readRange(path, start, end));
  if (start > 0) lines.shift(); // begins anywhere
  const sought = filter.toLowerCase();
  const found = sought === "" ? lines : lines.filter((line) => line.toLowerCase().includes(sought));
  return found.slice(-count);
}

/** Hands on what is added to the log from now on. */
export class LogFollower {
  readonly #path: string;
  #offset: number;

  constructor(path: string) {
    this.#path = path;
    this.#offset = sizeOf(path);
  }

  /** Whole lines that came since the last time. */
  poll(): string[] {
    const end = sizeOf(this.#path);
    if (end < this.#offset) this.#offset = 0; // a new file
    if (end === this.#offset) return [];
    const start = Math.max(this.#offset, end - MAX_STEP_BYTES);
    const bytes = readRange(this.#path, start, end);
    const last = bytes.lastIndexOf(0x0a);
    if (last < 0) return [];
    const lines = linesOf(bytes.subarray(0, last));
    if (start > this.#offset) lines.shift();
    this.#offset = start + last + 1;
    return lines;
  }
}

function linesOf(bytes: Buffer): string[] {
  return bytes
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function readRange(path: string, start: number, end: number): Buffer {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return Buffer.alloc(0); // moved away just now
  }
  try {
    const size = Math.max(0, Math.min(end, fstatSync(file).size) - start);
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, readSync(file, bytes, 0, size, start));
  } finally {
    closeSync(file);
  }
}
