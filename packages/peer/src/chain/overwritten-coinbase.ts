import { equalBytes } from "@compeer/protocol/bytes/compare";
import { parseHash } from "@compeer/protocol/bytes/hash";

const OVERWRITTEN: ReadonlyMap<number, Uint8Array> = new Map([
  [91722, parseHash("00000000000271a2dc26e7667f8419f2e15416dc6955e5a6c6cdf3f2574dd08e")],
  [91812, parseHash("00000000000af0aed4792b1acee3d966af36cf5def14935db8de83d6f9306f2f")],
]);

/**
 * True for the two blocks whose coinbase came a second time before it was spent. What the second one
 * overwrote is gone, so that these blocks cannot be reverted cleanly. Core: IsBIP30Unspendable.
 */
export function hasOverwrittenCoinbase(hash: Uint8Array, height: number): boolean {
  const overwritten = OVERWRITTEN.get(height);
  return overwritten !== undefined && equalBytes(overwritten, hash);
}
