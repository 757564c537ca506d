import type { Code } from "./wasm-assembler.ts";
import { get, i32, set } from "./wasm-instructions.ts";

/** H. Dobbertin, A. Bosselaers, B. Preneel: "RIPEMD-160", 1996. State before the first block. */
const INITIAL_STATE = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
/** Where a round takes the message word that stands at a place in the round before it. */
const RHO = [7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8];
/** Bits by which a step turns its sum: a row a round, a column a message word. */
const TURNS = [
  [11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8],
  [12, 13, 11, 15, 6, 9, 9, 7, 12, 15, 11, 13, 7, 8, 7, 7],
  [13, 15, 14, 11, 7, 7, 6, 8, 13, 14, 13, 12, 5, 5, 6, 9],
  [14, 11, 12, 14, 8, 6, 5, 5, 15, 12, 15, 14, 9, 9, 8, 6],
  [15, 12, 13, 13, 9, 5, 8, 6, 14, 11, 12, 11, 8, 6, 5, 5],
] as const;
const LEFT_CONSTANTS = [0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e];
const RIGHT_CONSTANTS = [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0];

type Mix = (x: Code, y: Code, z: Code) => Code;

/** The mixing functions of the rounds on the left line; the right one has them in opposite order. */
const MIXES: readonly Mix[] = [
  (x, y, z) => i32.xor(x, y, z),
  (x, y, z) => i32.xor(z, i32.and(x, i32.xor(y, z))),
  (x, y, z) => i32.xor(i32.or(x, i32.not(y)), z),
  (x, y, z) => i32.xor(y, i32.and(z, i32.xor(x, y))),
  (x, y, z) => i32.xor(x, i32.or(y, i32.not(z))),
];

/** Locals that `ripemd160` takes: two lines of five variables, sixteen message words. */
export const RIPEMD160_LOCALS = 26;

/** RIPEMD-160 of one padded block in memory at `block`, to memory at `to`. */
export function ripemd160(block: Code, to: Code, first: number): Code {
  const [left, right, words] = [first, first + 5, first + 10];
  const code: Code[] = [];
  for (let i = 0; i < 16; i++) code.push(set(words + i, i32.load(block, 4 * i)));
  for (let i = 0; i < 5; i++) {
    const value = i32.const(INITIAL_STATE[i] as number);
    code.push(set(left + i, value), set(right + i, value));
  }
  code.push(line(left, words, (i) => i, LEFT_CONSTANTS, MIXES));
  code.push(line(right, words, (i) => (9 * i + 5) & 15, RIGHT_CONSTANTS, [...MIXES].reverse()));
  for (let i = 0; i < 5; i++) {
    // Each word of the state takes its right neighbours': h0 = h1 + c + d', h1 = h2 + d + e', and so on.
    const initial = i32.const(INITIAL_STATE[(i + 1) % 5] as number);
    const sum = i32.add(initial, get(left + ((i + 2) % 5)), get(right + ((i + 3) % 5)));
    code.push(i32.store(to, 4 * i, sum));
  }
  return code;
}

/** Five rounds over the five variables from `first` on. Eighty steps turn their names fully round. */
function line(
  first: number,
  words: number,
  firstRound: (i: number) => number,
  constants: readonly number[],
  mixes: readonly Mix[],
): Code {
  const code: Code[] = [];
  let order = Array.from({ length: 16 }, (_, i) => firstRound(i));
  for (let round = 0; round < 5; round++) {
    order.forEach((word, i) => {
      const step = 16 * round + i;
      const variable = (index: number): number => first + ((index - step + 80) % 5);
      const [a, b, c, d, e] = [0, 1, 2, 3, 4].map(variable) as [
        number,
        number,
        number,
        number,
        number,
      ];
      const mixed = (mixes[round] as Mix)(get(b), get(c), get(d));
      const constant = i32.const(constants[round] as number);
      const sum = i32.add(get(a), mixed, get(words + word), constant);
      const turned = i32.rotateLeft(sum, (TURNS[round] as readonly number[])[word] as number);
      code.push(set(a, i32.add(turned, get(e))), set(c, i32.rotateLeft(get(c), 10)));
    });
    order = order.map((word) => RHO[word] as number);
  }
  return code;
}
