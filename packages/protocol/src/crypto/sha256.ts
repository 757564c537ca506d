import { hashLarge } from "#native/hash-large";
import { fourfold, PAIRS_AT, PAIRS_ROOM } from "./sha256-fourfold.ts";
import {
  BUFFER,
  BUFFER_LENGTH,
  loadMessage,
  memory,
  messageRoom,
  RESULT,
  readResult,
  resetState,
  scalarHashes,
  state,
} from "./sha256-scalar.ts";

export { messageRoom };

const BLOCK = 64;
/** From that length on the host's library is faster than ours (bench/crypto.ts). */
const LARGE = 512;

/** SHA-256 (FIPS 180-4). */
export function sha256(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(32);
  sha256Into(data, 0, data.length, out, 0);
  return out;
}

/** `sha256` of `bytes` from `start` to `end`, written into `out` at `outAt`. */
export function sha256Into(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  outAt: number,
): void {
  if (isLarge(end - start)) {
    out.set(sha256Large(bytes.subarray(start, end)), outAt);
    return;
  }
  loadMessage(bytes, start, end);
  scalarHashes.sha256(BUFFER, end - start, RESULT);
  readResult(32, out, outAt);
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
  if (isLarge(end - start)) {
    memory.set(sha256Large(bytes.subarray(start, end)), BUFFER);
    scalarHashes.sha256(BUFFER, 32, RESULT);
  } else {
    loadMessage(bytes, start, end);
    scalarHashes.sha256d(BUFFER, end - start, RESULT);
  }
  readResult(32, out, outAt);
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
      if (held >= BLOCK) scalarHashes.compress(BUFFER, held >>> 6);
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
    memory.set(this.#rest, BUFFER);
    state.set(this.#state);
    const high = Math.floor(this.#length / 0x20000000);
    scalarHashes.digest(BUFFER, this.#length % BLOCK, high, this.#length << 3, RESULT);
    return memory.slice(RESULT, RESULT + 32);
  }
}

function isLarge(length: number): boolean {
  return length >= LARGE && (hashLarge !== null || length > BUFFER_LENGTH);
}

function sha256Large(data: Uint8Array): Uint8Array {
  return hashLarge === null ? new Sha256().update(data).digest() : hashLarge(data);
}
