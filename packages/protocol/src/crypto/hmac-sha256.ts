import { concatBytes } from "../bytes/compare.ts";
import { sha256 } from "./sha256.ts";

const BLOCK = 64;

/** HMAC-SHA256 (RFC 2104). */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  const inner = new Uint8Array(BLOCK);
  inner.set(key.length > BLOCK ? sha256(key) : key);
  const outer = inner.map((byte) => byte ^ 0x5c);
  for (let i = 0; i < BLOCK; i++) inner[i] = (inner[i] as number) ^ 0x36;
  return sha256(concatBytes(outer, sha256(concatBytes(inner, data))));
}

/** The first 32 bytes of HKDF-SHA256 (RFC 5869) for one secret and many purposes. Core: CHKDF_HMAC_SHA256_L32. */
export class Hkdf {
  readonly #key: Uint8Array;

  constructor(salt: Uint8Array, secret: Uint8Array) {
    this.#key = hmacSha256(salt, secret);
  }

  /** @param purpose ASCII */
  expand(purpose: string): Uint8Array {
    return hmacSha256(
      this.#key,
      Uint8Array.from(`${purpose}\x01`, (c) => c.charCodeAt(0)),
    );
  }
}
