import { chaCha20Stream } from "#native/chacha20-poly1305";
import { writeU64 } from "../bytes/writer.ts";

const KEY_SIZE = 32;
const NONCE_SIZE = 12;

/**
 * A stream cipher for chunks of one size that takes a new key from its own stream after every
 * `rekeyInterval` of them, so that a stolen key opens nothing older (BIP324: FSChaCha20).
 */
export class FsChaCha20 {
  readonly #chunkSize: number;
  readonly #lastChunk: number;
  #stream: Uint8Array;
  #at = 0;
  #rekeys = 0;

  /** @throws Error where the platform has no such cipher */
  constructor(key32: Uint8Array, chunkSize: number, rekeyInterval: number) {
    this.#chunkSize = chunkSize;
    this.#lastChunk = chunkSize * rekeyInterval;
    this.#stream = this.#streamOf(key32);
  }

  /** Encrypts or decrypts the next chunk, which is the beginning of `bytes`. */
  crypt(bytes: Uint8Array): void {
    for (let i = 0; i < this.#chunkSize; i++)
      bytes[i] = (bytes[i] as number) ^ (this.#stream[this.#at + i] as number);
    this.#at += this.#chunkSize;
    if (this.#at === this.#lastChunk) this.#rekey();
  }

  #rekey(): void {
    this.#rekeys++;
    this.#stream = this.#streamOf(this.#stream.subarray(this.#lastChunk));
    this.#at = 0;
  }

  /** The whole stream of one key at once: all its chunks and the key after it. */
  #streamOf(key32: Uint8Array): Uint8Array {
    if (chaCha20Stream === null) throw new Error("this platform has no ChaCha20");
    const nonce = new Uint8Array(NONCE_SIZE);
    writeU64(nonce, 4, this.#rekeys);
    return chaCha20Stream(key32, nonce, this.#lastChunk + KEY_SIZE);
  }
}
