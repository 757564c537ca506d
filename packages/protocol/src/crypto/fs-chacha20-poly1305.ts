import { chaCha20Poly1305 } from "#native/chacha20-poly1305";
import type { Aead, Opening, Sealing } from "./aead.ts";

const NOTHING = new Uint8Array(0);
const KEY_SIZE = 32;
/** In place of the message's number: the nonce from which the next key is made. */
const REKEY_NONCE = 0xffffffff;

/**
 * Authenticated encryption of one message after the other, with a new key after every `rekeyInterval`
 * of them (BIP324: FSChaCha20Poly1305).
 */
export class FsChaCha20Poly1305 {
  readonly #aead: Aead;
  readonly #rekeyInterval: number;
  #key: Uint8Array;
  #messages = 0;
  #rekeys = 0;

  /** @throws Error where the platform has no such cipher */
  constructor(key32: Uint8Array, rekeyInterval: number) {
    if (chaCha20Poly1305 === null) throw new Error("this platform has no ChaCha20-Poly1305");
    this.#aead = chaCha20Poly1305;
    this.#key = key32;
    this.#rekeyInterval = rekeyInterval;
  }

  /** Begins the next message. */
  seal(aad: Uint8Array): Sealing {
    const sealing = this.#aead.seal(this.#key, this.#nonce(this.#messages), aad);
    this.#advance();
    return sealing;
  }

  /** Begins the next message. */
  open(aad: Uint8Array): Opening {
    const opening = this.#aead.open(this.#key, this.#nonce(this.#messages), aad);
    this.#advance();
    return opening;
  }

  #advance(): void {
    if (++this.#messages < this.#rekeyInterval) return;
    const rekeying = this.#aead.seal(this.#key, this.#nonce(REKEY_NONCE), NOTHING);
    this.#key = rekeying.update(new Uint8Array(KEY_SIZE));
    this.#messages = 0;
    this.#rekeys++;
  }

  #nonce(message: number): Uint8Array {
    const nonce = new Uint8Array(12);
    const view = new DataView(nonce.buffer);
    view.setUint32(0, message, true);
    view.setBigUint64(4, BigInt(this.#rekeys), true);
    return nonce;
  }
}
