import { closeSync, fstatSync, openSync, readSync, writeFileSync, writeSync } from "node:fs";

/** A log larger than this is cut when it is opened with `shrink`. Core: ShrinkDebugFile. */
const KEEP_BYTES = 10_000_000;
const SHRINK_ABOVE_BYTES = 11_000_000;

/** A file that lines are appended to. */
export class LogFile {
  readonly path: string;
  #handle: number;

  /** @throws Error `Could not open debug log file …` */
  constructor(path: string, shrink: boolean) {
    this.path = path;
    if (shrink) shrinkFile(path);
    this.#handle = openLog(path);
  }

  write(text: string): void {
    writeSync(this.#handle, text);
  }

  /** Opens the path anew, after somebody has moved the file away. */
  reopen(): void {
    const handle = openLog(this.path);
    closeSync(this.#handle);
    this.#handle = handle;
  }

  close(): void {
    closeSync(this.#handle);
  }
}

function openLog(path: string): number {
  try {
    return openSync(path, "a", 0o600);
  } catch (cause) {
    throw new Error(`Could not open debug log file ${path}`, { cause });
  }
}

/** Keeps the newest lines of a large file. */
function shrinkFile(path: string): void {
  let handle: number;
  try {
    handle = openSync(path, "r");
  } catch {
    return; // there is no log yet
  }
  try {
    const { size } = fstatSync(handle);
    if (size <= SHRINK_ABOVE_BYTES) return;
    const tail = Buffer.alloc(KEEP_BYTES);
    const length = readSync(handle, tail, 0, KEEP_BYTES, size - KEEP_BYTES);
    writeFileSync(path, tail.subarray(0, length));
  } finally {
    closeSync(handle);
  }
}
