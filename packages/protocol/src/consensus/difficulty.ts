import { difficultyInterval, type Network } from "../bitcoin/network.ts";
import type { ChainPoint } from "./chain-point.ts";

/** A number in the compact form of the header's `bits`: one byte of size, then sign and 23 bits. */
export interface CompactTarget {
  readonly target: bigint;
  readonly negative: boolean;
  /** True when the number takes more than 256 bits; `target` is then its low 256 bits. */
  readonly overflow: boolean;
}

const LIMIT_256 = 1n << 256n;

/** Core: arith_uint256::SetCompact. */
export function decodeTarget(bits: number): CompactTarget {
  const size = bits >>> 24;
  let word = bits & 0x007fffff;
  if (size <= 3) word >>>= 8 * (3 - size);
  const target =
    size <= 3 ? BigInt(word) : BigInt.asUintN(256, BigInt(word) << BigInt(8 * (size - 3)));
  const overflow =
    word !== 0 && (size > 34 || (word > 0xff && size > 33) || (word > 0xffff && size > 32));
  return { target, negative: word !== 0 && (bits & 0x00800000) !== 0, overflow };
}

/** The compact form of `target`, which drops all but its leading 23 bits or so. Core: GetCompact. */
export function encodeTarget(target: bigint): number {
  let size = Math.ceil(bitLength(target) / 8);
  let word =
    size <= 3 ? Number(target) << (8 * (3 - size)) : Number(target >> BigInt(8 * (size - 3)));
  // A leading 0x80 would read as the sign.
  if ((word & 0x00800000) !== 0) {
    word >>>= 8;
    size++;
  }
  return ((size << 24) | word) >>> 0;
}

/** The target that `bits` state, when it is one at all and at most `powLimit`. Core: DeriveTarget. */
export function validTarget(bits: number, powLimit: bigint): bigint | null {
  const { target, negative, overflow } = decodeTarget(bits);
  return negative || overflow || target === 0n || target > powLimit ? null : target;
}

/** Expected number of hashes that a block of these bits took: 2^256 / (target + 1). Core: GetBlockProof. */
export function blockWork(bits: number): bigint {
  const { target, negative, overflow } = decodeTarget(bits);
  return negative || overflow || target === 0n ? 0n : LIMIT_256 / (target + 1n);
}

/** How many times harder than the easiest target of main a block is. Core: rpc GetDifficulty. */
export function difficulty(bits: number): number {
  let shift = bits >>> 24;
  let value = 0xffff / (bits & 0x00ffffff);
  for (; shift < 29; shift++) value *= 256;
  for (; shift > 29; shift--) value /= 256;
  return value;
}

/** True when the hash, read as a little-endian number, is at most `target`. */
export function meetsTarget(hash: Uint8Array, target: bigint): boolean {
  return hashNumber(hash) <= target;
}

function hashNumber(hash: Uint8Array): bigint {
  let digits = "0x";
  for (let i = hash.length - 1; i >= 0; i--)
    digits += (hash[i] as number).toString(16).padStart(2, "0");
  return BigInt(digits);
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/**
 * The `bits` that a child of `parent` with header time `time` must have. Core: GetNextWorkRequired.
 */
export function nextWorkRequired(parent: ChainPoint, time: number, network: Network): number {
  const interval = difficultyInterval(network);
  if ((parent.height + 1) % interval !== 0)
    return network.allowMinDifficultyBlocks
      ? minDifficultyBits(parent, time, network)
      : parent.bits;
  const first = parent.ancestor(parent.height - (interval - 1));
  if (first === null) throw new Error("the chain ends within a difficulty period");
  return retarget(parent, first, network);
}

/** Test networks: the least difficulty after 20 minutes, else that of the last block not of that kind. */
function minDifficultyBits(parent: ChainPoint, time: number, network: Network): number {
  const easiest = encodeTarget(network.powLimit);
  if (time > parent.time + network.targetSpacing * 2) return easiest;
  const interval = difficultyInterval(network);
  let at = parent;
  while (at.parent !== null && at.height % interval !== 0 && at.bits === easiest) at = at.parent;
  return at.bits;
}

/** `first` and `last` bound a period. Core: CalculateNextWorkRequired. */
function retarget(last: ChainPoint, first: ChainPoint, network: Network): number {
  if (network.noRetargeting) return last.bits;
  const { targetTimespan } = network;
  const taken = Math.min(Math.max(last.time - first.time, targetTimespan / 4), targetTimespan * 4);
  // BIP94: the period's first block cannot use the exception, so it has kept the real difficulty.
  const bits = network.enforceBip94 ? first.bits : last.bits;
  return encodeTarget(scaled(bits, taken, network));
}

/** The target of `bits` times `timespan` over the intended one, at most the limit of the network. */
function scaled(bits: number, timespan: number, network: Network): bigint {
  // Core multiplies in 256 bits; wrapping there is part of the rule on networks with a high limit.
  const product = BigInt.asUintN(256, decodeTarget(bits).target * BigInt(timespan));
  const target = product / BigInt(network.targetTimespan);
  return target > network.powLimit ? network.powLimit : target;
}

/**
 * False when no chain can go from a block of `oldBits` to one of `newBits` at `height`: the check of
 * headers whose ancestors are not kept. Core: PermittedDifficultyTransition.
 */
export function isPermittedTransition(
  network: Network,
  height: number,
  oldBits: number,
  newBits: number,
): boolean {
  if (network.allowMinDifficultyBlocks) return true;
  if (height % difficultyInterval(network) !== 0) return oldBits === newBits;
  const { targetTimespan } = network;
  const observed = decodeTarget(newBits).target;
  const largest = encodeTarget(scaled(oldBits, targetTimespan * 4, network));
  const smallest = encodeTarget(scaled(oldBits, targetTimespan / 4, network));
  return observed <= decodeTarget(largest).target && observed >= decodeTarget(smallest).target;
}
