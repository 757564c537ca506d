import { hashLarge } from "#native/hash-large";
import { fourfold, PAIRS_AT, PAIRS_ROOM } from "./sha256-fourfold.ts";
import {
  BUFFER,
  BUFFER_LENGTH,
  compress,
  HASH_BLOCK,
  memory,
  resetState,
  state,
} from "./sha256-scalar.ts";

const BLOCK = 64;
/** From that length on the host's library is faster than ours (bench/crypto.ts). */
const LARGE = 512;

/** SHA-256 (FIPS 180-4). */
export function sha256(data: Uint8Array): Uint8Array {
  if (data.length >= LARGE) return sha256Large(data);
  hash(data, 0, data.length);
  return readState(new Uint8Array(32), 0);
}

/** SHA-256 of SHA-256: the hash of blocks and transactions. Core: Hash. */
export function sha256d(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(32);
  sha256dInto(data, 0, data.length, out, 0);
  return out;
}

/** `sha256d` of `bytes` from `start` to `end`, written into `out` at `outAt`. */
export function sha256dInto(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  outAt: number,
): void {
  if (end - start >= LARGE) {
    memory.set(sha256Large(bytes.subarray(start, end)), HASH_BLOCK);
  } else {
    hash(bytes, start, end);
    readState(memory, HASH_BLOCK);
  }
  resetState();
  compress(HASH_BLOCK, 1);
  readState(out, outAt);
}

/** `sha256d` of `count` messages of 64 bytes in a row, each 32 bytes of `to`. `to` may be `from`. */
export function sha256dPairs(from: Uint8Array, count: number, to: Uint8Array): void {
  const { bytes, hashPairs } = fourfold();
  for (let done = 0; done < count; done += PAIRS_ROOM) {
    const pairs = Math.min(count - done, PAIRS_ROOM);
    bytes.set(from.subarray(BLOCK * done, BLOCK * (done + pairs)), PAIRS_AT);
    hashPairs(PAIRS_AT, PAIRS_AT, (pairs + 3) >>> 2);
    to.set(bytes.subarray(PAIRS_AT, PAIRS_AT + 32 * pairs), 32 * done);
  }
}

/** SHA-256 of what comes in pieces. */
export class Sha256 {
  readonly #state = new Uint32Array(8);
  /** What did not fill a block yet. */
  readonly #rest = new Uint8Array(BLOCK);
  #length = 0;

  constructor() {
    resetState();
    this.#state.set(state);
  }

  update(data: Uint8Array): this {
    const filled = this.#length % BLOCK;
    this.#length += data.length;
    if (filled + data.length < BLOCK) {
      this.#rest.set(data, filled);
      return this;
    }
    state.set(this.#state);
    memory.set(this.#rest, BUFFER);
    let held = filled;
    for (let at = 0; at < data.length; ) {
      const piece = Math.min(data.length - at, BUFFER_LENGTH - held);
      memory.set(data.subarray(at, at + piece), BUFFER + held);
      at += piece;
      held += piece;
      if (held >= BLOCK) compress(BUFFER, held >>> 6);
      memory.copyWithin(BUFFER, BUFFER + held - (held % BLOCK), BUFFER + held);
      held %= BLOCK;
    }
    this.#rest.set(memory.subarray(BUFFER, BUFFER + held));
    this.#state.set(state);
    return this;
  }

  /** A second hash that goes on from here. */
  clone(): Sha256 {
    const copy = new Sha256();
    copy.#state.set(this.#state);
    copy.#rest.set(this.#rest);
    copy.#length = this.#length;
    return copy;
  }

  /** The hash of all that came. More may come, and another digest. */
  digest(): Uint8Array {
    const held = this.#length % BLOCK;
    memory.set(this.#rest, BUFFER);
    state.set(this.#state);
    compress(BUFFER, pad(held, this.#length));
    return readState(new Uint8Array(32), 0);
  }
}

function sha256Large(data: Uint8Array): Uint8Array {
  return hashLarge === null ? new Sha256().update(data).digest() : hashLarge(data);
}

/** Leaves in the state the hash of `bytes` from `start` to `end`, which are fewer than LARGE. */
function hash(bytes: Uint8Array, start: number, end: number): void {
  memory.set(bytes.subarray(start, end), BUFFER);
  resetState();
  compress(BUFFER, pad(end - start, end - start));
}

/** Pads `held` bytes in the buffer, the last of `length` in all; returns the number of blocks. */
function pad(held: number, length: number): number {
  const end = (held + 8 + BLOCK) & -BLOCK;
  memory[BUFFER + held] = 0x80;
  memory.fill(0, BUFFER + held + 1, BUFFER + end - 8);
  const high = Math.floor(length / 0x20000000);
  const low = length << 3;
  for (let i = 0; i < 4; i++) {
    memory[BUFFER + end - 8 + i] = high >>> (24 - 8 * i);
    memory[BUFFER + end - 4 + i] = low >>> (24 - 8 * i);
  }
  return end / BLOCK;
}

/** Writes the state as bytes, each word most significant byte first. */
function readState(out: Uint8Array, at: number): Uint8Array {
  for (let i = 0; i < 8; i++) {
    const word = state[i] as number;
    out[at + 4 * i] = word >>> 24;
    out[at + 4 * i + 1] = word >>> 16;
    out[at + 4 * i + 2] = word >>> 8;
    out[at + 4 * i + 3] = word;
  }
  return out;
}
