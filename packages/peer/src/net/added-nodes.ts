import type { Cancel, Clock } from "../clock/clock.ts";

/** Pause after an attempt that failed. A connection that stood and was lost is dialled again at once. */
const RETRY_MS = 60_000;
const LOOK_MS = 2000;
/** Added nodes that we are connected to at once, those of -connect not counted. Core: MAX_ADDNODE_CONNECTIONS. */
const MAX_CONNECTED = 8;

interface AddedParts {
  readonly clock: Pick<Clock, "every" | "steadyMs">;
  /** The same text for every way to write an address. */
  canonical(name: string): string;
  isConnected(name: string): boolean;
  isDialling(name: string): boolean;
  dial(name: string, useV2: boolean): void;
}

interface AddedEntry {
  next: number;
  readonly useV2: boolean;
  /** Of -connect: there may be any number of these. */
  readonly isOnly: boolean;
}

/** Nodes that we are to stay connected to: -addnode, -connect and the addnode call. */
export class AddedNodes {
  readonly #parts: AddedParts;
  /** With when it may be tried again, in milliseconds of real time. */
  readonly #names = new Map<string, AddedEntry>();
  #timer: Cancel | null = null;

  constructor(parts: AddedParts) {
    this.#parts = parts;
  }

  get names(): string[] {
    return [...this.#names.keys()];
  }

  /**
   * False when it is there already.
   *
   * @param isOnly one of those that alone are dialled (-connect)
   */
  add(name: string, useV2: boolean, isOnly = false): boolean {
    const address = this.#parts.canonical(name);
    if (this.names.some((known) => this.#parts.canonical(known) === address)) return false;
    this.#names.set(name, { next: 0, useV2, isOnly });
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
    const absent: [string, AddedEntry][] = [];
    let slots = MAX_CONNECTED;
    for (const [name, node] of this.#names) {
      const isConnected = this.#parts.isConnected(name);
      if (isConnected) node.next = 0;
      else if (!this.#parts.isDialling(name)) absent.push([name, node]);
      if (!node.isOnly && (isConnected || this.#parts.isDialling(name))) slots--;
    }
    for (const [name, node] of absent) {
      if (node.next > now || (!node.isOnly && slots <= 0)) continue;
      if (!node.isOnly) slots--;
      node.next = now + RETRY_MS;
      this.#parts.dial(name, node.useV2);
    }
  }
}
