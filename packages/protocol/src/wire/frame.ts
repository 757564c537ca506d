import { DecodeError } from "../bytes/decode-error.ts";
import { Gatherer } from "../bytes/gatherer.ts";
import { encodeHex } from "../bytes/hex.ts";
import { readU32 } from "../bytes/reader.ts";
import { writeU32 } from "../bytes/writer.ts";
import { sha256d } from "../crypto/sha256.ts";

/** Magic, command, length, checksum. */
const FRAME_HEADER_SIZE = 24;

/** Longest payload that anyone may send. Core: MAX_PROTOCOL_MESSAGE_LENGTH. */
export const MAX_PAYLOAD_SIZE = 4_000_000;

/** One message, as it came over whichever transport. */
export interface Frame {
  readonly command: string;
  readonly payload: Uint8Array;
  /** Bytes that it took on the wire. */
  readonly size: number;
  /** Why the message is to be dropped, its sender kept; null when it is whole. */
  readonly fault: string | null;
}

/** The 24 bytes that go before `payload`. */
export function encodeFrameHeader(
  magic: Uint8Array,
  command: string,
  payload: Uint8Array,
): Uint8Array {
  const header = new Uint8Array(FRAME_HEADER_SIZE);
  header.set(magic);
  for (let i = 0; i < command.length; i++) header[4 + i] = command.charCodeAt(i);
  writeU32(header, 16, payload.length);
  header.set(sha256d(payload).subarray(0, 4), 20);
  return header;
}

/**
 * Cuts a stream of bytes into frames. It holds no more than what has arrived: an announced length
 * allocates nothing (CVE-2015-3641).
 */
export class FrameReader {
  readonly #magic: Uint8Array;
  readonly #header: Uint8Array = new Uint8Array(FRAME_HEADER_SIZE);
  #headerLength = 0;
  #payload = new Gatherer(0);

  constructor(magic: Uint8Array) {
    this.#magic = magic;
  }

  /** Memory taken by the frame that is not whole yet. */
  get heldBytes(): number {
    return this.#payload.room;
  }

  /** Frames that `chunk` completes. @throws DecodeError when the stream can be followed no further */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    while (at < chunk.length) {
      at =
        this.#headerLength < FRAME_HEADER_SIZE
          ? this.#takeHeader(chunk, at)
          : this.#take(chunk, at);
      if (this.#isComplete()) frames.push(this.#finish());
    }
    return frames;
  }

  #takeHeader(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + FRAME_HEADER_SIZE - this.#headerLength);
    this.#header.set(chunk.subarray(at, end), this.#headerLength);
    this.#headerLength += end - at;
    if (this.#headerLength === FRAME_HEADER_SIZE) this.#checkHeader();
    return end;
  }

  #checkHeader(): void {
    const header = this.#header;
    for (let i = 0; i < 4; i++)
      if (header[i] !== this.#magic[i])
        throw new DecodeError(`Wrong MessageStart ${encodeHex(header.subarray(0, 4))} received`);
    const size = readU32(header, 16);
    if (size > MAX_PAYLOAD_SIZE)
      throw new DecodeError(`Size too large (${printable(commandOf(header))}, ${size} bytes)`);
    this.#payload = new Gatherer(size);
  }

  #take(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + this.#payload.missing);
    this.#payload.push(chunk.subarray(at, end));
    return end;
  }

  #isComplete(): boolean {
    return this.#headerLength === FRAME_HEADER_SIZE && this.#payload.missing === 0;
  }

  #finish(): Frame {
    const payload = this.#payload.take();
    const command = commandOf(this.#header);
    const fault = frameFault(this.#header, command, payload);
    this.#payload = new Gatherer(0);
    this.#headerLength = 0;
    return { command, payload, size: FRAME_HEADER_SIZE + payload.length, fault };
  }
}

function frameFault(header: Uint8Array, command: string, payload: Uint8Array): string | null {
  const what = `${printable(command)}, ${payload.length} bytes`;
  const expected = encodeHex(sha256d(payload).subarray(0, 4));
  const got = encodeHex(header.subarray(20, 24));
  if (expected !== got) return `Wrong checksum (${what}), expected ${expected} was ${got}`;
  return isCommandValid(header) ? null : `Invalid message type (${what})`;
}

/** Printable characters, then zeros to the end. Core: CMessageHeader::IsMessageTypeValid. */
function isCommandValid(header: Uint8Array): boolean {
  let ended = false;
  for (let i = 4; i < 16; i++) {
    const byte = header[i] as number;
    if (byte === 0) ended = true;
    else if (ended || byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}

function commandOf(header: Uint8Array): string {
  let command = "";
  for (let i = 4; i < 16 && header[i] !== 0; i++)
    command += String.fromCharCode(header[i] as number);
  return command;
}

/** `text` of a stranger without what could upset a log or a terminal. Core: SanitizeString. */
export function printable(text: string): string {
  return text.replace(/[^a-zA-Z0-9 .,;\-_/:?@()]/g, "");
}
