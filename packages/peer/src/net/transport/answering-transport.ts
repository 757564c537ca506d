import { equalBytes } from "@compeer/protocol/bytes/compare";
import type { Frame } from "@compeer/protocol/wire/frame";
import { v1Prefix } from "@compeer/protocol/wire/v2-session";
import type { Transport, TransportParts } from "./transport.ts";
import { V1Transport } from "./v1-transport.ts";
import { V2Transport } from "./v2-transport.ts";

const NOTHING = new Uint8Array(0);

/**
 * The end that was called: whether the other speaks the unencrypted transport or the encrypted one is told
 * by its first 16 bytes, and nothing is said before that.
 */
export class AnsweringTransport implements Transport {
  readonly #parts: TransportParts;
  readonly #prefix: Uint8Array;
  /** What has come while both are possible. */
  #first = NOTHING;
  #chosen: Transport | null = null;

  constructor(parts: TransportParts) {
    this.#parts = parts;
    this.#prefix = v1Prefix(parts.magic);
  }

  get kind(): "detecting" | "v1" | "v2" {
    return this.#chosen?.kind ?? "detecting";
  }

  get sessionId(): string {
    return this.#chosen?.sessionId ?? "";
  }

  readonly shouldRetryV1 = false;

  get waitingBytes(): number {
    return this.#chosen?.waitingBytes ?? 0;
  }

  get partialBytes(): number {
    return this.#chosen?.partialBytes ?? this.#first.length;
  }

  start(): void {}

  receive(chunk: Uint8Array): Frame[] {
    if (this.#chosen !== null) return this.#chosen.receive(chunk);
    const taken = Math.min(chunk.length, this.#prefix.length - this.#first.length);
    const first = new Uint8Array(this.#first.length + taken);
    first.set(this.#first);
    first.set(chunk.subarray(0, taken), this.#first.length);
    this.#first = first;
    const transport = this.#choose();
    if (transport === null) return [];
    this.#chosen = transport;
    transport.start();
    return [...transport.receive(first), ...transport.receive(chunk.subarray(taken))];
  }

  #choose(): Transport | null {
    const { length } = this.#first;
    if (!equalBytes(this.#first, this.#prefix.subarray(0, length)))
      return new V2Transport(this.#parts, false);
    return length === this.#prefix.length ? new V1Transport(this.#parts) : null;
  }

  /** Nobody speaks before having been spoken to, so what comes too early is not for anyone. */
  send(command: string, payload: Uint8Array): void {
    this.#chosen?.send(command, payload);
  }
}
