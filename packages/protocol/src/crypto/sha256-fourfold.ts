import {
  INITIAL_STATE,
  NOWHERE,
  type Operations,
  ROUND_CONSTANTS,
  rounds,
} from "./sha256-rounds.ts";
import { assemble, type Code, I32, V128, type WasmFunction } from "./wasm-assembler.ts";
import { call, get, i32, i32x4, loopWhile, returnIf, set } from "./wasm-instructions.ts";
import { instantiate, type WasmMemory } from "./webassembly.ts";

/** SHA-256 of four messages at once, for merkle trees and mining. */
interface Exports {
  readonly memory: WasmMemory;
  /** `sha256d` of 4·`quads` messages of 64 bytes at `from`, to `to`, which may be `from`. */
  hashPairs(from: number, to: number, quads: number): void;
  /**
   * Tries nonces four by four, `quads` times, on the header that `midstate` and `tail` describe.
   * The first nonce of the first four of which one hash has a top word of at most `limit`, or
   * `nonce` + 4·`quads` when none has.
   */
  grind(nonce: number, quads: number): number;
}

interface Fourfold extends Pick<Exports, "hashPairs" | "grind"> {
  readonly bytes: Uint8Array;
  /** State after the first block of a header. */
  readonly midstate: Uint32Array;
  /** The three words that stand before the nonce in its second block. */
  readonly tail: Uint32Array;
  readonly limit: Uint32Array;
}

const CONSTANTS_AT = 0;
/** The same with the schedule of a padding block added: the block after 64 bytes is always the same. */
const PADDED_CONSTANTS_AT = 256;
const INITIAL_STATE_AT = 512;
const MIDSTATE_AT = 544;
const TAIL_AT = 576;
const LIMIT_AT = 588;
const STATES_AT = 1024;
const WORDS_AT = 1152;
/** Where messages go before `hashPairs`. */
export const PAIRS_AT = 2048;
/** How many pairs there is room for. */
export const PAIRS_ROOM = 992;

let started: Fourfold | undefined;

/** The module of this thread; it starts when it is first wanted. */
export function fourfold(): Fourfold {
  started ??= start();
  return started;
}

function start(): Fourfold {
  const functions = [compress4(), compress4Padding(), hashPairs(), grind()];
  const module = instantiate<Exports>(assemble(functions, 1));
  const { buffer } = module.memory;
  const words = new Uint32Array(buffer);
  words.set(ROUND_CONSTANTS, CONSTANTS_AT / 4);
  words.set(INITIAL_STATE, INITIAL_STATE_AT / 4);
  const padding = paddingSchedule();
  for (let i = 0; i < 64; i++) {
    words[PADDED_CONSTANTS_AT / 4 + i] = (ROUND_CONSTANTS[i] as number) + (padding[i] as number);
  }
  return {
    bytes: new Uint8Array(buffer),
    midstate: new Uint32Array(buffer, MIDSTATE_AT, 8),
    tail: new Uint32Array(buffer, TAIL_AT, 3),
    limit: new Uint32Array(buffer, LIMIT_AT, 1),
    hashPairs: module.hashPairs,
    grind: module.grind,
  };
}

/** Indexes of the internal functions in the module. */
const COMPRESS_4 = 0;
const COMPRESS_4_PADDING = 1;

const lanes4: Operations = {
  ...i32x4,
  choose: (e, f, g) => i32x4.select(f, g, e),
  majority: (a, b, c) => i32x4.select(c, b, i32x4.xor(a, b)),
  loadConstant: i32x4.loadSplat,
};

function compress4(): WasmFunction {
  const load: Code[] = [];
  for (let i = 0; i < 16; i++) load.push(set(10 + i, i32x4.load(NOWHERE, WORDS_AT + 16 * i)));
  return rounds4(load, CONSTANTS_AT, true);
}

function compress4Padding(): WasmFunction {
  return rounds4([], PADDED_CONSTANTS_AT, false);
}

/** Takes one block of each of four messages into STATES_AT. */
function rounds4(load: Code, constants: number, withMessage: boolean): WasmFunction {
  const [pointer, first] = [0, 1];
  const body: Code[] = [load];
  for (let i = 0; i < 8; i++) body.push(set(first + i, i32x4.load(NOWHERE, STATES_AT + 16 * i)));
  body.push(rounds(lanes4, pointer, first, constants, withMessage));
  for (let i = 0; i < 8; i++) {
    const at = STATES_AT + 16 * i;
    const sum = i32x4.add(i32x4.load(NOWHERE, at), get(first + i));
    body.push(i32x4.store(NOWHERE, at, sum));
  }
  return {
    name: null,
    parameters: 0,
    results: 0,
    locals: [
      { count: 1, type: I32 },
      { count: 25, type: V128 },
    ],
    body,
  };
}

