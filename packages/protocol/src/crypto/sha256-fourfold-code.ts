import {
  CONSTANTS_AT,
  INITIAL_STATE_AT,
  LIMIT_AT,
  MIDSTATE_AT,
  PADDED_CONSTANTS_AT,
  STATES_AT,
  TAIL_AT,
  WORDS_AT,
} from "./sha256-fourfold-layout.ts";
import { NOWHERE, type Operations, rounds } from "./sha256-rounds.ts";
import { assemble, type Code, I32, V128, type WasmFunction } from "./wasm-assembler.ts";
import { call, get, i32, i32x4, loopWhile, returnIf, set } from "./wasm-instructions.ts";

/** Indexes of the internal functions in the module. */
const COMPRESS_4 = 0;
const COMPRESS_4_PADDING = 1;

const lanes4: Operations = {
  ...i32x4,
  choose: (e, f, g) => i32x4.select(f, g, e),
  majority: (a, b, c) => i32x4.select(c, b, i32x4.xor(a, b)),
  loadConstant: i32x4.loadSplat,
};

/** The module of `sha256-fourfold.ts`. A bundle holds the bytes that come out. */
export const fourfoldCode: Uint8Array = assemble(
  [compress4(), compress4Padding(), hashPairs(), grind()],
  1,
);

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
