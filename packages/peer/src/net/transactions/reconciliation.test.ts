import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { Writer } from "@compeer/protocol/bytes/writer";
import type { Judge } from "../judge.ts";
import { type Peer, RelayState } from "../peer.ts";
import { Reconciliation } from "./reconciliation.ts";

/** A peer at the point between version and verack, with what is sent to it. */
function stage(isOn = true): { reconciliation: Reconciliation; ended: string[]; lines: string[] } {
  const ended: string[] = [];
  const lines: string[] = [];
  const add = (text: string): void => {
    lines.push(text);
  };
  const log = {
    info: add,
    warning: add,
    error: add,
    debug: (_: string, text: string) => add(text),
  };
  const judge = { disconnect: (_: Peer, why: string) => ended.push(why) } as unknown as Judge;
  return { reconciliation: new Reconciliation({ log, judge, isOn }), ended, lines };
}

function newPeer(facts: Partial<Record<keyof Peer, unknown>> = {}): { peer: Peer; sent: string[] } {
  const sent: string[] = [];
  const connection = { sendPayload: (command: string) => sent.push(command) };
  const usual = {
    id: 3,
    isInbound: true,
    version: 70016,
    kind: "inbound",
    usesWtxid: true,
    isHandshakeDone: false,
  };
  const peer = { ...usual, relay: new RelayState(true), connection, ...facts };
  return { peer: peer as unknown as Peer, sent };
}

const answer = (version: number): Uint8Array =>
  new Writer().u32(version).raw(new Uint8Array(8)).finish();

describe("Reconciliation", () => {
  it("is offered to who takes transactions by wtxid, and to nobody else", () => {
    const { reconciliation } = stage();
    const offered = (facts: Partial<Record<keyof Peer, unknown>>, takes = true): number => {
      const { peer, sent } = newPeer(facts);
      reconciliation.offer(peer, takes);
      return sent.length;
    };
    assert.equal(offered({}), 1);
    assert.equal(offered({ version: 70015 }), 0);
    assert.equal(offered({ kind: "addr-fetch" }), 0);
    assert.equal(offered({ relay: null }), 0);
    assert.equal(offered({ relay: new RelayState(false) }), 0);
    assert.equal(offered({}, false), 0);
  });

  it("is not there unless it was switched on", () => {
    const { reconciliation, ended, lines } = stage(false);
    const { peer, sent } = newPeer();
    reconciliation.offer(peer, true);
    reconciliation.accept(peer, answer(1), true);
    assert.deepEqual([sent, ended], [[], []]);
    assert.match(lines.join(), /node does not have txreconciliation enabled/);
  });

  it("is agreed once, with any version from 1 on", () => {
    const { reconciliation, ended, lines } = stage();
    const { peer } = newPeer();
    reconciliation.offer(peer, true);
    reconciliation.accept(peer, answer(2), true);
    assert.deepEqual(ended, []);
    assert.ok(lines.includes("Register peer=3 (inbound=1)"));
    reconciliation.accept(peer, answer(2), true);
    assert.match(ended.join(), /already registered/);
  });

  it("ends the connection over what breaks the rules", () => {
    for (const [facts, version, takes] of [
      [{}, 0, true],
      [{ isHandshakeDone: true }, 1, true],
      [{ relay: null }, 1, true],
      [{}, 1, false],
    ] as const) {
      const { reconciliation, ended } = stage();
      const { peer } = newPeer(facts);
      reconciliation.offer(newPeer().peer, true);
      reconciliation.accept(peer, answer(version), takes);
      assert.equal(ended.length, 1);
    }
  });

  it("is forgotten at verack when the peer has not agreed or uses no wtxids", () => {
    const { reconciliation, lines } = stage();
    const { peer } = newPeer({ usesWtxid: false });
    reconciliation.offer(peer, true);
    reconciliation.accept(peer, answer(1), true);
    reconciliation.confirm(peer);
    assert.equal(lines.at(-1), "Forget txreconciliation state of peer=3");
    assert.throws(() => {
      reconciliation.accept(peer, new Uint8Array(5), true);
    }, DecodeError);
  });
});
