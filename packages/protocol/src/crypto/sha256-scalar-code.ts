import { RIPEMD160_LOCALS, ripemd160 } from "./ripemd160-rounds.ts";
import { INITIAL_STATE, NOWHERE, type Operations, rounds } from "./sha256-rounds.ts";
import { CONSTANTS_AT, HASH_BLOCK, RIPEMD_BLOCK, STATE_AT } from "./sha256-scalar-layout.ts";
import { assemble, type Code, I32, type WasmFunction } from "./wasm-assembler.ts";
import { call, get, i32, loopWhile, set } from "./wasm-instructions.ts";

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

/**
 * The module of `sha256-scalar.ts`, written out here instruction by instruction, so that no compiler
 * and no binary file is involved. A bundle holds the bytes that come out.
 */
export const scalarCode: Uint8Array = assemble(
  [compressFunction(), digestFunction(), sha256Function(), sha256dFunction(), hash160Function()],
  1,
);

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
