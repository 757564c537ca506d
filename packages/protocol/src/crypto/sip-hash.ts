import { readU32 } from "../bytes/reader.ts";

/**
 * SipHash-2-4 with one key, for many messages. Core: CSipHasher; over 32 bytes it gives what
 * SipHashUint256 gives, and over 36 what SipHashUint256Extra gives.
 *
 * Each 64-bit word is two 32-bit halves: bigints would take ten times as long.
 */
export class SipHasher {
  readonly #key: Int32Array;
  /** Low and high 32 bits of the last hash. */
  low = 0;
  high = 0;

  constructor(k0: bigint, k1: bigint) {
    this.#key = new Int32Array(new BigUint64Array([k0, k1]).buffer);
  }

  /** Hashes `bytes` from `start` to `end` into `low` and `high`. */
  hash(bytes: Uint8Array, start = 0, end: number = bytes.length): this {
    const key = this.#key;
    const k0 = key[0] as number;
    const k0h = key[1] as number;
    const k1 = key[2] as number;
    const k1h = key[3] as number;
    let a = k0 ^ 0x70736575;
    let ah = k0h ^ 0x736f6d65;
    let b = k1 ^ 0x6e646f6d;
    let bh = k1h ^ 0x646f7261;
    let c = k0 ^ 0x6e657261;
    let ch = k0h ^ 0x6c796765;
    let d = k1 ^ 0x79746573;
    let dh = k1h ^ 0x74656462;
    const words = (end - start) >>> 3;
    // One pass a word: each has two rounds; the last word, then 0xff and four rounds, follow.
    for (let pass = 0; pass < words + 3; pass++) {
      let m = 0;
      let mh = 0;
      if (pass < words) {
        m = readU32(bytes, start + 8 * pass) | 0;
        mh = readU32(bytes, start + 8 * pass + 4) | 0;
      } else if (pass === words) {
        mh = (end - start) << 24;
        for (let i = start + 8 * words, shift = 0; i < end; i++, shift += 8) {
          if (shift < 32) m |= (bytes[i] as number) << shift;
          else mh |= (bytes[i] as number) << (shift - 32);
        }
      } else if (pass === words + 1) {
        c ^= 0xff;
      }
      d ^= m;
      dh ^= mh;
      for (let round = 0; round < 2; round++) {
        let sum = (a >>> 0) + (b >>> 0);
        ah = (ah + bh + (sum > 0xffffffff ? 1 : 0)) | 0;
        a = sum | 0;
        let low = b;
        b = ((b << 13) | (bh >>> 19)) ^ a;
        bh = ((bh << 13) | (low >>> 19)) ^ ah;
        low = a;
        a = ah;
        ah = low;

        sum = (c >>> 0) + (d >>> 0);
        ch = (ch + dh + (sum > 0xffffffff ? 1 : 0)) | 0;
        c = sum | 0;
        low = d;
        d = ((d << 16) | (dh >>> 16)) ^ c;
        dh = ((dh << 16) | (low >>> 16)) ^ ch;

        sum = (a >>> 0) + (d >>> 0);
        ah = (ah + dh + (sum > 0xffffffff ? 1 : 0)) | 0;
        a = sum | 0;
        low = d;
        d = ((d << 21) | (dh >>> 11)) ^ a;
        dh = ((dh << 21) | (low >>> 11)) ^ ah;

        sum = (c >>> 0) + (b >>> 0);
        ch = (ch + bh + (sum > 0xffffffff ? 1 : 0)) | 0;
        c = sum | 0;
        low = b;
        b = ((b << 17) | (bh >>> 15)) ^ c;
        bh = ((bh << 17) | (low >>> 15)) ^ ch;
        low = c;
        c = ch;
        ch = low;
      }
      a ^= m;
      ah ^= mh;
    }
    this.low = (a ^ b ^ c ^ d) >>> 0;
    this.high = (ah ^ bh ^ ch ^ dh) >>> 0;
    return this;
  }
}

/** SipHash-2-4 of `data` under the key (k0, k1). */
export function sipHash24(k0: bigint, k1: bigint, data: Uint8Array): bigint {
  const { low, high } = new SipHasher(k0, k1).hash(data);
  return (BigInt(high) << 32n) | BigInt(low);
}
