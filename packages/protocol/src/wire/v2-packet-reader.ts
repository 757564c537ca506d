import { DecodeError } from "../bytes/decode-error.ts";
import { Gatherer } from "../bytes/gatherer.ts";
import type { Opening } from "../crypto/aead.ts";
import { MAX_PAYLOAD_SIZE } from "./frame.ts";
import {
  V2_HEADER_SIZE,
  V2_IGNORE,
  V2_LENGTH_SIZE,
  V2_TAG_SIZE,
  type V2Cipher,
} from "./v2-cipher.ts";

/** The longest payload behind the longest way to name its command. Core: MAX_CONTENTS_LEN. */
const MAX_CONTENTS = 13 + MAX_PAYLOAD_SIZE;
const NOTHING = new Uint8Array(0);

/** Cuts the encrypted stream into packets, one after the other. */
export class V2PacketReader {
  readonly #cipher: V2Cipher;
  #aad: Uint8Array;
  readonly #length = new Uint8Array(V2_LENGTH_SIZE);
  #lengthCame = 0;
  #opening: Opening | null = null;
  #body = new Gatherer(0);
  readonly #tag = new Uint8Array(V2_TAG_SIZE);
  #tagCame = 0;

  /** @param aad what the first packet vouches for besides itself */
  constructor(cipher: V2Cipher, aad: Uint8Array) {
    this.#cipher = cipher;
    this.#aad = aad;
  }

  /** Memory taken by the packet that is not whole yet. */
  get heldBytes(): number {
    return this.#body.room;
  }

  /**
   * Takes bytes from `at` on, no further than the end of the packet. Contents are null while the packet is
   * not whole, and for a decoy.
   *
   * @throws DecodeError when the stream can be followed no further
   */
  push(chunk: Uint8Array, at: number): { end: number; contents: Uint8Array | null } {
    let end = at;
    if (this.#opening === null) {
      end = this.#takeLength(chunk, end);
      if (this.#opening === null) return { end, contents: null };
    }
    end = this.#takeBody(this.#opening, chunk, end);
    if (this.#body.missing > 0) return { end, contents: null };
    end = this.#takeTag(chunk, end);
    const contents = this.#tagCame === V2_TAG_SIZE ? this.#finish(this.#opening) : null;
    return { end, contents };
  }

  #takeLength(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + V2_LENGTH_SIZE - this.#lengthCame);
    this.#length.set(chunk.subarray(at, end), this.#lengthCame);
    this.#lengthCame += end - at;
    if (this.#lengthCame < V2_LENGTH_SIZE) return end;
    const size = this.#cipher.openLength(this.#length);
    if (size > MAX_CONTENTS) throw new DecodeError(`packet too large (${size} bytes)`);
    this.#opening = this.#cipher.open(this.#aad);
    this.#body = new Gatherer(V2_HEADER_SIZE + size);
    return end;
  }

  #takeBody(opening: Opening, chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + this.#body.missing);
    if (end > at) this.#body.push(opening.update(chunk.subarray(at, end)));
    return end;
  }

  #takeTag(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + V2_TAG_SIZE - this.#tagCame);
    this.#tag.set(chunk.subarray(at, end), this.#tagCame);
    this.#tagCame += end - at;
    return end;
  }

  #finish(opening: Opening): Uint8Array | null {
    const body = this.#body.take();
    if (!opening.finish(this.#tag))
      throw new DecodeError(`packet decryption failure (${body.length - V2_HEADER_SIZE} bytes)`);
    this.#aad = NOTHING;
    this.#lengthCame = 0;
    this.#tagCame = 0;
    this.#opening = null;
    this.#body = new Gatherer(0);
    const isDecoy = ((body[0] as number) & V2_IGNORE) !== 0;
    return isDecoy ? null : body.subarray(V2_HEADER_SIZE);
  }
}
