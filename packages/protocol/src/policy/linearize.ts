import { addBit, addBits, type BitSet, bitSet, hasBit, intersects, removeBit } from "./bit-set.ts";
import { compareRates, type FeeSize } from "./fee-rate.ts";

/** A transaction of a cluster; parents are positions in the same list. */
export interface ClusterNode extends FeeSize {
  readonly parents: readonly number[];
}

/** Transactions that are best mined together, by their positions, parents before children. */
export interface Chunk extends FeeSize {
  readonly members: readonly number[];
}

/**
 * The order in which a miner would take the transactions of a cluster, cut into chunks of falling
 * rate. Takes the ancestor set of the best rate again and again, then improves the order by moving
 * groups that pay more before those that pay less. Core: src/cluster_linearize.h (PostLinearize).
 */
export function linearize(nodes: readonly ClusterNode[]): Chunk[] {
  if (nodes.length === 1) {
    const { fee, size } = nodes[0] as ClusterNode;
    return [{ fee, size, members: [0] }];
  }
  const ancestors = ancestorSets(nodes);
  const byAncestors = takeBestAncestorSets(nodes, ancestors);
  const descendants = transpose(ancestors);
  const backward = regroup(nodes, byAncestors.reverse(), descendants, -1).reverse();
  return cut(nodes, regroup(nodes, backward, ancestors, 1));
}

/** For each node the set of all it needs, itself included. */
function ancestorSets(nodes: readonly ClusterNode[]): BitSet[] {
  const sets: (BitSet | undefined)[] = new Array(nodes.length);
  for (let start = 0; start < nodes.length; start++) {
    const path = [start];
    while (path.length > 0) {
      const at = path[path.length - 1] as number;
      const { parents } = nodes[at] as ClusterNode;
      const missing = sets[at] ? undefined : parents.find((parent) => sets[parent] === undefined);
      if (missing !== undefined) {
        path.push(missing);
        continue;
      }
      path.pop();
      if (sets[at] === undefined) sets[at] = joined(at, parents, sets as BitSet[], nodes.length);
    }
  }
  return sets as BitSet[];
}

function joined(
  node: number,
  parents: readonly number[],
  sets: readonly BitSet[],
  count: number,
): BitSet {
  const set = bitSet(count);
  addBit(set, node);
  for (const parent of parents) addBits(set, sets[parent] as BitSet);
  return set;
}

function transpose(sets: readonly BitSet[]): BitSet[] {
  const result = sets.map(() => bitSet(sets.length));
  for (let from = 0; from < sets.length; from++)
    for (let to = 0; to < sets.length; to++)
      if (hasBit(sets[from] as BitSet, to)) addBit(result[to] as BitSet, from);
  return result;
}

/** Repeatedly the node whose ancestors that are left pay the best rate, with these. */
function takeBestAncestorSets(
  nodes: readonly ClusterNode[],
  ancestors: readonly BitSet[],
): number[] {
  const counts = ancestors.map(countBits);
  const topological = nodes.map((_, node) => node);
  topological.sort((a, b) => (counts[a] as number) - (counts[b] as number) || a - b);
  const left = bitSet(nodes.length);
  for (const node of topological) addBit(left, node);
  const order: number[] = [];
  while (order.length < nodes.length) {
    const best = bestAncestorSet(nodes, ancestors, topological, left);
    for (const node of topological) {
      if (!hasBit(left, node) || !hasBit(ancestors[best] as BitSet, node)) continue;
      removeBit(left, node);
      order.push(node);
    }
  }
  return order;
}

function bestAncestorSet(
  nodes: readonly ClusterNode[],
  ancestors: readonly BitSet[],
  topological: readonly number[],
  left: BitSet,
): number {
  let best = -1;
  let bestRate: FeeSize = { fee: 0, size: 1 };
  for (const candidate of topological) {
    if (!hasBit(left, candidate)) continue;
    const rate = sumOf(nodes, ancestors[candidate] as BitSet, left);
    const order = best < 0 ? 1 : compareRates(rate, bestRate);
    if (order < 0 || (order === 0 && rate.size >= bestRate.size)) continue;
    best = candidate;
    bestRate = rate;
  }
  return best;
}

function sumOf(nodes: readonly ClusterNode[], set: BitSet, left: BitSet): FeeSize {
  let fee = 0;
  let size = 0;
  for (let word = 0; word < set.length; word++) {
    let bits = (set[word] as number) & (left[word] as number);
    while (bits !== 0) {
      const node = nodes[word * 32 + (31 - Math.clz32(bits & -bits))] as ClusterNode;
      fee += node.fee;
      size += node.size;
      bits &= bits - 1;
    }
  }
  return { fee, size };
}

function countBits(set: BitSet): number {
  let count = 0;
  for (const word of set) for (let bits = word; bits !== 0; bits &= bits - 1) count++;
  return count;
}

interface Group extends FeeSize {
  readonly members: readonly number[];
  readonly set: BitSet;
  /** All that some member needs to stand before it. */
  readonly needs: BitSet;
}

/**
 * Goes through `order` and moves each node forward past groups of worse rate, or joins the first of
 * them that it needs. With the descendants as needs and the sign turned, the same on the way back.
 */
function regroup(
  nodes: readonly ClusterNode[],
  order: readonly number[],
  needs: readonly BitSet[],
  sign: 1 | -1,
): number[] {
  const groups: Group[] = [];
  for (const node of order) {
    const { fee, size } = nodes[node] as ClusterNode;
    const set = bitSet(nodes.length);
    addBit(set, node);
    let group: Group = {
      fee: fee * sign,
      size,
      members: [node],
      set,
      needs: needs[node] as BitSet,
    };
    let at = groups.length;
    while (at > 0) {
      const previous = groups[at - 1] as Group;
      if (compareRates(group, previous) <= 0) break;
      at--;
      if (!intersects(group.needs, previous.set)) continue;
      group = merged(previous, group);
      groups.splice(at, 1);
    }
    groups.splice(at, 0, group);
  }
  return groups.flatMap((group) => group.members);
}

function merged(a: Group, b: Group): Group {
  const set = a.set.slice();
  addBits(set, b.set);
  const needs = a.needs.slice();
  addBits(needs, b.needs);
  const members = [...a.members, ...b.members];
  return { fee: a.fee + b.fee, size: a.size + b.size, members, set, needs };
}

/** Joins neighbours while the later one pays the better rate. */
function cut(nodes: readonly ClusterNode[], order: readonly number[]): Chunk[] {
  const chunks: Chunk[] = [];
  for (const node of order) {
    const { fee, size } = nodes[node] as ClusterNode;
    let chunk: Chunk = { fee, size, members: [node] };
    let before = chunks[chunks.length - 1];
    while (before !== undefined && compareRates(chunk, before) > 0) {
      chunks.pop();
      chunk = {
        fee: before.fee + chunk.fee,
        size: before.size + chunk.size,
        members: [...before.members, ...chunk.members],
      };
      before = chunks[chunks.length - 1];
    }
    chunks.push(chunk);
  }
  return chunks;
}
