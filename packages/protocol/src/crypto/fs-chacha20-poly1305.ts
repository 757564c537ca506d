import { chaCha20Poly1305 } from "#native/chacha20-poly1305";
import { writeU32, writeU64 } from "../bytes/writer.ts";
import { type Aead, TAG_SIZE } from "./aead.ts";

const NOTHING = new Uint8Array(0);
const KEY_SIZE = 32;
/** In place of the message's number: the nonce from which the next key is made. */
const REKEY_NONCE = 0xffffffff;

/**
 * Authenticated encryption of one message after the other, with a new key after every `rekeyInterval`
 * of them (BIP324: FSChaCha20Poly1305). Packets are those of `Aead`.
 */
export class FsChaCha20Poly1305 {
  readonly #aead: Aead;
  readonly #rekeyInterval: number;
  readonly #nonce = new Uint8Array(12);
  #key: Uint8Array;
  #messages = 0;
  #rekeys = 0;

  /** @throws Error where the platform has no such cipher */
  constructor(key32: Uint8Array, rekeyInterval: number, aead: Aead | null = chaCha20Poly1305) {
    if (aead === null) throw new Error("this platform has no ChaCha20-Poly1305");
    this.#aead = aead;
    this.#key = key32;
    this.#rekeyInterval = rekeyInterval;
  }

  /** Encrypts the next message. */
  seal(aad: Uint8Array, packet: Uint8Array): void {
    this.#aead.seal(this.#key, this.#nonce, aad, packet);
    this.#advance();
  }

  /** Decrypts the next message; false when anything was changed on the way. */
  open(aad: Uint8Array, packet: Uint8Array): boolean {
    const isWhole = this.#aead.open(this.#key, this.#nonce, aad, packet);
    this.#advance();
    return isWhole;
  }

  #advance(): void {
    writeU32(this.#nonce, 0, ++this.#messages);
    if (this.#messages === this.#rekeyInterval) this.#rekey();
  }

  #rekey(): void {
    const packet = new Uint8Array(KEY_SIZE + TAG_SIZE);
    writeU32(this.#nonce, 0, REKEY_NONCE);
    this.#aead.seal(this.#key, this.#nonce, NOTHING, packet);
    this.#key = packet.subarray(0, KEY_SIZE);
    this.#messages = 0;
    writeU32(this.#nonce, 0, 0);
    writeU64(this.#nonce, 4, ++this.#rekeys);
  }
}
