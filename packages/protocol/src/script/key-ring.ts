import { hashKey } from "../bytes/hash.ts";
import { hash160 } from "../crypto/hash160.ts";
import { publicKey, tweakTapKey, tweakTapSecret } from "../crypto/keys.ts";
import { sha256 } from "../crypto/sha256.ts";

/** What a signer may know. A wallet answers from its own store. */
export interface SigningKeys {
  /** The secret of a public key in exactly this form. */
  secretOf(publicKey: Uint8Array): Uint8Array | null;
  /** The public key with this HASH160. */
  publicKeyOf(keyHash: Uint8Array): Uint8Array | null;
  /** The redeem script with this HASH160, or the witness script with this SHA256. */
  scriptOf(hash: Uint8Array): Uint8Array | null;
  /** The secret, tweaked already, of a taproot output key. */
  outputSecretOf(outputKey: Uint8Array): Uint8Array | null;
}

/** Secrets and scripts in memory. */
export class KeyRing implements SigningKeys {
  readonly #secrets = new Map<string, Uint8Array>();
  readonly #publicKeys = new Map<string, Uint8Array>();
  readonly #scripts = new Map<string, Uint8Array>();
  readonly #outputSecrets = new Map<string, Uint8Array>();

  /** Signs for the key in this form and, as taproot, for it as output key or as BIP86 internal key. */
  addSecret(secret32: Uint8Array, compressed = true): void {
    const key = publicKey(secret32, compressed);
    this.#secrets.set(hashKey(key), secret32);
    this.#publicKeys.set(hashKey(hash160(key)), key);
    const x = key.subarray(1, 33);
    this.#outputSecrets.set(hashKey(x), secret32);
    const noScripts = new Uint8Array(0);
    const tweaked = tweakTapKey(x, noScripts);
    const secret = tweakTapSecret(secret32, noScripts);
    if (tweaked !== null && secret !== null) this.#outputSecrets.set(hashKey(tweaked.x), secret);
  }

  /** A redeem or witness script. */
  addScript(script: Uint8Array): void {
    this.#scripts.set(hashKey(hash160(script)), script);
    this.#scripts.set(hashKey(sha256(script)), script);
  }

  secretOf(publicKey: Uint8Array): Uint8Array | null {
    return this.#secrets.get(hashKey(publicKey)) ?? null;
  }

  publicKeyOf(keyHash: Uint8Array): Uint8Array | null {
    return this.#publicKeys.get(hashKey(keyHash)) ?? null;
  }

  scriptOf(hash: Uint8Array): Uint8Array | null {
    return this.#scripts.get(hashKey(hash)) ?? null;
  }

  outputSecretOf(outputKey: Uint8Array): Uint8Array | null {
    return this.#outputSecrets.get(hashKey(outputKey)) ?? null;
  }
}
