import { hashKey } from "../bytes/hash.ts";
import type { GroupPool } from "./select-best.ts";
import { type CoinKind, effectiveValue, type SelectableCoin } from "./select-coin.ts";
import { type CoinGroup, groupCoins } from "./select-group.ts";

/** A group larger than this would surprise with its fee. Core: OUTPUT_GROUP_MAX_ENTRIES. */
export const MAX_GROUP_SIZE = 100;

/** Which groups may be spent. Core: CoinEligibilityFilter. */
export interface Eligibility {
  /** Least confirmations of our own coins, and of those from others. */
  readonly confirmedMine: number;
  readonly confirmedTheirs: number;
  readonly maxAncestors: number;
  readonly maxDescendants: number;
  /** Whether part of an address may be spent that has more than one full group. */
  readonly partialGroups: boolean;
}

export function isEligible(group: CoinGroup, filter: Eligibility): boolean {
  return (
    group.depth >= (group.isFromMe ? filter.confirmedMine : filter.confirmedTheirs) &&
    group.ancestors <= filter.maxAncestors &&
    group.descendants <= filter.maxDescendants
  );
}

/** Groups of one kind of input; `isPartial` when others of the same address are full. */
export interface KindGroup {
  readonly kind: CoinKind;
  readonly group: CoinGroup;
  readonly isPartial: boolean;
  /** Whether it stands among those that pay for themselves, among all, or in both. */
  readonly pool: "positive" | "mixed" | "both";
}

/** Every coin by itself, or all of an address together. Core: GroupOutputs. */
export function makeGroups(
  coins: readonly SelectableCoin[],
  avoidPartialSpends: boolean,
  subtractFee: boolean,
): KindGroup[] {
  if (!avoidPartialSpends)
    return coins.map((coin) => ({
      kind: coin.kind,
      group: groupCoins([coin], subtractFee),
      isPartial: false,
      pool: "both",
    }));
  const groups: KindGroup[] = [];
  for (const same of byAddress(coins).values()) {
    addGroups(groups, same, subtractFee, "mixed");
    const positive = same.filter((coin) => effectiveValue(coin) > 0);
    addGroups(groups, positive, subtractFee, "positive");
  }
  return groups;
}

function byAddress(coins: readonly SelectableCoin[]): Map<string, SelectableCoin[]> {
  const addresses = new Map<string, SelectableCoin[]>();
  for (const coin of coins) {
    const key = hashKey(coin.script);
    const same = addresses.get(key);
    if (same === undefined) addresses.set(key, [coin]);
    else same.push(coin);
  }
  return addresses;
}

/** Coins of one address as groups that are not too large. */
function addGroups(
  groups: KindGroup[],
  same: readonly SelectableCoin[],
  subtractFee: boolean,
  pool: "positive" | "mixed",
): void {
  for (let start = 0; start < same.length; start += MAX_GROUP_SIZE) {
    const members = same.slice(start, start + MAX_GROUP_SIZE);
    const isPartial = start > 0 && start + MAX_GROUP_SIZE >= same.length;
    const { kind } = members[0] as SelectableCoin;
    groups.push({ kind, group: groupCoins(members, subtractFee), isPartial, pool });
  }
}

/** What a filter lets through, each kind by itself. */
export function filterGroups(
  groups: readonly KindGroup[],
  filter: Eligibility,
): ReadonlyMap<CoinKind, GroupPool> {
  const kinds = new Map<CoinKind, GroupPool>();
  for (const { kind, group, isPartial, pool } of groups) {
    if (!isEligible(group, filter) || (isPartial && !filter.partialGroups)) continue;
    let own = kinds.get(kind);
    if (own === undefined) {
      own = { positive: [], mixed: [] };
      kinds.set(kind, own);
    }
    if (pool !== "mixed" && group.amount > 0) own.positive.push(group);
    if (pool !== "positive") own.mixed.push(group);
  }
  return kinds;
}

/** All kinds together. */
export function joinPools(pools: Iterable<GroupPool>): GroupPool {
  const all = [...pools];
  return {
    positive: all.flatMap(({ positive }) => positive),
    mixed: all.flatMap(({ mixed }) => mixed),
  };
}
