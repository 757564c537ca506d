import { readU32 } from "../bytes/reader.ts";
import { writeU32 } from "../bytes/writer.ts";
import { sha256dInto } from "./sha256.ts";
import { fourfold } from "./sha256-fourfold.ts";
import { BUFFER, memory, resetState, scalarHashes, state } from "./sha256-scalar.ts";

/**
 * Looks for a nonce with which the hash of a header is at most `target32le`.
 *
 * @returns the first such nonce of the `tries` from `startNonce` on, or -1
 */
export function grindHeader(
  header80: Uint8Array,
  target32le: Uint8Array,
  startNonce: number,
  tries: number,
): number {
  const end = Math.min(startNonce + tries, 0x100000000);
  const header = header80.slice();
  const { midstate, tail, limit, grind } = fourfold();
  resetState();
  memory.set(header.subarray(0, 64), BUFFER);
  scalarHashes.compress(BUFFER, 1);
  midstate.set(state);
  const view = new DataView(header.buffer);
  for (let i = 0; i < 3; i++) tail[i] = view.getUint32(64 + 4 * i);
  limit[0] = readU32(target32le, 28);

  let nonce = startNonce;
  while (nonce < end) {
    const quads = Math.ceil((end - nonce) / 4);
    const found = grind(nonce, quads) >>> 0;
    // Past the last nonce of all it comes out as 0.
    nonce = found < nonce ? end : found;
    for (const last = Math.min(nonce + 4, end); nonce < last; nonce++) {
      writeU32(header, 76, nonce);
      sha256dInto(header, 0, 80, hash, 0);
      if (isAtMost(hash, target32le)) return nonce;
    }
  }
  return -1;
}

const hash = new Uint8Array(32);

function isAtMost(hash: Uint8Array, target: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (hash[i] as number) - (target[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return true;
}
