import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TransactionRequests } from "./transaction-requests.ts";

const HASH = new Uint8Array(32);

function announce(
  requests: TransactionRequests,
  peerId: number,
  options: { key?: string; from?: number; isPreferred?: boolean } = {},
): void {
  const { key = "t", from = 0, isPreferred = false } = options;
  requests.announced({ hash: HASH, key, isWtxid: true, peerId, isPreferred, from });
}

function ask(requests: TransactionRequests, peerId: number, nowMs: number): number {
  const ready = requests.requestable(peerId, nowMs);
  for (const entry of ready) requests.requested(entry, nowMs);
  return ready.length;
}

describe("TransactionRequests", () => {
  it("asks one peer at a time and the next after a minute, the first never again (P02)", () => {
    const requests = new TransactionRequests();
    announce(requests, 1);
    announce(requests, 2);
    assert.equal(ask(requests, 2, 1), 0);
    assert.equal(ask(requests, 1, 1), 1);
    assert.equal(ask(requests, 2, 60_000), 0);
    announce(requests, 1);
    assert.equal(ask(requests, 1, 60_001), 0);
    assert.equal(ask(requests, 2, 60_001), 1);
  });

  it("prefers outbound peers among those whose time has come", () => {
    const requests = new TransactionRequests();
    announce(requests, 1);
    announce(requests, 2, { isPreferred: true, from: 2000 });
    assert.equal(requests.requestable(1, 1999).length, 1);
    assert.equal(requests.requestable(1, 2000).length, 0);
    assert.equal(requests.requestable(2, 2000).length, 1);
  });

  it("keeps 5,000 announcements of a peer and no more (D12, CVE-2018-17145)", () => {
    const requests = new TransactionRequests();
    for (let i = 0; i < 6000; i++) announce(requests, 1, { key: `t${i}` });
    assert.equal(requests.count(1), 5000);
  });

  it("passes the turn on when a peer leaves or does not have it", () => {
    const requests = new TransactionRequests();
    for (const peerId of [1, 2, 3]) announce(requests, peerId);
    assert.equal(ask(requests, 1, 0), 1);
    requests.forgetPeer(1);
    assert.equal(ask(requests, 2, 0), 1);
    requests.answered(2, "t");
    assert.equal(ask(requests, 3, 0), 1);
    requests.answered(3, "t");
    assert.deepEqual(
      [1, 2, 3].map((peerId) => requests.count(peerId)),
      [0, 0, 0],
    );
  });
});
