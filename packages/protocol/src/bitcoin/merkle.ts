import { sha256dPairs } from "../crypto/sha256.ts";

export interface MerkleRoot {
  readonly root: Uint8Array;
  /** True when two equal hashes were paired: another list has the same root (CVE-2012-2459). */
  readonly mutated: boolean;
}

/** Root over `leaves`, 32 bytes each in a row; zeros for no leaf. The leaves are left as they are. */
export function merkleRoot(leaves: Uint8Array): MerkleRoot {
  let count = leaves.length / 32;
  if (count === 0) return { root: new Uint8Array(32), mutated: false };
  const level = new Uint8Array((count + 1) * 32);
  level.set(leaves);
  let mutated = false;
  while (count > 1) {
    mutated ||= hasEqualPair(level, count);
    if (count % 2 === 1) level.copyWithin(count * 32, (count - 1) * 32, count * 32);
    count = (count + 1) >>> 1;
    sha256dPairs(level, count, level);
  }
  return { root: level.slice(0, 32), mutated };
}

function hasEqualPair(level: Uint8Array, count: number): boolean {
  for (let pair = 0; pair + 1 < count; pair += 2) {
    const at = pair * 32;
    let i = 0;
    while (i < 32 && level[at + i] === level[at + 32 + i]) i++;
    if (i === 32) return true;
  }
  return false;
}
