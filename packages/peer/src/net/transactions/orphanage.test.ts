import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import fc from "fast-check";
import { draft } from "../../mempool/testing/ledger.ts";
import { Orphanage } from "./orphanage.ts";
import { outpointKeys } from "./spent-keys.ts";

const txid = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const FIRST = (): number => 0;

/** Spends `inputs` outputs of the transaction named by `parent`, from `index` on. */
function child(parent: number, index = 0, inputs = 1): TransactionView {
  const spent = Array.from({ length: inputs }, (_, i) => ({
    txid: txid(parent),
    index: index + i,
  }));
  return draft(spent, [1]);
}

function add(orphans: Orphanage, tx: TransactionView, peerId: number): boolean {
  return orphans.add(tx, transactionId(tx), witnessTransactionId(tx), peerId);
}

function key(tx: TransactionView): string {
  return hashKey(witnessTransactionId(tx));
}

describe("Orphanage", () => {
  it("is bounded, and who floods it pushes out only his own (D06, CVE-2012-3789)", () => {
    const orphans = new Orphanage({ latency: 100, weightPerPeer: 404_000 });
    const honest = child(1);
    add(orphans, honest, 1);
    const flood = Array.from({ length: 500 }, (_, i) => child(2, i));
    for (const tx of flood) add(orphans, tx, 2);
    assert.equal(orphans.latency, 100);
    assert.ok(orphans.has(key(honest)));
    assert.ok(orphans.has(key(flood[499] as TransactionView)), "the newest of the flood stay");
    assert.ok(!orphans.has(key(flood[0] as TransactionView)));
  });

  it("bounds memory by weight for each peer (D06)", () => {
    const heavy = child(2, 0, 2);
    const orphans = new Orphanage({ latency: 3000, weightPerPeer: 3 * heavy.weight });
    for (let i = 0; i < 10; i++) add(orphans, child(2, 2 * i, 2), 2);
    assert.equal(orphans.size, 3);
    add(orphans, child(1), 1);
    assert.equal(orphans.weight, 3 * heavy.weight + child(1).weight);
  });

  it("counts inputs: a few with many cost as much as many with few (D05)", () => {
    const orphans = new Orphanage({ latency: 100, weightPerPeer: 404_000 });
    for (let i = 0; i < 20; i++) add(orphans, child(2, 100 * i, 100), 2);
    assert.equal(orphans.size, 9);
    assert.equal(orphans.latency, 99);
  });

  it("keeps an orphan as long as one of those who have it stays", () => {
    const orphans = new Orphanage();
    const tx = child(1);
    assert.equal(add(orphans, tx, 1), true);
    assert.equal(add(orphans, tx, 2), false);
    orphans.addAnnouncer(key(tx), 3);
    assert.deepEqual([...(orphans.get(key(tx))?.announcers.keys() ?? [])], [1, 2, 3]);
    orphans.removePeer(1);
    orphans.removePeer(3);
    assert.ok(orphans.has(key(tx)));
    orphans.removePeer(2);
    assert.deepEqual([orphans.size, orphans.latency, orphans.weight], [0, 0, 0]);
  });

  it("gives each child of a parent to one peer to try again, once", () => {
    const orphans = new Orphanage();
    for (const tx of [child(1, 0), child(1, 1)]) for (const peer of [1, 2]) add(orphans, tx, peer);
    assert.deepEqual(orphans.parentCame(txid(1), 2, FIRST), new Set([1]));
    assert.deepEqual(orphans.parentCame(txid(1), 2, FIRST), new Set(), "they are at work");
    assert.equal(orphans.hasWork(2), false);
    const tried = [orphans.takeWork(1), orphans.takeWork(1)].map((orphan) => orphan?.wtxidKey);
    assert.deepEqual(tried, [key(child(1, 0)), key(child(1, 1))]);
    assert.equal(orphans.takeWork(1), null);
    assert.equal(orphans.size, 2, "they stay until there is a verdict");
    orphans.parentCame(txid(1), 2, FIRST);
    orphans.removePeer(1);
    orphans.parentCame(txid(1), 2, FIRST);
    assert.equal(orphans.hasWork(2), true, "who goes away holds nothing up");
  });

  it("finds the children of a parent that one peer has, newest first", () => {
    const orphans = new Orphanage();
    for (const i of [0, 1, 2]) add(orphans, child(1, i), 1);
    add(orphans, child(1, 3), 2);
    const found = orphans.childrenFrom(1, txid(1), 4).map(({ wtxidKey }) => wtxidKey);
    assert.deepEqual(found, [key(child(1, 2)), key(child(1, 1)), key(child(1, 0))]);
    assert.deepEqual(orphans.childrenFrom(1, txid(2), 4), []);
  });

  it("drops what a block's inputs make impossible", () => {
    const orphans = new Orphanage();
    const tx = child(1);
    add(orphans, tx, 1);
    assert.equal(orphans.removeSpenders(outpointKeys(tx)), 1);
    assert.equal(orphans.size, 0);
  });

  it("takes none over the standard weight", () => {
    const huge = draft([{ txid: txid(1), index: 0 }], [1], { script: new Uint8Array(100_001) });
    assert.equal(add(new Orphanage(), huge, 1), false);
  });

  it("keeps its books right, and nobody within his share loses anything, whatever happens", () => {
    const limits = { latency: 30, weightPerPeer: 2000 };
    const step = fc.tuple(
      fc.constantFrom("add", "add", "add", "announce", "remove", "leave", "came", "take"),
      fc.nat(4),
      fc.nat(40),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const orphans = new Orphanage(limits);
        for (const [what, peerId, n] of steps) {
          const tx = child(n % 5, n, 1 + (n % 13));
          if (what === "add") add(orphans, tx, peerId);
          else if (what === "announce") orphans.addAnnouncer(key(tx), peerId);
          else if (what === "remove") orphans.remove(key(tx));
          else if (what === "leave") orphans.removePeer(peerId);
          else if (what === "came") orphans.parentCame(txid(n % 5), 60, FIRST);
          else orphans.takeWork(peerId);
          const peers = new Set<number>();
          let weight = 0;
          let latency = 0;
          for (const orphan of orphans.orphans()) {
            for (const id of orphan.announcers.keys()) peers.add(id);
            assert.ok(orphan.announcers.size > 0);
            weight += orphan.tx.weight;
            latency += orphan.announcers.size + Math.floor(orphan.tx.inputCount / 10);
          }
          assert.deepEqual([orphans.weight, orphans.latency], [weight, latency]);
          assert.ok(latency <= limits.latency);
          assert.ok(weight <= limits.weightPerPeer * Math.max(1, peers.size));
        }
        for (let id = 0; id < 5; id++) orphans.removePeer(id);
        assert.deepEqual([orphans.size, orphans.weight, orphans.latency], [0, 0, 0]);
      }),
      { numRuns: 50 },
    );
  });
});
