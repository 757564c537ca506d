import { encodeFrameHeader, type Frame, FrameReader } from "@compeer/protocol/wire/frame";
import type { Transport, TransportParts } from "./transport.ts";

/** Messages in the clear behind a header of 24 bytes. */
export class V1Transport implements Transport {
  readonly kind = "v1";
  readonly sessionId = "";
  readonly shouldRetryV1 = false;
  readonly waitingBytes = 0;
  readonly #parts: TransportParts;
  readonly #reader: FrameReader;

  constructor(parts: TransportParts) {
    this.#parts = parts;
    this.#reader = new FrameReader(parts.magic);
  }

  get partialBytes(): number {
    return this.#reader.heldBytes;
  }

  start(): void {}

  receive(chunk: Uint8Array): Frame[] {
    return this.#reader.push(chunk);
  }

  send(command: string, payload: Uint8Array): void {
    const header = encodeFrameHeader(this.#parts.magic, command, payload);
    this.#parts.write([header, payload], command);
  }
}
