import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { MSG_WTX } from "@compeer/protocol/wire/inventory";
import { draft, type Spend } from "../../mempool/testing/ledger.ts";
import { COIN_VALUE, FundedNode } from "../testing/funded-node.ts";
import type { RawPeer } from "../testing/raw-peer.ts";

/** All that an inv may name. */
const ANNOUNCED = 50_000;
const NO_WITNESS = { witness: [Uint8Array.of(0)] };

const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** Spends all outputs from `from` up to `to` of a transaction. */
function spending(parent: TransactionView, from: number, to: number): Spend[] {
  const txid = transactionId(parent);
  return Array.from({ length: to - from }, (_, i) => ({ txid, index: from + i }));
}

/** An inv of `count` wtxids that nobody has, numbered from `first` on. */
function inventory(first: number, count: number): Uint8Array {
  const payload = Buffer.alloc(3 + 36 * count);
  payload.writeUInt8(0xfd, 0);
  payload.writeUInt16LE(count, 1);
  for (let i = 0; i < count; i++) {
    payload.writeUInt32LE(MSG_WTX, 3 + 36 * i);
    payload.writeUInt32LE(first + i + 1, 7 + 36 * i);
  }
  return payload;
}

describe("floods of transactions", () => {
  let funded: FundedNode;
  /**
   * The longest that an honest peer waits for a pong while `work` lasts, in milliseconds of the processor:
   * others on this machine do not count.
   */
  const slowestPing = async (work: Promise<unknown>): Promise<number> => {
    const honest = await funded.hello();
    let isOver = false;
    const over = work.finally(() => {
      isOver = true;
    });
    let slowest = 0;
    while (!isOver) {
      const start = process.cpuUsage();
      await honest.sync();
      const { user, system } = process.cpuUsage(start);
      slowest = Math.max(slowest, (user + system) / 1000);
    }
    await over;
    return slowest;
  };

  before(async () => {
    funded = await FundedNode.start(1);
  });

  after(() => funded.close());

  it("serves others within a second while 100 orphans of full weight wait for one parent (D05, CVE-2024-52914)", async (t) => {
    // Each spends as much of the parent as fits, and is found invalid by the last of its scripts.
    const [from, outputs, inputs] = [funded.coin(), 2000, 1900];
    const value = Math.floor((COIN_VALUE - 10_000_000) / outputs);
    const parent = draft([from], new Array<number>(outputs).fill(value));
    const orphans = Array.from({ length: 100 }, (_, i) =>
      draft(spending(parent, i, i + inputs), [inputs * value - 1_000_000 - i], NO_WITNESS),
    );
    assert.ok((orphans[0]?.weight ?? 0) > 300_000);
    const attackers = await Promise.all(Array.from({ length: 10 }, () => funded.hello()));
    const attack = async (): Promise<void> => {
      orphans.forEach((tx, i) => {
        attackers[i % 10]?.send({ type: "tx", tx });
      });
      await Promise.all(attackers.map((attacker) => attacker.sync()));
      assert.ok(funded.node.net.orphanCount >= 10, "one each is within the share of weight");
      attackers[0]?.send({ type: "tx", tx: parent });
      await Promise.all(attackers.map((attacker) => attacker.sync()));
      assert.ok(funded.has(parent));
      while (funded.node.net.orphanCount > 0) await new Promise((resolve) => setImmediate(resolve));
    };
    const slowest = await slowestPing(attack());
    t.diagnostic(`slowest ping of an honest peer: ${slowest.toFixed(0)} ms`);
    assert.ok(slowest < 1000, `${slowest} ms`);
  });

  it("keeps the orphans of an honest peer through a flood of 4,000, within its bounds (D06)", async (t) => {
    const [honest, flooder] = [await funded.hello(), await funded.hello()];
    const kept = draft([{ txid: hash(0x61), index: 0 }], [1000]);
    honest.send({ type: "tx", tx: kept });
    await honest.sync();
    const flood = async (): Promise<void> => {
      for (let i = 0; i < 4000; i++)
        flooder.send({ type: "tx", tx: draft([{ txid: hash(0x62), index: i }], [1000]) });
      await flooder.sync();
    };
    const slowest = await slowestPing(flood());
    t.diagnostic(
      `slowest ping ${slowest.toFixed(0)} ms, ${funded.node.net.orphanCount} orphans kept`,
    );
    assert.ok(funded.node.net.orphanCount <= 3000);
    const keys = [...funded.node.net.orphans()].map(({ wtxidKey }) => wtxidKey);
    assert.ok(keys.includes(hashKey(witnessTransactionId(kept))));
    assert.ok(slowest < 1000, `${slowest} ms`);
    flooder.close();
    while (funded.node.net.orphanCount > 1) await new Promise((resolve) => setImmediate(resolve));
  });

  it("keeps 5,000 of the 50,000 that each of 50 peers announces, in bounded memory (D12, CVE-2018-17145)", async (t) => {
    const flooders: RawPeer[] = [];
    for (let i = 0; i < 50; i++) flooders.push(await funded.hello());
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const memory = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const memoryBefore = memory();
    const flood = async (): Promise<void> => {
      for (const [n, flooder] of flooders.entries()) {
        flooder.sendPayload("inv", inventory(n * ANNOUNCED, ANNOUNCED));
        await flooder.sync();
      }
    };
    const slowest = await slowestPing(flood());
    const megabytes = (memory() - memoryBefore) / 1e6;
    t.diagnostic(`slowest ping ${slowest.toFixed(0)} ms, ${megabytes.toFixed(0)} MB more`);
    funded.wait(5);
    let asked = 0;
    for (const flooder of flooders) {
      // The questions come behind the first pong.
      await flooder.sync();
      await flooder.sync();
      for (const message of flooder.messages)
        if (message.type === "getdata") asked += message.items.length;
    }
    assert.equal(asked, 50 * 5000);
    assert.ok(megabytes < 150, `${megabytes} MB`);
    assert.ok(slowest < 1000, `${slowest} ms`);
  });
});
