/** Bytes of one block of the key stream. */
const BLOCK_WORDS = 16;

/** The state of ChaCha20 (RFC 8439): constants, key, block counter and nonce, as 16 words. */
export function chaCha20State(
  key32: Uint8Array,
  nonce12: Uint8Array,
  counter: number,
): Uint32Array {
  const bytes = new Uint8Array(64);
  const state = new Uint32Array(bytes.buffer);
  state.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
  bytes.set(key32, 16);
  state[12] = counter;
  bytes.set(nonce12, 52);
  return state;
}

/** Writes the next block of the key stream at word `at` and moves the counter on. */
export function chaCha20Block(state: Uint32Array, out: Uint32Array, at: number): void {
  const x = out.subarray(at, at + BLOCK_WORDS);
  x.set(state);
  for (let round = 0; round < 10; round++) {
    quarterRound(x, 0, 4, 8, 12);
    quarterRound(x, 1, 5, 9, 13);
    quarterRound(x, 2, 6, 10, 14);
    quarterRound(x, 3, 7, 11, 15);
    quarterRound(x, 0, 5, 10, 15);
    quarterRound(x, 1, 6, 11, 12);
    quarterRound(x, 2, 7, 8, 13);
    quarterRound(x, 3, 4, 9, 14);
  }
  for (let i = 0; i < BLOCK_WORDS; i++) x[i] = (x[i] as number) + (state[i] as number);
  state[12] = (state[12] as number) + 1;
}

function quarterRound(x: Uint32Array, ai: number, bi: number, ci: number, di: number): void {
  let a = x[ai] as number;
  let b = x[bi] as number;
  let c = x[ci] as number;
  let d = x[di] as number;
  a = (a + b) | 0;
  d ^= a;
  d = (d << 16) | (d >>> 16);
  c = (c + d) | 0;
  b ^= c;
  b = (b << 12) | (b >>> 20);
  a = (a + b) | 0;
  d ^= a;
  d = (d << 8) | (d >>> 24);
  c = (c + d) | 0;
  b ^= c;
  b = (b << 7) | (b >>> 25);
  x[ai] = a;
  x[bi] = b;
  x[ci] = c;
  x[di] = d;
}
