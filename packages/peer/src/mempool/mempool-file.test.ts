import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { hashKey } from "@compeer/protocol/bytes/hash";
import fc from "fast-check";
import { Mempool } from "./mempool.ts";
import { decodeMempool, encodeMempool, loadMempool, saveMempool } from "./mempool-file.ts";
import { DEFAULT_MEMPOOL_OPTIONS } from "./mempool-options.ts";
import { draft, Ledger } from "./testing/ledger.ts";

const COIN = 1e8;
const NOW = 1_700_000_000;
const KEY = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function mempoolOn(ledger: Ledger): Mempool {
  const log = { info: () => {}, debug: () => {}, error: () => {} };
  const parts = { chain: ledger, clock: { now: () => NOW }, log };
  return new Mempool(parts, DEFAULT_MEMPOOL_OPTIONS);
}

const sample = {
  transactions: [
    { tx: draft([{ txid: new Uint8Array(32), index: 1 }], [5, 6]), time: NOW, delta: -7 },
  ],
  deltas: new Map([["d".repeat(32), 99]]),
  unbroadcast: ["u".repeat(32)],
};

describe("mempool file", () => {
  it("brings a mempool back as it was: parents, times, priorities and what is to be announced", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mempool-"));
    try {
      const ledger = new Ledger();
      const [coin] = ledger.fund([COIN]);
      const parent = draft([coin as NonNullable<typeof coin>], [COIN - 1000]);
      const spend = { txid: transactionId(parent), index: 0 };
      const child = draft([spend], [COIN - 9000]);
      const first = mempoolOn(ledger);
      await first.submit(parent, { time: NOW - 60 });
      await first.submit(child);
      first.prioritise(spend.txid, 50);
      first.prioritise(new Uint8Array(32), 1);
      first.markUnbroadcast(hashKey(spend.txid));
      const path = join(folder, "mempool.dat");
      await saveMempool(first, path);
      const second = mempoolOn(ledger);
      const options = { useCurrentTime: false, applyDeltas: true, applyUnbroadcast: true };
      const counts = await loadMempool(second, path, NOW, options);
      assert.deepEqual(counts, { accepted: 2, failed: 0, expired: 0, known: 0, unbroadcast: 1 });
      const again = second.get(hashKey(spend.txid));
      assert.equal(again?.time, NOW - 60);
      const { bytes } = again.tx;
      assert.equal(bytes.buffer.byteLength, bytes.length, "it shares no memory with the file");
      assert.deepEqual(second.deltas, first.deltas);
      assert.deepEqual(second.unbroadcast, first.unbroadcast);
      const later = NOW + DEFAULT_MEMPOOL_OPTIONS.expiry + 1;
      const late = await loadMempool(mempoolOn(ledger), path, later, options);
      assert.equal(late.expired, 2);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("reads what it wrote, in either version", () => {
    for (const key of [null, KEY]) {
      const { transactions, deltas, unbroadcast } = decodeMempool(encodeMempool(sample, key));
      assert.deepEqual(transactions[0]?.tx.raw, sample.transactions[0]?.tx.raw);
      assert.equal(transactions[0]?.time, NOW);
      assert.equal(transactions[0]?.delta, -7);
      assert.deepEqual(deltas, sample.deltas);
      assert.deepEqual(unbroadcast, sample.unbroadcast);
    }
  });

  it("refuses a file that is cut short, or goes on", () => {
    const bytes = encodeMempool(sample, KEY);
    for (let end = 0; end < bytes.length; end++)
      assert.throws(() => decodeMempool(bytes.subarray(0, end)), DecodeError);
    assert.throws(() => decodeMempool(Uint8Array.of(...bytes, 0)), DecodeError);
  });

  it("survives any damage with a DecodeError at most", () => {
    const bytes = encodeMempool(sample, null);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        try {
          decodeMempool(damaged);
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }),
    );
  });
});
