import type { Code } from "./wasm-assembler.ts";
import { get, i32, loopWhile, set } from "./wasm-instructions.ts";

/** Rounds need no more than these operations, which both kinds of values have. */
export interface Operations {
  add(...terms: readonly Code[]): Code;
  xor(...terms: readonly Code[]): Code;
  shiftRight(a: Code, bits: number): Code;
  rotateRight(a: Code, bits: number): Code;
  /** Ch and Maj of FIPS 180-4. */
  choose(e: Code, f: Code, g: Code): Code;
  majority(a: Code, b: Code, c: Code): Code;
  loadConstant(at: Code, offset: number): Code;
}

/**
 * The 64 rounds over locals: working variables `first`…`first + 7`, one temporary, then the sixteen
 * message words, which are left out when the constants already hold them. Four times sixteen rounds;
 * sixteen is a multiple of eight, so the names have turned round fully each time.
 */
export function rounds(
  ops: Operations,
  pointer: number,
  first: number,
  constants: number,
  withMessage: boolean,
): Code {
  const temporary = first + 8;
  const word = (i: number): Code => get(first + 9 + (i & 15));
  const body: Code[] = [];
  for (let i = 0; i < 16; i++) {
    const variable = (index: number): number => first + ((index - i) & 7);
    const [a, b, c, d] = [get(variable(0)), get(variable(1)), get(variable(2)), get(variable(3))];
    const [e, f, g, h] = [get(variable(4)), get(variable(5)), get(variable(6)), get(variable(7))];
    const constant = ops.loadConstant(get(pointer), 4 * i);
    const sum1 = ops.xor(ops.rotateRight(e, 6), ops.rotateRight(e, 11), ops.rotateRight(e, 25));
    const sum0 = ops.xor(ops.rotateRight(a, 2), ops.rotateRight(a, 13), ops.rotateRight(a, 22));
    const message = withMessage ? [word(i)] : [];
    body.push(
      set(temporary, ops.add(h, constant, ...message, ops.choose(e, f, g), sum1)),
      set(variable(3), ops.add(d, get(temporary))),
      set(variable(7), ops.add(get(temporary), sum0, ops.majority(a, b, c))),
    );
  }
  const next = withMessage ? schedule(ops, first + 9) : [];
  const end = i32.const(constants + 256);
  return [
    set(pointer, i32.const(constants)),
    loopWhile(
      // The schedule after the last sixteen rounds is wasted; a branch round it saves less.
      [body, next, set(pointer, i32.add(get(pointer), i32.const(64)))],
      i32.xor(get(pointer), end),
    ),
  ];
}

/** The next sixteen message words in place of the last. */
function schedule(ops: Operations, firstWord: number): Code {
  const code: Code[] = [];
  for (let i = 0; i < 16; i++) {
    const word = (offset: number): Code => get(firstWord + ((i + offset) & 15));
    const s0 = ops.xor(
      ops.rotateRight(word(1), 7),
      ops.rotateRight(word(1), 18),
      ops.shiftRight(word(1), 3),
    );
    const s1 = ops.xor(
      ops.rotateRight(word(14), 17),
      ops.rotateRight(word(14), 19),
      ops.shiftRight(word(14), 10),
    );
    code.push(set(firstWord + i, ops.add(word(0), s0, word(9), s1)));
  }
  return code;
}

/** Address in any module: constants are absolute. */
export const NOWHERE: Code = i32.const(0);

/** FIPS 180-4, 5.3.3: first bits of the fractions of the square roots of the first eight primes. */
export const INITIAL_STATE: Uint32Array = Uint32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);

/** FIPS 180-4, 4.2.2: the same of the cube roots of the first 64 primes. */
export const ROUND_CONSTANTS: Uint32Array = Uint32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
);
