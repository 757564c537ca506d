import { type Code, signed, unsigned } from "./wasm-assembler.ts";

/** Instructions by their names in the WebAssembly specification; operands come first, as on its stack. */
export const get = (local: number): Code => [0x20, unsigned(local)];
export const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)];
export const call = (index: number, ...operands: readonly Code[]): Code => [
  operands,
  [0x10, unsigned(index)],
];

/** Runs `body` again as long as `condition` holds after it. */
export const loopWhile = (body: Code, condition: Code): Code => [
  [0x03, 0x40, body],
  [condition, 0x0d, 0x00, 0x0b],
];

export const returnIf = (condition: Code, value: Code): Code => [
  [condition, 0x04, 0x40],
  [value, 0x0f, 0x0b],
];

export const i32 = {
  const: (value: number): Code => [0x41, signed(value | 0)],
  load: (at: Code, offset: number): Code => [at, 0x28, 2, unsigned(offset)],
  store: (at: Code, offset: number, value: Code): Code => [at, value, 0x36, 2, unsigned(offset)],
  store8: (at: Code, offset: number, value: Code): Code => [at, value, 0x3a, 0, unsigned(offset)],
  add: (...terms: readonly Code[]): Code => chain(terms, [0x6a]),
  sub: (a: Code, b: Code): Code => [a, b, 0x6b],
  and: (a: Code, b: Code): Code => [a, b, 0x71],
  or: (a: Code, b: Code): Code => [a, b, 0x72],
  xor: (...terms: readonly Code[]): Code => chain(terms, [0x73]),
  shiftLeft: (a: Code, bits: number): Code => [a, i32.const(bits), 0x74],
  shiftRight: (a: Code, bits: number): Code => [a, i32.const(bits), 0x76],
  rotateLeft: (a: Code, bits: number): Code => [a, i32.const(bits), 0x77],
  rotateRight: (a: Code, bits: number): Code => [a, i32.const(bits), 0x78],
  not: (a: Code): Code => i32.xor(a, i32.const(-1)),
} as const;

/** Four 32-bit lanes at once. */
export const i32x4 = {
  const: (lanes: readonly number[]): Code => [
    [0xfd, 0x0c],
    [...new Uint8Array(Uint32Array.from(lanes).buffer)],
  ],
  splat: (a: Code): Code => [a, 0xfd, 0x11],
  load: (at: Code, offset: number): Code => [at, 0xfd, 0x00, 4, unsigned(offset)],
  loadSplat: (at: Code, offset: number): Code => [at, 0xfd, 0x09, 2, unsigned(offset)],
  /** `into` with one lane replaced by what stands in memory. */
  loadLane: (at: Code, offset: number, lane: number, into: Code): Code => [
    [at, into],
    [0xfd, 0x56, 2, unsigned(offset), lane],
  ],
  store: (at: Code, offset: number, value: Code): Code => [
    [at, value],
    [0xfd, 0x0b, 4, unsigned(offset)],
  ],
  storeLane: (at: Code, offset: number, lane: number, value: Code): Code => [
    [at, value],
    [0xfd, 0x5a, 2, unsigned(offset), lane],
  ],
  add: (...terms: readonly Code[]): Code => chain(terms, [0xfd, 0xae, 0x01]),
  or: (a: Code, b: Code): Code => [a, b, 0xfd, 0x50],
  xor: (...terms: readonly Code[]): Code => chain(terms, [0xfd, 0x51]),
  /** Bits of `a` where `mask` has ones, of `b` where it has zeros. */
  select: (a: Code, b: Code, mask: Code): Code => [a, b, mask, 0xfd, 0x52],
  shiftLeft: (a: Code, bits: number): Code => [a, i32.const(bits), 0xfd, 0xab, 0x01],
  shiftRight: (a: Code, bits: number): Code => [a, i32.const(bits), 0xfd, 0xad, 0x01],
  rotateRight: (a: Code, bits: number): Code =>
    i32x4.or(i32x4.shiftRight(a, bits), i32x4.shiftLeft(a, 32 - bits)),
  /** The bytes of each lane in opposite order. */
  swapBytes: (a: Code): Code => [
    [a, a, 0xfd, 0x0d],
    [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12],
  ],
  /** Whether any lane of `a` is at most that of `b`, unsigned. */
  anyAtMost: (a: Code, b: Code): Code => [a, b, 0xfd, 0x3e, 0xfd, 0x53],
} as const;

/** a, b, operation, c, operation, … */
function chain(terms: readonly Code[], operation: Code): Code {
  return terms.map((term, i) => (i === 0 ? term : [term, operation]));
}
