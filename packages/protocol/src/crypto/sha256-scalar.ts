import { RIPEMD160_LOCALS, ripemd160 } from "./ripemd160-rounds.ts";
import {
  INITIAL_STATE,
  NOWHERE,
  type Operations,
  ROUND_CONSTANTS,
  rounds,
} from "./sha256-rounds.ts";
import { assemble, type Code, I32, type WasmFunction } from "./wasm-assembler.ts";
import { call, get, i32, loopWhile, set } from "./wasm-instructions.ts";
import { instantiate, type WasmMemory } from "./webassembly.ts";

/**
 * SHA-256 in WebAssembly. The ledger hashes many short messages, for which the call into a host's
 * library costs more than the hashing. The code is written out here, instruction by instruction, so
 * that no compiler and no binary file is involved. Addresses and lengths are in bytes of the memory.
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

const CONSTANTS_AT = 0;
const STATE_AT = 256;
/** A block for a hash to be hashed: its last 32 bytes are the padding and stay. */
const HASH_BLOCK = 320;
/** The same for RIPEMD-160, which writes lengths in the opposite order. */
const RIPEMD_BLOCK = 384;
/** Where results go. */
export const RESULT = 448;
/** Where messages go before they are hashed. */
export const BUFFER = 512;
/** Room for whole blocks of a message; padding has room behind it. */
export const BUFFER_LENGTH = 64_896;

/** Indexes of the functions in the module. */
const COMPRESS = 0;
const DIGEST = 1;
const SHA256 = 2;

const scalar: Operations = {
  ...i32,
  choose: (e, f, g) => i32.xor(g, i32.and(e, i32.xor(f, g))),
  majority: (a, b, c) => i32.or(i32.and(a, b), i32.and(c, i32.or(a, b))),
  loadConstant: i32.load,
};

const functions = [
  compressFunction(),
  digestFunction(),
  sha256Function(),
  sha256dFunction(),
  hash160Function(),
];
export const scalarHashes: Exports = instantiate<Exports>(assemble(functions, 1));
const { buffer } = scalarHashes.memory;
export const memory: Uint8Array = new Uint8Array(buffer);
/** The chaining value: eight words. */
export const state: Uint32Array = new Uint32Array(buffer, STATE_AT, 8);

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
const SHORT = 64;

/** Copies bytes, at most BUFFER_LENGTH, to where they are hashed. */
export function loadMessage(bytes: Uint8Array, start: number, end: number): void {
  if (end - start > SHORT) memory.set(bytes.subarray(start, end), BUFFER);
  else for (let i = start; i < end; i++) memory[BUFFER + i - start] = bytes[i] as number;
}

/** Copies a hash of `length` bytes from where it was written to. */
export function readResult(length: number, out: Uint8Array, at: number): void {
  for (let i = 0; i < length; i++) out[at + i] = memory[RESULT + i] as number;
}

function compressFunction(): WasmFunction {
  const [from, count, pointer, first] = [0, 1, 2, 3];
  const body: Code[] = [];
  for (let i = 0; i < 8; i++) body.push(set(first + i, i32.load(NOWHERE, STATE_AT + 4 * i)));
  for (let i = 0; i < 16; i++) {
    body.push(set(first + 9 + i, swapBytes(first + 8, i32.load(get(from), 4 * i))));
  }
  body.push(rounds(scalar, pointer, first, CONSTANTS_AT, true));
  for (let i = 0; i < 8; i++) {
    const at = STATE_AT + 4 * i;
    body.push(i32.store(NOWHERE, at, i32.add(i32.load(NOWHERE, at), get(first + i))));
  }
  body.push(set(from, i32.add(get(from), i32.const(64))));
  body.push(set(count, i32.sub(get(count), i32.const(1))));
  return wasmFunction("compress", 2, 26, loopWhile(body, get(count)));
}

function digestFunction(): WasmFunction {
  const [from, length, high, low, to, end, temporary] = [0, 1, 2, 3, 4, 5, 6];
  const padded = i32.and(i32.add(get(length), i32.const(8 + 64)), i32.const(-64));
  const behind = i32.add(get(from), get(length));
  const body: Code[] = [set(end, padded), i32.store8(behind, 0, i32.const(0x80))];
  // At least as many zeros as are needed; those behind the last block do no harm.
  for (let i = 0; i < 16; i++) body.push(i32.store(behind, 1 + 4 * i, i32.const(0)));
  const lastWords = i32.add(get(from), i32.sub(get(end), i32.const(8)));
  body.push(i32.store(lastWords, 0, swapBytes(temporary, get(high))));
  body.push(i32.store(lastWords, 4, swapBytes(temporary, get(low))));
  body.push(call(COMPRESS, get(from), i32.shiftRight(get(end), 6)));
  body.push(storeState(to, temporary));
  return wasmFunction("digest", 5, 2, body);
}

function sha256Function(): WasmFunction {
  const [from, length, to] = [0, 1, 2];
  const bits = i32.shiftLeft(get(length), 3);
  const digest = call(DIGEST, get(from), get(length), NOWHERE, bits, get(to));
  return wasmFunction("sha256", 3, 0, [initialState(), digest]);
}

function sha256dFunction(): WasmFunction {
  const [from, length, to, temporary] = [0, 1, 2, 3];
  return wasmFunction("sha256d", 3, 1, [
    call(SHA256, get(from), get(length), i32.const(HASH_BLOCK)),
    initialState(),
    call(COMPRESS, i32.const(HASH_BLOCK), i32.const(1)),
    storeState(to, temporary),
  ]);
}

function hash160Function(): WasmFunction {
  const [from, length, to, first] = [0, 1, 2, 3];
  return wasmFunction("hash160", 3, RIPEMD160_LOCALS, [
    call(SHA256, get(from), get(length), i32.const(RIPEMD_BLOCK)),
    ripemd160(i32.const(RIPEMD_BLOCK), get(to), first),
  ]);
}

function wasmFunction(name: string, parameters: number, locals: number, body: Code): WasmFunction {
  return { name, parameters, results: 0, locals: [{ count: locals, type: I32 }], body };
}

function initialState(): Code {
  return Array.from(INITIAL_STATE, (word, i) =>
    i32.store(NOWHERE, STATE_AT + 4 * i, i32.const(word)),
  );
}

/** Writes the state as bytes, each word most significant byte first. */
function storeState(to: number, temporary: number): Code {
  const code: Code[] = [];
  for (let i = 0; i < 8; i++) {
    const word = swapBytes(temporary, i32.load(NOWHERE, STATE_AT + 4 * i));
    code.push(i32.store(get(to), 4 * i, word));
  }
  return code;
}

function swapBytes(temporary: number, value: Code): Code {
  const x = get(temporary);
  const odd = i32.and(i32.rotateRight(x, 24), i32.const(0x00ff00ff));
  const even = i32.and(i32.rotateRight(x, 8), i32.const(0xff00ff00));
  return [set(temporary, value), i32.or(odd, even)];
}