function hashPairs(): WasmFunction {
  const [from, to, quads, lanes] = [0, 1, 2, 3];
  const body: Code[] = [];
  for (let i = 0; i < 16; i++) {
    let gathered: Code = i32x4.const([0, 0, 0, 0]);
    for (let lane = 0; lane < 4; lane++) {
      gathered = i32x4.loadLane(get(from), 64 * lane + 4 * i, lane, gathered);
    }
    body.push(set(lanes, gathered));
    body.push(i32x4.store(NOWHERE, WORDS_AT + 16 * i, i32x4.swapBytes(get(lanes))));
  }
  body.push(stateFrom(INITIAL_STATE_AT), call(COMPRESS_4), call(COMPRESS_4_PADDING));
  body.push(hashTheHash());
  for (let i = 0; i < 8; i++) {
    body.push(set(lanes, i32x4.load(NOWHERE, STATES_AT + 16 * i)));
    body.push(set(lanes, i32x4.swapBytes(get(lanes))));
    for (let lane = 0; lane < 4; lane++) {
      body.push(i32x4.storeLane(get(to), 32 * lane + 4 * i, lane, get(lanes)));
    }
  }
  body.push(set(from, i32.add(get(from), i32.const(256))));
  body.push(set(to, i32.add(get(to), i32.const(128))));
  body.push(set(quads, i32.sub(get(quads), i32.const(1))));
  return {
    name: "hashPairs",
    parameters: 3,
    results: 0,
    locals: [{ count: 1, type: V128 }],
    body: loopWhile(body, get(quads)),
  };
}

function grind(): WasmFunction {
  const [nonce, quads, lanes] = [0, 1, 2];
  const body: Code[] = [];
  const store = (i: number, value: Code): void => {
    body.push(i32x4.store(NOWHERE, WORDS_AT + 16 * i, value));
  };
  for (let i = 0; i < 3; i++) store(i, i32x4.loadSplat(NOWHERE, TAIL_AT + 4 * i));
  const four = i32x4.add(i32x4.splat(get(nonce)), i32x4.const([0, 1, 2, 3]));
  body.push(set(lanes, four));
  store(3, i32x4.swapBytes(get(lanes)));
  store(4, i32x4.const(Array(4).fill(0x80000000)));
  for (let i = 5; i < 15; i++) store(i, i32x4.const([0, 0, 0, 0]));
  store(15, i32x4.const(Array(4).fill(8 * 80)));
  body.push(stateFrom(MIDSTATE_AT), call(COMPRESS_4), hashTheHash());
  body.push(set(lanes, i32x4.load(NOWHERE, STATES_AT + 16 * 7)));
  const limit = i32x4.loadSplat(NOWHERE, LIMIT_AT);
  body.push(returnIf(i32x4.anyAtMost(i32x4.swapBytes(get(lanes)), limit), get(nonce)));
  body.push(set(nonce, i32.add(get(nonce), i32.const(4))));
  body.push(set(quads, i32.sub(get(quads), i32.const(1))));
  return {
    name: "grind",
    parameters: 2,
    results: 1,
    locals: [{ count: 1, type: V128 }],
    body: [loopWhile(body, get(quads)), get(nonce)],
  };
}

/** Copies the eight words at `from` into all lanes. */
function stateFrom(from: number): Code {
  const code: Code[] = [];
  for (let i = 0; i < 8; i++) {
    code.push(i32x4.store(NOWHERE, STATES_AT + 16 * i, i32x4.loadSplat(NOWHERE, from + 4 * i)));
  }
  return code;
}

/** The second SHA-256 of `sha256d`: 32 bytes and padding in one block. */
function hashTheHash(): Code {
  const code: Code[] = [];
  for (let i = 0; i < 8; i++) {
    code.push(i32x4.store(NOWHERE, WORDS_AT + 16 * i, i32x4.load(NOWHERE, STATES_AT + 16 * i)));
  }
  const padding = [0x80000000, 0, 0, 0, 0, 0, 0, 8 * 32];
  padding.forEach((word, i) => {
    code.push(i32x4.store(NOWHERE, WORDS_AT + 16 * (8 + i), i32x4.const(Array(4).fill(word))));
  });
  return [code, stateFrom(INITIAL_STATE_AT), call(COMPRESS_4)];
}

/** The 64 message words of the block that pads a message of 64 bytes. */
function paddingSchedule(): Uint32Array {
  const w = new Uint32Array(64);
  w[0] = 0x80000000;
  w[15] = 8 * 64;
  const rotate = (x: number, bits: number): number => (x >>> bits) | (x << (32 - bits));
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15] as number;
    const b = w[i - 2] as number;
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    w[i] = (w[i - 16] as number) + s0 + (w[i - 7] as number) + s1;
  }
  return w;
}
