import { closeSync, fstatSync, openSync, readSync, writeFileSync, writeSync } from "node:fs";

/** A log larger than this is cut when it is opened with `shrink`. Core: ShrinkDebugFile. */
const KEEP_BYTES = 10_000_000;
const SHRINK_ABOVE_BYTES = 11_000_000;

/** A file that lines are appended to. */
export class LogFile {
  readonly path: string;
  #handle: number | null;

  /** @throws Error `Could not open debug log file …` */
  constructor(path: string, shrink: boolean) {
    this.path = path;
    if (shrink) shrinkFile(path);
    this.#handle = openLog(path);
  }

  /**
   * A late line of a part that is still closing is dropped: its handle may be another file's by now. So is
   * what the disk does not take: a peer with no room left for its log must still stop in good order.
   */
  write(text: string): void {
    if (this.#handle === null) return;
    try {
      writeSync(this.#handle, text);
    } catch {
      // There is nowhere left to tell it.
    }
  }

  /** Opens the path anew, after somebody has moved the file away. */
  reopen(): void {
    if (this.#handle === null) return;
    const handle = openLog(this.path);
    closeSync(this.#handle);
    this.#handle = handle;
  }

  close(): void {
    if (this.#handle !== null) closeSync(this.#handle);
    this.#handle = null;
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
