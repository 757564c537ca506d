import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TransactionRequests } from "./transaction-requests.ts";

const MINUTE = 60_000;

interface How {
  readonly key?: string;
  readonly delay?: number;
  readonly isPreferred?: boolean;
}

function announce(requests: TransactionRequests, peerId: number, how: How = {}): void {
  const { key = "t".repeat(32), delay = 0, isPreferred = false } = how;
  requests.announced({ key, isWtxid: true }, { id: peerId, isPreferred }, 0, delay);
}

/** Asks the peer for all that may be asked; how many. */
function ask(requests: TransactionRequests, peerId: number, nowMs: number): number {
  const ready = requests.requestable(peerId, nowMs);
  for (const { key } of ready) requests.requested(peerId, key, nowMs);
  return ready.length;
}

/** Which of the peers is asked. */
function asked(requests: TransactionRequests, peers: readonly number[], nowMs: number): number[] {
  return peers.filter((peerId) => ask(requests, peerId, nowMs) > 0);
}

describe("TransactionRequests", () => {
  it("asks one peer at a time and the next after a minute, the first never again (P02)", () => {
    const requests = new TransactionRequests(1);
    for (const peerId of [1, 2]) announce(requests, peerId);
    const [first] = asked(requests, [1, 2], 1);
    assert.ok(first !== undefined);
    assert.deepEqual(asked(requests, [1, 2], MINUTE), []);
    announce(requests, first);
    assert.deepEqual(asked(requests, [1, 2], MINUTE + 1), [3 - first]);
  });

  it("asks within the seconds of an announcement however many silent peers came before (P02)", () => {
    const requests = new TransactionRequests(7);
    const peers = Array.from({ length: 20 }, (_, i) => i);
    for (const peerId of peers) announce(requests, peerId);
    const order: number[] = [];
    for (let round = 0; round < 20; round++)
      order.push(...asked(requests, peers, round * (MINUTE + 1)));
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      peers,
      "everybody once",
    );
    assert.notDeepEqual(order, peers, "who comes first gains nothing");
  });

  it("prefers outbound peers among those whose time has come", () => {
    const requests = new TransactionRequests(1);
    announce(requests, 1);
    announce(requests, 2, { isPreferred: true, delay: 2000 });
    assert.equal(requests.requestable(1, 1999).length, 1);
    assert.equal(requests.requestable(1, 2000).length, 0);
    assert.equal(requests.requestable(2, 2000).length, 1);
  });

  it("passes the turn on when a peer leaves or does not have it", () => {
    const requests = new TransactionRequests(1);
    for (const peerId of [1, 2, 3]) announce(requests, peerId);
    const [first = 0] = asked(requests, [1, 2, 3], 0);
    requests.forgetPeer(first);
    const left = [1, 2, 3].filter((id) => id !== first);
    const [second = 0] = asked(requests, left, 0);
    requests.answered(second, "t".repeat(32));
    const [third = 0] = asked(requests, left, 0);
    assert.deepEqual([first, second, third].sort(), [1, 2, 3]);
    requests.answered(third, "t".repeat(32));
    assert.equal(requests.size, 0, "with nobody left to ask nothing is kept");
  });

  it("keeps nothing of a transaction that is settled, nor of a peer that left", () => {
    const requests = new TransactionRequests(1);
    for (const peerId of [1, 2])
      for (let i = 0; i < 10; i++) announce(requests, peerId, { key: `${i}`.padEnd(32) });
    ask(requests, 1, 0);
    requests.forget("0".padEnd(32));
    assert.equal(requests.size, 18);
    requests.forgetPeer(1);
    assert.deepEqual([requests.count(1), requests.count(2), requests.inFlight(1)], [0, 9, 0]);
    assert.equal(ask(requests, 2, 0), 9);
  });

  it("counts the questions that are open", () => {
    const requests = new TransactionRequests(1);
    for (let i = 0; i < 5; i++) announce(requests, 1, { key: `${i}`.padEnd(32) });
    assert.equal(ask(requests, 1, 0), 5);
    assert.equal(requests.inFlight(1), 5);
    requests.answered(1, "3".padEnd(32));
    assert.equal(requests.inFlight(1), 4);
    requests.requestable(1, MINUTE);
    assert.equal(requests.inFlight(1), 0);
  });

  it("names those that could still be asked", () => {
    const requests = new TransactionRequests(1);
    for (const peerId of [1, 2, 3]) announce(requests, peerId);
    requests.answered(2, "t".repeat(32));
    assert.deepEqual(requests.candidates("t".repeat(32)), [1, 3]);
    assert.deepEqual(requests.candidates("u".repeat(32)), []);
  });
});
