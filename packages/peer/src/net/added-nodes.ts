import type { Cancel, Clock } from "../clock/clock.ts";

/** Pause after an attempt that failed. A connection that stood and was lost is dialled again at once. */
const RETRY_MS = 60_000;
const LOOK_MS = 2000;

interface AddedParts {
  readonly clock: Clock;
  /** The same text for every way to write an address. */
  canonical(name: string): string;
  isConnected(name: string): boolean;
  dial(name: string, useV2: boolean): void;
}

/** Nodes that we are to stay connected to: -addnode, -connect and the addnode call. */
export class AddedNodes {
  readonly #parts: AddedParts;
  /** With when it may be tried again, in milliseconds of real time. */
  readonly #names = new Map<string, { next: number; readonly useV2: boolean }>();
  #timer: Cancel | null = null;

  constructor(parts: AddedParts) {
    this.#parts = parts;
  }

  get names(): string[] {
    return [...this.#names.keys()];
  }

  /** False when it is there already. */
  add(name: string, useV2: boolean): boolean {
    const address = this.#parts.canonical(name);
    if (this.names.some((known) => this.#parts.canonical(known) === address)) return false;
    this.#names.set(name, { next: 0, useV2 });
    if (this.#timer !== null) this.#look();
    return true;
  }

  remove(name: string): boolean {
    return this.#names.delete(name);
  }

  start(): void {
    this.#timer = this.#parts.clock.every(LOOK_MS, () => this.#look());
    this.#look();
  }

  stop(): void {
    this.#timer?.();
    this.#timer = null;
  }

  #look(): void {
    const now = this.#parts.clock.steadyMs();
    for (const [name, node] of this.#names) {
      if (this.#parts.isConnected(name)) node.next = 0;
      else if (node.next <= now) {
        node.next = now + RETRY_MS;
        this.#parts.dial(name, node.useV2);
      }
    }
  }
}
