/** Pause after an attempt that failed. A connection that stood and was lost is dialled again at once. */
const RETRY_MS = 60_000;
const LOOK_MS = 2000;

interface AddedParts {
  isConnected(name: string): boolean;
  dial(name: string): void;
}

/** Nodes that we are to stay connected to: -addnode, -connect and the addnode call. */
export class AddedNodes {
  readonly #parts: AddedParts;
  /** With when it may be tried again, in milliseconds of real time. */
  readonly #names = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: AddedParts) {
    this.#parts = parts;
  }

  get names(): string[] {
    return [...this.#names.keys()];
  }

  /** False when it is there already. */
  add(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.set(name, 0);
    if (this.#timer !== null) this.#look();
    return true;
  }

  remove(name: string): boolean {
    return this.#names.delete(name);
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#look();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    const now = performance.now();
    for (const [name, next] of this.#names) {
      if (this.#parts.isConnected(name)) this.#names.set(name, 0);
      else if (next <= now) this.#dial(name, now);
    }
  }

  #dial(name: string, now: number): void {
    this.#names.set(name, now + RETRY_MS);
    this.#parts.dial(name);
  }
}
