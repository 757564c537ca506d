import type { NetworkKind } from "./addresses/address-class.ts";

/** What is known of an inbound peer when one has to go; times are seconds since 1970. */
export interface EvictionCandidate {
  readonly id: number;
  readonly connectedAt: number;
  /** Milliseconds; infinite before the first pong. */
  readonly minPing: number;
  readonly lastBlockAt: number;
  readonly lastTransactionAt: number;
  readonly hasRelevantServices: boolean;
  readonly relaysTransactions: boolean;
  readonly hasBloomFilter: boolean;
  /** Its group of addresses, under a key that nobody else knows. */
  readonly keyedGroup: bigint;
  /** It misbehaved once. */
  readonly isPreferred: boolean;
  readonly isLocal: boolean;
  readonly network: NetworkKind;
}

type Compare = (a: EvictionCandidate, b: EvictionCandidate) => number;

const byGroup: Compare = (a, b) =>
  a.keyedGroup < b.keyedGroup ? -1 : Number(a.keyedGroup > b.keyedGroup);
const byPing: Compare = (a, b) => (a.minPing === b.minPing ? 0 : b.minPing - a.minPing);
const youngestFirst: Compare = (a, b) => b.connectedAt - a.connectedAt;
const byTransaction: Compare = (a, b) =>
  a.lastTransactionAt - b.lastTransactionAt ||
  Number(a.relaysTransactions) - Number(b.relaysTransactions) ||
  Number(b.hasBloomFilter) - Number(a.hasBloomFilter) ||
  youngestFirst(a, b);
const byBlock: Compare = (a, b) =>
  a.lastBlockAt - b.lastBlockAt ||
  Number(a.hasRelevantServices) - Number(b.hasRelevantServices) ||
  youngestFirst(a, b);
const byBlockRelay: Compare = (a, b) =>
  Number(b.relaysTransactions) - Number(a.relaysTransactions) || byBlock(a, b);

/**
 * The inbound peer that makes room for another; null when all are protected. Whoever is hard to imitate
 * stays: by place, by speed, by having brought something, by age. Of the rest the largest group loses its
 * youngest. Core: SelectNodeToEvict.
 *
 * @param candidates inbound peers without the permission noban
 */
export function selectPeerToEvict(candidates: readonly EvictionCandidate[]): number | null {
  let left = protect(candidates, byGroup, 4);
  left = protect(left, byPing, 8);
  left = protect(left, byTransaction, 4);
  const isBlockRelay = (peer: EvictionCandidate): boolean =>
    !peer.relaysTransactions && peer.hasRelevantServices;
  left = protect(left, byBlockRelay, 8, isBlockRelay);
  left = protect(left, byBlock, 4);
  left = protectByRatio(left);
  const preferred = left.filter((peer) => peer.isPreferred);
  return youngestOfLargestGroup(preferred.length > 0 ? preferred : left);
}

/** Takes out the last `count` in the order, of these only who fits. */
function protect(
  candidates: readonly EvictionCandidate[],
  order: Compare,
  count: number,
  fits: (peer: EvictionCandidate) => boolean = () => true,
): EvictionCandidate[] {
  const sorted = [...candidates].sort(order);
  const first = Math.max(0, sorted.length - count);
  return sorted.filter((peer, i) => i < first || !fits(peer));
}

/** Networks that are slow by nature, the rarest first among equals. */
const DISADVANTAGED: readonly ((peer: EvictionCandidate) => boolean)[] = [
  (peer) => peer.network === "cjdns",
  (peer) => peer.network === "i2p",
  (peer) => peer.isLocal,
  (peer) => peer.network === "onion",
];

/** Half of them stay: up to half of these of slow networks, the others by age. */
export function protectByRatio(candidates: readonly EvictionCandidate[]): EvictionCandidate[] {
  const total = candidates.length >> 1;
  const maxSlow = total >> 1;
  let left = [...candidates];
  const groups = DISADVANTAGED.map((has) => ({ has, count: candidates.filter(has).length }));
  groups.sort((a, b) => a.count - b.count);
  let isAny = true;
  for (let saved = 0; saved < maxSlow && isAny; saved = candidates.length - left.length) {
    isAny = false;
    const filled = groups.filter(({ count }) => count > 0);
    const share = Math.max(1, Math.floor((maxSlow - saved) / Math.max(1, filled.length)));
    for (const group of filled) {
      const before = left.length;
      const order: Compare = (a, b) =>
        Number(group.has(a)) - Number(group.has(b)) || youngestFirst(a, b);
      left = protect(left, order, share, group.has);
      isAny ||= left.length < before;
      group.count -= before - left.length;
      if (candidates.length - left.length >= maxSlow) break;
    }
  }
  return protect(left, youngestFirst, total - (candidates.length - left.length));
}

/** @param candidates youngest first */
function youngestOfLargestGroup(candidates: readonly EvictionCandidate[]): number | null {
  const groups = new Map<bigint, EvictionCandidate[]>();
  let largest: readonly EvictionCandidate[] = [];
  for (const peer of candidates) {
    const group = groups.get(peer.keyedGroup) ?? [];
    groups.set(peer.keyedGroup, group);
    group.push(peer);
    const isYounger = (group[0]?.connectedAt ?? 0) > (largest[0]?.connectedAt ?? 0);
    if (group.length > largest.length || (group.length === largest.length && isYounger))
      largest = group;
  }
  return largest[0]?.id ?? null;
}
