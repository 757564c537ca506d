import { randomBytes, randomInt } from "node:crypto";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { Frame } from "@compeer/protocol/wire/frame";
import { V2_MAX_GARBAGE, V2Session } from "@compeer/protocol/wire/v2-session";
import { takeKeys } from "./spare-keys.ts";
import type { Transport, TransportParts } from "./transport.ts";

/** Encrypted messages (BIP324). What is to be sent waits until the other end's key is there. */
export class V2Transport implements Transport {
  readonly #parts: TransportParts;
  readonly #session: V2Session;
  readonly #initiating: boolean;
  #waiting: { readonly command: string; readonly payload: Uint8Array }[] = [];
  #waitingBytes = 0;
  #hasGreeted = false;

  constructor(parts: TransportParts, initiating: boolean) {
    this.#parts = parts;
    this.#initiating = initiating;
    this.#session = new V2Session({
      initiating,
      magic: parts.magic,
      keys: takeKeys(),
      garbage: randomBytes(randomInt(V2_MAX_GARBAGE + 1)),
    });
  }

  get kind(): "detecting" | "v2" {
    return this.#session.isEstablished ? "v2" : "detecting";
  }

  get sessionId(): string {
    const { sessionId } = this.#session;
    return sessionId === null ? "" : encodeHex(sessionId);
  }

  get shouldRetryV1(): boolean {
    return this.#initiating && this.#hasGreeted && this.#session.isUnheard;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get partialBytes(): number {
    return this.#session.heldBytes;
  }

  start(): void {
    this.#parts.log("start sending v2 handshake to");
    this.#hasGreeted = true;
    this.#parts.write([this.#session.hello], null);
  }

  receive(chunk: Uint8Array): Frame[] {
    const frames = this.#session.push(chunk);
    const reply = this.#session.takeReply();
    if (reply !== null) {
      this.#parts.write([reply], null);
      for (const { command, payload } of this.#waiting) this.#encode(command, payload);
      this.#waiting = [];
      this.#waitingBytes = 0;
    }
    return frames;
  }

  send(command: string, payload: Uint8Array): void {
    if (this.#session.isReady) this.#encode(command, payload);
    else {
      this.#waiting.push({ command, payload });
      this.#waitingBytes += payload.length;
    }
  }

  #encode(command: string, payload: Uint8Array): void {
    this.#parts.write([this.#session.encode(command, payload)], command);
  }
}
