import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AUDIT_FEATURE, encodeGetAudit } from "@compeer/protocol/wire/audit-messages";
import { Features } from "../features.ts";
import type { Peer } from "../peer.ts";
import { startMemoryNode } from "../testing/memory-node.ts";
import { Audits } from "./audits.ts";

/** Audits of a node over a clock that is turned by hand, and a peer that has agreed to them. */
async function setUp(answers: (() => Promise<{ readonly state: "busy" }>) | null) {
  const node = await startMemoryNode();
  const features = new Features();
  const due: { ms: number; action: () => void }[] = [];
  const clock = {
    after: (ms: number, action: () => void) => {
      const timer = { ms, action };
      due.push(timer);
      return () => due.splice(due.indexOf(timer), 1);
    },
  };
  const { chain, mempool, network } = node;
  const log = { info: () => {}, debug: () => {}, warning: () => {}, error: () => {} };
  const audits = new Audits({
    ...{ chain, mempool, network, log, features, filters: null },
    clock: clock as never,
    ...(answers === null ? {} : { audit: { forStrangers: answers } }),
  });
  const sent: string[] = [];
  const connection = { send() {}, sendPayload: (command: string) => void sent.push(command) };
  const peer = { version: 70017, isHandshakeDone: false, connection } as unknown as Peer;
  features.accept(peer, { type: "feature", id: AUDIT_FEATURE, data: new Uint8Array(0) });
  peer.isHandshakeDone = true;
  return { node, audits, peer, sent, due };
}

describe("Audits", () => {
  it("wait 30 seconds for an answer, and no longer", async () => {
    const { node, audits, peer, sent, due } = await setUp(async () => ({ state: "busy" }));
    const outcome = audits.ask(peer, 7);
    assert.deepEqual(sent, ["getaudit"]);
    assert.deepEqual(
      due.map(({ ms }) => ms),
      [30_000],
    );
    due[0]?.action();
    assert.equal(await outcome, "silent");
    await node.close();
  });

  it("answer one question of a peer at a time", async () => {
    let count = 0;
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { node, audits, peer, sent } = await setUp(async () => {
      count++;
      await held;
      return { state: "busy" };
    });
    for (let i = 0; i < 100; i++) audits.serve(peer, encodeGetAudit(0));
    assert.equal(count, 1);
    release();
    await new Promise(setImmediate);
    assert.deepEqual(sent, ["audit"]);
    audits.serve(peer, encodeGetAudit(0));
    assert.equal(count, 2);
    await node.close();
  });

  it("are not offered where nobody knows the coins", async () => {
    const { node, audits, peer, sent } = await setUp(null);
    assert.equal(audits.isAgreed(peer), false);
    audits.serve(peer, encodeGetAudit(0));
    assert.deepEqual(sent, []);
    await node.close();
  });
});
