import type { Frame } from "@compeer/protocol/wire/frame";

/** What a frame costs besides its bytes, so that a flood of tiny ones is bounded as well. */
const OVERHEAD = 200;
/** Taken frames are dropped when so many lie before the oldest that waits. */
const SPENT = 1024;

/** Frames that wait to be handled, oldest first. Taking one costs the same however many wait. */
export class FrameQueue {
  #frames: (Frame | null)[] = [];
  #head = 0;
  #bytes = 0;

  /** What they occupy. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#head === this.#frames.length;
  }

  push(frame: Frame): void {
    this.#frames.push(frame);
    this.#bytes += frame.size + OVERHEAD;
  }

  take(): Frame | null {
    const frame = this.#frames[this.#head] ?? null;
    if (frame === null) return null;
    this.#frames[this.#head++] = null;
    this.#bytes -= frame.size + OVERHEAD;
    if (this.isEmpty || this.#head === SPENT) this.#dropSpent();
    return frame;
  }

  #dropSpent(): void {
    this.#frames = this.#frames.slice(this.#head);
    this.#head = 0;
  }

  clear(): void {
    this.#frames = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}
