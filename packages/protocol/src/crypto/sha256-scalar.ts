import {
  INITIAL_STATE,
  NOWHERE,
  type Operations,
  ROUND_CONSTANTS,
  rounds,
} from "./sha256-rounds.ts";
import { assemble, type Code, I32, type WasmFunction } from "./wasm-assembler.ts";
import { get, i32, loopWhile, set } from "./wasm-instructions.ts";
import { instantiate, type WasmMemory } from "./webassembly.ts";

/**
 * SHA-256 in WebAssembly. The ledger hashes many short messages, for which the call into a host's
 * library costs more than the hashing. The code is written out here, instruction by instruction, so
 * that no compiler and no binary file is involved.
 */
interface Exports {
  readonly memory: WasmMemory;
  /** Takes `count` blocks of 64 bytes at `from` into the state. */
  compress(from: number, count: number): void;
}

const CONSTANTS_AT = 0;
const STATE_AT = 256;
/** A block for a hash to be hashed: its last 32 bytes are the padding and stay. */
export const HASH_BLOCK = 320;
/** Where messages go before `compress`. */
export const BUFFER = 384;
/** Room for whole blocks of a message. */
export const BUFFER_LENGTH = 65_152;

const scalar: Operations = {
  ...i32,
  choose: (e, f, g) => i32.xor(g, i32.and(e, i32.xor(f, g))),
  majority: (a, b, c) => i32.or(i32.and(a, b), i32.and(c, i32.or(a, b))),
  loadConstant: i32.load,
};

const module = instantiate<Exports>(assemble([compressFunction()], 1));
export const memory: Uint8Array = new Uint8Array(module.memory.buffer);
/** The chaining value: eight words. */
export const state: Uint32Array = new Uint32Array(module.memory.buffer, STATE_AT, 8);
new Uint32Array(module.memory.buffer).set(ROUND_CONSTANTS, CONSTANTS_AT / 4);
memory.set([0x80], HASH_BLOCK + 32);
memory.set([(32 * 8) >> 8], HASH_BLOCK + 62);

/** Takes `count` blocks of 64 bytes at `from` in the memory into the state. */
export function compress(from: number, count: number): void {
  module.compress(from, count);
}

/** Sets the state to that before the first block. */
export function resetState(): void {
  state.set(INITIAL_STATE);
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
  return {
    name: "compress",
    parameters: 2,
    results: 0,
    locals: [{ count: 26, type: I32 }],
    body: loopWhile(body, get(count)),
  };
}

function swapBytes(temporary: number, value: Code): Code {
  const x = get(temporary);
  const odd = i32.and(i32.rotateRight(x, 24), i32.const(0x00ff00ff));
  const even = i32.and(i32.rotateRight(x, 8), i32.const(0xff00ff00));
  return [set(temporary, value), i32.or(odd, even)];
}
