import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { sha256 } from "../crypto/sha256.ts";
import { SipHasher } from "../crypto/sip-hash.ts";

/** 48 bits, which a number holds exactly. */
export type ShortId = number;

/** Makes the short ids of one compact block: keyed by its header and nonce, so that nobody can aim at them (BIP152). */
export class ShortIds {
  readonly #hasher: SipHasher;

  /** @param header the 80 bytes */
  constructor(header: Uint8Array, nonce: bigint) {
    const key = new Reader(sha256(new Writer(88).raw(header).u64big(nonce).finish()));
    this.#hasher = new SipHasher(key.u64big(), key.u64big());
  }

  /** The short id of the wtxid that stands at `at`. */
  of(wtxids: Uint8Array, at = 0): ShortId {
    const { low, high } = this.#hasher.hash(wtxids, at, at + 32);
    return low + (high & 0xffff) * 0x100000000;
  }
}
