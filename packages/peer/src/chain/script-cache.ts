import { randomBytes } from "node:crypto";
import { readU32 } from "@compeer/protocol/bytes/reader";

/** Transactions that are remembered, in sets of four: 4.7 MB, one and a half full mempools. */
const SETS = 32_768;
const WAYS = 4;
const ID_WORDS = 8;
/** The id, then the flags plus one; zero marks an empty entry. */
const ENTRY_WORDS: number = ID_WORDS + 1;

/**
 * Transactions whose scripts are known to be right under given flags, so that a block of them connects
 * without running them again. The wtxid commits to the witnesses and, through the outpoints, to the coins
 * that are spent; nothing else decides. Memory is fixed: new entries push out old ones.
 * Core: the script execution cache of CheckInputScripts.
 */
export class ScriptCache {
  #words: Uint32Array | null = null;
  #turn = 0;
  /** Of our own, so that nobody can aim at one set. */
  readonly #salt: number = randomBytes(4).readUInt32LE() | 1;

  get isEmpty(): boolean {
    return this.#words === null;
  }

  /** Notes that the transaction whose wtxid stands at `at` passes under `flags`. */
  add(wtxids: Uint8Array, flags: number, at = 0): void {
    if (this.has(wtxids, flags, at)) return;
    this.#words ??= new Uint32Array(SETS * WAYS * ENTRY_WORDS);
    const words = this.#words;
    const set = this.#set(wtxids, at);
    let entry = set + (this.#turn++ % WAYS) * ENTRY_WORDS;
    for (let way = 0; way < WAYS; way++)
      if (words[set + way * ENTRY_WORDS + ID_WORDS] === 0) entry = set + way * ENTRY_WORDS;
    for (let i = 0; i < ID_WORDS; i++) words[entry + i] = readU32(wtxids, at + 4 * i);
    words[entry + ID_WORDS] = flags + 1;
  }

  has(wtxids: Uint8Array, flags: number, at = 0): boolean {
    const words = this.#words;
    if (words === null) return false;
    const set = this.#set(wtxids, at);
    for (let entry = set; entry < set + WAYS * ENTRY_WORDS; entry += ENTRY_WORDS) {
      if (words[entry + ID_WORDS] !== flags + 1) continue;
      let same = 0;
      while (same < ID_WORDS && words[entry + same] === readU32(wtxids, at + 4 * same)) same++;
      if (same === ID_WORDS) return true;
    }
    return false;
  }

  #set(wtxids: Uint8Array, at: number): number {
    const mixed = Math.imul(readU32(wtxids, at) ^ this.#salt, 0x9e3779b1 ^ this.#salt);
    return (mixed >>> 17) * WAYS * ENTRY_WORDS;
  }
}
