import { HARDENED_OFFSET, HDKey } from "@scure/bip32";
import { DecodeError } from "../bytes/decode-error.ts";

/** Added to a child number to derive it hardened (BIP32). */
export const HARDENED: number = HARDENED_OFFSET;

/** The depth of an extended key is one byte. */
const MAX_DEPTH = 255;

/** The version bytes of extended keys on a network. */
export interface ExtendedKeyVersions {
  readonly public: number;
  readonly private: number;
}

/** An extended key (BIP32), with or without its secret. */
export class ExtendedKey {
  readonly #key: HDKey;

  private constructor(key: HDKey) {
    this.#key = key;
  }

  /** @throws DecodeError unless `text` is an extended key with one of `versions` */
  static parse(text: string, versions: ExtendedKeyVersions): ExtendedKey {
    try {
      return new ExtendedKey(HDKey.fromExtendedKey(text, versions));
    } catch (cause) {
      throw new DecodeError("no extended key of this network", { cause });
    }
  }

  get hasSecret(): boolean {
    return this.#key.privateKey !== null;
  }

  /** 32 bytes, or null for an extended public key. */
  get secret(): Uint8Array | null {
    return this.#key.privateKey;
  }

  /** 33 bytes. */
  get publicKey(): Uint8Array {
    return this.#key.publicKey as Uint8Array;
  }

  /** First four bytes of the public key's hash, big-endian. */
  get fingerprint(): number {
    return this.#key.fingerprint;
  }

  /** @throws RangeError when `number` is hardened and there is no secret, or the key is 255 steps deep */
  child(number: number): ExtendedKey {
    if (number >= HARDENED && !this.hasSecret) throw new RangeError("hardened step without secret");
    if (this.#key.depth === MAX_DEPTH) throw new RangeError("no key is more than 255 steps deep");
    return new ExtendedKey(this.#key.deriveChild(number));
  }

  /** Text of the extended public key, base58check. */
  formatPublic(): string {
    return this.#key.publicExtendedKey;
  }

  /** Text of the extended private key, base58check. */
  formatPrivate(): string {
    return this.#key.privateExtendedKey;
  }
}
