import { concatBytes, equalBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { encodeHex } from "../bytes/hex.ts";
import type { SwiftKeys } from "../crypto/elligator-swift.ts";
import type { Frame } from "./frame.ts";
import { V2_EXPANSION, V2Cipher } from "./v2-cipher.ts";
import { decodeV2Type, encodeV2Type } from "./v2-message-type.ts";
import { V2PacketReader } from "./v2-packet-reader.ts";

const KEY_SIZE = 64;
/** Longest garbage behind a key. Core: MAX_GARBAGE_LEN. */
export const V2_MAX_GARBAGE = 4095;
const TERMINATOR_SIZE = 16;
const NOTHING = new Uint8Array(0);
/** How a version message of the unencrypted transport goes on behind the magic. */
const V1_COMMAND = Uint8Array.of(0x76, 0x65, 0x72, 0x73, 0x69, 0x6f, 0x6e, 0, 0, 0, 0, 0);
const MAGIC_SIZE = 4;

/** First bytes of whoever speaks the unencrypted transport (BIP324: V1_PREFIX). */
export function v1Prefix(magic: Uint8Array): Uint8Array {
  return concatBytes(magic, V1_COMMAND);
}

interface V2SessionParts {
  readonly initiating: boolean;
  readonly magic: Uint8Array;
  readonly keys: SwiftKeys;
  /** Up to 4095 bytes that mean nothing, so that no length gives the protocol away. */
  readonly garbage: Uint8Array;
}

/** One end of an encrypted connection (BIP324): bytes in, frames out, and the way back. Core: V2Transport. */
export class V2Session {
  /** To be sent before anything else: our key and garbage. */
  readonly hello: Uint8Array;
  readonly #parts: V2SessionParts;
  #stage: "key" | "garbage" | "version" | "application" = "key";
  #buffer = new Uint8Array(KEY_SIZE);
  #came = 0;
  #cipher: V2Cipher | null = null;
  #reader: V2PacketReader | null = null;
  #reply: Uint8Array | null = null;

  constructor(parts: V2SessionParts) {
    this.#parts = parts;
    this.hello = concatBytes(parts.keys.encoded, parts.garbage);
  }

  /** Nothing at all has come from the other end. */
  get isUnheard(): boolean {
    return this.#stage === "key" && this.#came === 0;
  }

  /** The other end has proven to hold the same keys. */
  get isEstablished(): boolean {
    return this.#stage === "application";
  }

  /** Messages can be sent. */
  get isReady(): boolean {
    return this.#cipher !== null;
  }

  /** Equal at both ends unless somebody sits between them; null before it is known. */
  get sessionId(): Uint8Array | null {
    return this.isEstablished && this.#cipher !== null ? this.#cipher.sessionId : null;
  }

  /** Memory taken by what is not whole yet. */
  get heldBytes(): number {
    return this.#buffer.length + (this.#reader?.heldBytes ?? 0);
  }

  /** What is to be sent because the other's key has come; null when nothing. Each answer is given once. */
  takeReply(): Uint8Array | null {
    const reply = this.#reply;
    this.#reply = null;
    return reply;
  }

  /** Frames that `chunk` completes. @throws DecodeError when the stream can be followed no further */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#stage === "key") at = this.#takeKey(chunk, at);
      else if (this.#stage === "garbage") at = this.#takeGarbage(chunk, at);
      else at = this.#takePacket(chunk, at, frames);
    }
    return frames;
  }

  #takeKey(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + KEY_SIZE - this.#came);
    this.#buffer.set(chunk.subarray(at, end), this.#came);
    this.#came += end - at;
    if (!this.#parts.initiating) this.#checkNetwork();
    if (this.#came === KEY_SIZE) this.#agree(this.#buffer);
    return end;
  }

  /** An unencrypted peer of another network: it would take our key for nonsense, and says so sooner. */
  #checkNetwork(): void {
    const end = MAGIC_SIZE + V1_COMMAND.length;
    if (this.#came < end || !equalBytes(this.#buffer.subarray(MAGIC_SIZE, end), V1_COMMAND)) return;
    const magic = encodeHex(this.#buffer.subarray(0, MAGIC_SIZE));
    throw new DecodeError(`V1 peer with wrong MessageStart ${magic}`);
  }

  #agree(theirEncoded: Uint8Array): void {
    const { keys, initiating, magic, garbage } = this.#parts;
    const cipher = new V2Cipher(keys, theirEncoded, initiating, magic);
    this.#cipher = cipher;
    this.#reply = concatBytes(cipher.sendTerminator, cipher.seal(NOTHING, NOTHING, garbage));
    this.#stage = "garbage";
    this.#buffer = new Uint8Array(V2_MAX_GARBAGE + TERMINATOR_SIZE);
    this.#came = 0;
  }

  #takeGarbage(chunk: Uint8Array, at: number): number {
    const cipher = this.#cipher as V2Cipher;
    for (let i = at; i < chunk.length; i++) {
      this.#buffer[this.#came++] = chunk[i] as number;
      if (this.#endsWith(cipher.receiveTerminator)) {
        const garbage = this.#buffer.slice(0, this.#came - TERMINATOR_SIZE);
        this.#reader = new V2PacketReader(cipher, garbage);
        this.#stage = "version";
        this.#buffer = NOTHING;
        return i + 1;
      }
      if (this.#came === this.#buffer.length) throw new DecodeError("missing garbage terminator");
    }
    return chunk.length;
  }

  #endsWith(terminator: Uint8Array): boolean {
    const start = this.#came - TERMINATOR_SIZE;
    if (start < 0 || this.#buffer[start] !== terminator[0]) return false;
    return equalBytes(this.#buffer.subarray(start, this.#came), terminator);
  }

  #takePacket(chunk: Uint8Array, at: number, frames: Frame[]): number {
    const { end, contents } = (this.#reader as V2PacketReader).push(chunk, at);
    if (contents === null) return end;
    // The first packet that is no decoy says which extensions are spoken: none yet, so nobody reads it.
    if (this.#stage === "version") this.#stage = "application";
    else frames.push(toFrame(contents));
    return end;
  }

  /** A message as it is sent. @throws Error before the session is ready */
  encode(command: string, payload: Uint8Array): Uint8Array {
    if (this.#cipher === null) throw new Error("the keys are not agreed on yet");
    return this.#cipher.seal(encodeV2Type(command), payload, NOTHING);
  }
}

function toFrame(contents: Uint8Array): Frame {
  const size = contents.length + V2_EXPANSION;
  const type = decodeV2Type(contents);
  if (type === null) {
    const fault = `invalid message type (${contents.length} bytes contents)`;
    return { command: "", payload: NOTHING, size, fault };
  }
  return { command: type.command, payload: contents.subarray(type.start), size, fault: null };
}
