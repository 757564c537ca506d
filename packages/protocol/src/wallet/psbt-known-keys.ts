import { equalBytes } from "../bytes/compare.ts";
import { encodeHex } from "../bytes/hex.ts";
import { hash160 } from "../crypto/hash160.ts";
import type { SigningKey, SigningScript } from "./signing-script.ts";

/** What the signer of one input knows beside the PSBT. Core: FlatSigningProvider. */
export class KnownKeys {
  readonly script: SigningScript | null;
  readonly #keys = new Map<string, SigningKey>();
  readonly #bip32derivs: boolean;

  constructor(script: SigningScript | null, others: readonly SigningKey[], bip32derivs: boolean) {
    this.script = script;
    this.#bip32derivs = bip32derivs;
    for (const key of [...(script?.keys ?? []), ...others])
      this.#keys.set(encodeHex(key.publicKey), key);
  }

  /** Nothing beside the PSBT. */
  static none(): KnownKeys {
    return new KnownKeys(null, [], false);
  }

  secretOf(publicKey: Uint8Array): Uint8Array | null {
    return this.#find(publicKey)?.secret ?? null;
  }

  /** What to tell of a key; null when it is unknown, or origins are not to be told. */
  originOf(publicKey: Uint8Array): SigningKey["origin"] | null {
    return this.#bip32derivs ? (this.#find(publicKey)?.origin ?? null) : null;
  }

  keyOfHash(keyHash: Uint8Array): Uint8Array | null {
    for (const { publicKey } of this.#keys.values())
      if (equalBytes(hash160(publicKey), keyHash)) return publicKey;
    return null;
  }

  /** By the very bytes, or 32 bytes of x for a key of either parity. */
  #find(publicKey: Uint8Array): SigningKey | undefined {
    const exact = this.#keys.get(encodeHex(publicKey));
    if (exact !== undefined || publicKey.length !== 32) return exact;
    const x = encodeHex(publicKey);
    return this.#keys.get(`02${x}`) ?? this.#keys.get(`03${x}`);
  }
}
