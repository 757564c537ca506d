import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { HARDENED_OFFSET, HDKey } from "@scure/bip32";
import { hmacSha512 } from "#native/hmac-sha512";
import { DecodeError } from "../bytes/decode-error.ts";
import { hash160 } from "./hash160.ts";
import { publicKey, tweakPublicKey, tweakSecret } from "./keys.ts";

/** Added to a child number to derive it hardened (BIP32). */
export const HARDENED: number = HARDENED_OFFSET;

/** The depth of an extended key is one byte. */
const MAX_DEPTH = 255;

/** The version bytes of extended keys on a network. */
export interface ExtendedKeyVersions {
  readonly public: number;
  readonly private: number;
}

interface Parts {
  readonly versions: ExtendedKeyVersions;
  readonly depth: number;
  readonly parentFingerprint: number;
  readonly index: number;
  readonly chainCode: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly secret: Uint8Array | null;
}

/**
 * An extended key (BIP32), with or without its secret. @scure/bip32 reads and writes its text; children
 * are derived here, because the native backend takes a fortieth of the time.
 */
export class ExtendedKey {
  readonly #parts: Parts;
  /** Computed when first asked for: no path is shown for most keys. */
  #fingerprint = -1;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws DecodeError unless `text` is an extended key with one of `versions` */
  static parse(text: string, versions: ExtendedKeyVersions): ExtendedKey {
    try {
      return ExtendedKey.#from(HDKey.fromExtendedKey(text, versions));
    } catch (cause) {
      throw new DecodeError("no extended key of this network", { cause });
    }
  }

  /** The master key of a seed of 16 to 64 bytes. */
  static fromSeed(seed: Uint8Array, versions: ExtendedKeyVersions): ExtendedKey {
    return ExtendedKey.#from(HDKey.fromMasterSeed(seed, versions));
  }

  /** An extended public key of these parts, at the top of a tree of its own. */
  static fromPublicKey(
    key: Uint8Array,
    chainCode: Uint8Array,
    versions: ExtendedKeyVersions,
  ): ExtendedKey {
    return new ExtendedKey({
      versions,
      depth: 0,
      parentFingerprint: 0,
      index: 0,
      chainCode,
      publicKey: key,
      secret: null,
    });
  }

  static #from(key: HDKey): ExtendedKey {
    return new ExtendedKey({
      versions: key.versions,
      depth: key.depth,
      parentFingerprint: key.parentFingerprint,
      index: key.index,
      chainCode: key.chainCode as Uint8Array,
      publicKey: key.publicKey as Uint8Array,
      secret: key.privateKey,
    });
  }

  get hasSecret(): boolean {
    return this.#parts.secret !== null;
  }

  /** 32 bytes, or null for an extended public key. */
  get secret(): Uint8Array | null {
    return this.#parts.secret;
  }

  /** 33 bytes. */
  get publicKey(): Uint8Array {
    return this.#parts.publicKey;
  }

  /** First four bytes of the public key's hash, big-endian. */
  get fingerprint(): number {
    if (this.#fingerprint < 0) {
      const hash = hash160(this.publicKey);
      this.#fingerprint = new DataView(hash.buffer, hash.byteOffset).getUint32(0);
    }
    return this.#fingerprint;
  }

  /**
   * @throws RangeError when `number` is hardened and there is no secret, the key is 255 steps deep, or
   *   there is no such child (which nobody has met)
   */
  child(number: number): ExtendedKey {
    const { versions, depth, chainCode, publicKey: parent, secret } = this.#parts;
    if (number >= HARDENED && secret === null) throw new RangeError("hardened step without secret");
    if (depth === MAX_DEPTH) throw new RangeError("no key is more than 255 steps deep");
    const message = new Uint8Array(37);
    if (number >= HARDENED) message.set(secret as Uint8Array, 1);
    else message.set(parent);
    new DataView(message.buffer).setUint32(33, number);
    const digest = hmacSha512?.(chainCode, message) ?? hmac(sha512, chainCode, message);
    const tweak = digest.subarray(0, 32);
    const childSecret = secret && tweakSecret(secret, tweak);
    const child =
      secret === null ? tweakPublicKey(parent, tweak) : childSecret && publicKey(childSecret);
    if (child === null) throw new RangeError("no child of this number");
    return new ExtendedKey({
      versions,
      depth: depth + 1,
      parentFingerprint: this.fingerprint,
      index: number,
      chainCode: new Uint8Array(digest.subarray(32)),
      publicKey: child,
      secret: childSecret,
    });
  }

  /** The key at the end of a path. @throws RangeError as `child` does */
  at(path: readonly number[]): ExtendedKey {
    return path.reduce((key: ExtendedKey, step) => key.child(step), this);
  }

  /** The same without its secret. */
  toPublic(): ExtendedKey {
    return new ExtendedKey({ ...this.#parts, secret: null });
  }

  /** Text of the extended public key, base58check. */
  formatPublic(): string {
    return this.#library(null).publicExtendedKey;
  }

  /** Text of the extended private key, base58check. @throws RangeError without a secret */
  formatPrivate(): string {
    const { secret } = this.#parts;
    if (secret === null) throw new RangeError("an extended public key has no private text");
    return this.#library(secret).privateExtendedKey;
  }

  #library(secret: Uint8Array | null): HDKey {
    const { versions, depth, parentFingerprint, index, chainCode } = this.#parts;
    const key = secret === null ? { publicKey: this.publicKey } : { privateKey: secret };
    return new HDKey({ versions, depth, parentFingerprint, index, chainCode, ...key });
  }
}
