import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type EvictionCandidate, protectByRatio, selectPeerToEvict } from "./inbound-eviction.ts";

/** Peers that differ in nothing but their age: the higher the id, the younger. */
function peers(
  count: number,
  change: (id: number) => Partial<EvictionCandidate> = () => ({}),
): EvictionCandidate[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    connectedAt: 1000 + id,
    minPing: Number.POSITIVE_INFINITY,
    lastBlockAt: 0,
    lastTransactionAt: 0,
    hasRelevantServices: true,
    relaysTransactions: true,
    hasBloomFilter: false,
    keyedGroup: BigInt(id),
    isPreferred: false,
    isLocal: false,
    network: "ipv4",
    ...change(id),
  }));
}

/** True when the peers with these ids are never the one that goes, whatever order they come in. */
function areSafe(candidates: readonly EvictionCandidate[], ids: (id: number) => boolean): boolean {
  let left = [...candidates].reverse();
  for (let id = selectPeerToEvict(left); id !== null; id = selectPeerToEvict(left)) {
    if (ids(id)) return false;
    left = left.filter((peer) => peer.id !== id);
    if (left.length < 29) break;
  }
  return true;
}

// Core: src/test/net_peer_eviction_tests.cpp
describe("selectPeerToEvict", () => {
  it("evicts nobody while all are protected", () => {
    assert.equal(selectPeerToEvict([]), null);
    assert.equal(selectPeerToEvict(peers(20)), null);
    assert.notEqual(selectPeerToEvict(peers(29)), null);
  });

  it("never evicts the four highest keyed groups", () => {
    const all = peers(100, (id) => ({ keyedGroup: BigInt(1000 - id), connectedAt: 5000 - id }));
    assert.ok(areSafe(all, (id) => id < 4));
  });

  it("never evicts the eight that answer fastest", () => {
    assert.ok(
      areSafe(
        peers(100, (id) => ({ minPing: id + 1, keyedGroup: 1n })),
        (id) => id < 8,
      ),
    );
  });

  it("never evicts the four that brought transactions last, nor those that brought blocks", () => {
    const byTransaction = peers(100, (id) => ({ keyedGroup: 1n, lastTransactionAt: id }));
    assert.ok(areSafe(byTransaction, (id) => id >= 96));
    const byBlock = peers(100, (id) => ({ keyedGroup: 1n, lastBlockAt: id }));
    assert.ok(areSafe(byBlock, (id) => id >= 96));
  });

  it("never evicts the eight that relay only blocks and brought the last", () => {
    const all = peers(100, (id) => ({
      keyedGroup: 1n,
      lastBlockAt: id,
      relaysTransactions: false,
    }));
    assert.ok(areSafe(all, (id) => id >= 92));
  });

  it("evicts the youngest of the largest group, of the discouraged ones first", () => {
    const all = peers(60, (id) => ({ keyedGroup: id >= 40 ? 7n : BigInt(100 + id) }));
    assert.equal(selectPeerToEvict(all), 59);
    const marked = all.map((peer) => ({ ...peer, isPreferred: peer.id === 45 }));
    assert.equal(selectPeerToEvict(marked), 45);
  });

  it("protects half of the rest, of these up to half by slow networks, the rarest first", () => {
    const of = (id: number): Partial<EvictionCandidate> => {
      if (id >= 90) return { network: "onion" };
      return id >= 88 ? { network: "i2p" } : {};
    };
    const left = protectByRatio(peers(100, of));
    assert.equal(left.length, 50);
    // 12 of slow networks, all protected though they are the youngest; the other 38 by age.
    assert.ok(left.every(({ id }) => id >= 38 && id < 88));
  });

  it("keeps who was there first when an attacker fills all slots (P06)", () => {
    const honest = peers(40, (id) => ({ connectedAt: 100 + id, lastTransactionAt: 100 }));
    let all = honest;
    for (let n = 0; n < 1000; n++) {
      const attacker = { ...(peers(1)[0] as EvictionCandidate), id: 1000 + n };
      all = [...all, { ...attacker, connectedAt: 2000 + n, keyedGroup: BigInt(n % 3) }];
      if (all.length <= 114) continue;
      const gone = selectPeerToEvict(all);
      all = all.filter(({ id }) => id !== gone);
    }
    assert.ok(all.filter(({ id }) => id < 1000).length >= 38);
  });
});
