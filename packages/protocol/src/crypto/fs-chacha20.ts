import { chaCha20Block, chaCha20State } from "./chacha20.ts";

const KEY_SIZE = 32;
const BLOCK_SIZE = 64;

/**
 * A stream cipher for chunks of one size that takes a new key from its own stream after every
 * `rekeyInterval` of them, so that a stolen key opens nothing older (BIP324: FSChaCha20).
 */
export class FsChaCha20 {
  readonly #chunkSize: number;
  readonly #lastChunk: number;
  readonly #words: Uint32Array;
  readonly #stream: Uint8Array;
  #at = 0;
  #rekeys = 0;

  constructor(key32: Uint8Array, chunkSize: number, rekeyInterval: number) {
    this.#chunkSize = chunkSize;
    this.#lastChunk = chunkSize * rekeyInterval;
    const blocks = Math.ceil((this.#lastChunk + KEY_SIZE) / BLOCK_SIZE);
    this.#words = new Uint32Array((blocks * BLOCK_SIZE) / 4);
    this.#stream = new Uint8Array(this.#words.buffer);
    this.#fill(key32);
  }

  /** Encrypts or decrypts the next chunk. */
  crypt(chunk: Uint8Array): Uint8Array {
    const out = new Uint8Array(this.#chunkSize);
    for (let i = 0; i < out.length; i++)
      out[i] = (chunk[i] as number) ^ (this.#stream[this.#at + i] as number);
    this.#at += out.length;
    if (this.#at === this.#lastChunk) this.#rekey();
    return out;
  }

  #rekey(): void {
    this.#rekeys++;
    this.#fill(this.#stream.slice(this.#lastChunk, this.#lastChunk + KEY_SIZE));
    this.#at = 0;
  }

  /** The whole stream of one key, all its chunks and the key after it, is computed at once. */
  #fill(key32: Uint8Array): void {
    const nonce = new Uint8Array(12);
    new DataView(nonce.buffer).setBigUint64(4, BigInt(this.#rekeys), true);
    const state = chaCha20State(key32, nonce, 0);
    for (let at = 0; at < this.#words.length; at += BLOCK_SIZE / 4)
      chaCha20Block(state, this.#words, at);
  }
}
