import { DecodeError } from "../bytes/decode-error.ts";
import { Gatherer } from "../bytes/gatherer.ts";
import { Slab } from "../bytes/slab.ts";
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
  readonly #slab = new Slab();
  /** The packet that is coming in; null before its length is known. */
  #packet: Gatherer | null = null;

  /** @param aad what the first packet vouches for besides itself */
  constructor(cipher: V2Cipher, aad: Uint8Array) {
    this.#cipher = cipher;
    this.#aad = aad;
  }

  /** Memory taken by the packet that is not whole yet. */
  get heldBytes(): number {
    return this.#packet?.room ?? 0;
  }

  /**
   * Takes bytes from `at` on, no further than the end of the packet. Contents are null while the packet is
   * not whole, and for a decoy.
   *
   * @throws DecodeError when the stream can be followed no further
   */
  push(chunk: Uint8Array, at: number): { end: number; contents: Uint8Array | null } {
    const start = this.#packet === null ? this.#takeLength(chunk, at) : at;
    if (this.#packet === null) return { end: start, contents: null };
    const end = Math.min(chunk.length, start + this.#packet.missing);
    this.#packet.push(chunk.subarray(start, end));
    const isWhole = this.#packet.missing === 0;
    return { end, contents: isWhole ? this.#finish(this.#packet.take()) : null };
  }

  #takeLength(chunk: Uint8Array, at: number): number {
    let end = at;
    while (end < chunk.length && this.#lengthCame < V2_LENGTH_SIZE)
      this.#length[this.#lengthCame++] = chunk[end++] as number;
    if (this.#lengthCame === V2_LENGTH_SIZE) {
      const size = this.#cipher.openLength(this.#length);
      if (size > MAX_CONTENTS) throw new DecodeError(`packet too large (${size} bytes)`);
      this.#packet = new Gatherer(V2_HEADER_SIZE + size + V2_TAG_SIZE, this.#slab);
    }
    return end;
  }

  #finish(packet: Uint8Array): Uint8Array | null {
    const end = packet.length - V2_TAG_SIZE;
    if (!this.#cipher.open(this.#aad, packet))
      throw new DecodeError(`packet decryption failure (${end - V2_HEADER_SIZE} bytes)`);
    this.#aad = NOTHING;
    this.#lengthCame = 0;
    this.#packet = null;
    const isDecoy = ((packet[0] as number) & V2_IGNORE) !== 0;
    return isDecoy ? null : packet.subarray(V2_HEADER_SIZE, end);
  }
}
