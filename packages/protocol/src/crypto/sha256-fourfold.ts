import { fourfoldCode } from "./sha256-fourfold-code.ts";
import {
  CONSTANTS_AT,
  INITIAL_STATE_AT,
  LIMIT_AT,
  MIDSTATE_AT,
  PADDED_CONSTANTS_AT,
  TAIL_AT,
} from "./sha256-fourfold-layout.ts";
import { INITIAL_STATE, ROUND_CONSTANTS } from "./sha256-rounds.ts";
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
  const module = instantiate<Exports>(fourfoldCode);
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
