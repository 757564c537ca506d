import { INITIAL_STATE, ROUND_CONSTANTS } from "./sha256-rounds.ts";
import { scalarCode } from "./sha256-scalar-code.ts";
import { CONSTANTS_AT, HASH_BLOCK, RIPEMD_BLOCK, STATE_AT } from "./sha256-scalar-layout.ts";
import { instantiate, type WasmMemory } from "./webassembly.ts";

/**
 * SHA-256 in WebAssembly. The ledger hashes many short messages, for which the call into a host's
 * library costs more than the hashing. Addresses and lengths are in bytes of the memory.
 */
interface Exports {
  readonly memory: WasmMemory;
  /** Takes `count` blocks of 64 bytes at `from` into the state. */
  compress(from: number, count: number): void;
  /**
   * Takes the last `length` bytes of a message, at `from`, into the state and writes the hash to `to`.
   * `high` and `low` are the length of the whole message in bits. Overwrites up to 128 bytes behind it.
   */
  digest(from: number, length: number, high: number, low: number, to: number): void;
  /** Hashes of the message of `length` bytes at `from`, written to `to`; they overwrite as `digest` does. */
  sha256(from: number, length: number, to: number): void;
  sha256d(from: number, length: number, to: number): void;
  hash160(from: number, length: number, to: number): void;
}

/** Where results go. */
export const RESULT = 448;
/** Where messages go before they are hashed. */
export const BUFFER = 512;
/** Room for whole blocks of a message; padding has room behind it. */
export const BUFFER_LENGTH = 64_896;

export const scalarHashes: Exports = instantiate<Exports>(scalarCode);
const { buffer } = scalarHashes.memory;
export const memory: Uint8Array = new Uint8Array(buffer);
/** The chaining value: eight words. */
export const state: Uint32Array = new Uint32Array(buffer, STATE_AT, 8);

/**
 * Room to put a message together where it is hashed: one that begins here is not copied again. Whatever
 * is hashed in between overwrites it.
 */
export const messageRoom: Uint8Array = memory.subarray(BUFFER, BUFFER + BUFFER_LENGTH);

new Uint32Array(buffer).set(ROUND_CONSTANTS, CONSTANTS_AT / 4);
memory.set([0x80], HASH_BLOCK + 32);
memory.set([(32 * 8) >> 8], HASH_BLOCK + 62);
memory.set([0x80], RIPEMD_BLOCK + 32);
memory.set([(32 * 8) >> 8], RIPEMD_BLOCK + 57);

/** Sets the state to that before the first block. */
export function resetState(): void {
  state.set(INITIAL_STATE);
}

/** Up to that length a loop copies faster than the built-in function does, which wants a view. */
const SHORT = 24;

/** Copies bytes, at most BUFFER_LENGTH, to where they are hashed. */
export function loadMessage(bytes: Uint8Array, start: number, end: number): void {
  if (bytes === messageRoom && start === 0) return;
  if (end - start > SHORT) memory.set(bytes.subarray(start, end), BUFFER);
  else for (let i = start; i < end; i++) memory[BUFFER + i - start] = bytes[i] as number;
}

const results: readonly Uint8Array[] = Array.from({ length: 33 }, (_, length) =>
  memory.subarray(RESULT, RESULT + length),
);

/** Copies a hash of `length` bytes, at most 32, from where it was written to. */
export function readResult(length: number, out: Uint8Array, at: number): void {
  out.set(results[length] as Uint8Array, at);
}
