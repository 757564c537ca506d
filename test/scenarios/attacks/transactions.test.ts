import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type DraftOptions, draft, type Spend } from "@compeer/peer/mempool/testing/ledger";
import { mineBlock } from "@compeer/peer/net/testing/mine-block";
import type { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { MSG_BLOCK, MSG_TX, MSG_WTX } from "@compeer/protocol/wire/inventory";
import { COIN_VALUE, fund } from "../../testing/attack/purse.ts";
import { Victim } from "../../testing/attack/victim.ts";
import { until } from "../../testing/peers.ts";

/** Soon after regtest's first block. */
const EARLY = 1_296_688_702;

/** Spends all outputs from `from` up to `to` of a transaction. */
function spending(parent: TransactionView, from: number, to: number): Spend[] {
  const txid = transactionId(parent);
  return Array.from({ length: to - from }, (_, i) => ({ txid, index: from + i }));
}

function wtxidHex(tx: TransactionView): string {
  return formatHash(witnessTransactionId(tx));
}

describe("attacks with transactions", () => {
  let victim: Victim;
  let coins: Spend[];
  let now: number;
  let stale: Uint8Array;
  const coin = (): Spend => {
    const next = coins.pop();
    if (next === undefined) throw new Error("all coins are spent");
    return next;
  };
  const pool = (): Promise<string[]> => victim.call<string[]>("getrawmempool");
  const has = async (tx: TransactionView): Promise<boolean> =>
    (await pool()).includes(formatHash(transactionId(tx)));
  const orphans = (): Promise<string[]> => victim.call<string[]>("getorphantxs");
  const orphanIds = async (): Promise<string[]> =>
    (await victim.call<{ wtxid: string }[]>("getorphantxs", 1)).map(({ wtxid }) => wtxid);
  /** One payment of a coin, and what it leaves. */
  const pay = (from: Spend, fee: number, options?: DraftOptions): TransactionView =>
    draft([from], [COIN_VALUE - fee], options);
  const turnClock = async (seconds: number): Promise<void> => {
    now += seconds;
    await victim.call("setmocktime", now);
  };

  before(async () => {
    victim = await Victim.start(`-mocktime=${EARLY}`);
    stale = await oldStaleBlock(victim);
    coins = await fund(victim, 40);
    now = (await victim.tip()).time + 10;
    await victim.setClock(now);
  });

  after(() => victim.close());

  it("D05: 100 orphans of full weight that wait for one parent", (t) =>
    victim.suffers(t, "D05", { megabytes: 30 }, async () => {
      // Each spends as much of the parent as fits, and is found invalid by the last of its scripts.
      const [outputs, inputs] = [2000, 1900];
      const value = Math.floor((COIN_VALUE - 10_000_000) / outputs);
      const parent = draft([coin()], new Array<number>(outputs).fill(value));
      const bad = { witness: [Uint8Array.of(0)] };
      const attackers = await victim.hellos(10);
      for (let i = 0; i < 100; i++) {
        const spends = spending(parent, i, i + inputs);
        const tx = draft(spends, [inputs * value - 1_000_000 - i], bad);
        attackers[i % 10]?.send({ type: "tx", tx });
      }
      await Promise.all(attackers.map((attacker) => attacker.sync()));
      const kept = (await orphans()).length;
      assert.ok(kept >= 10, `${kept} orphans`);
      attackers[0]?.send({ type: "tx", tx: parent });
      await Promise.all(attackers.map((attacker) => attacker.sync()));
      assert.ok(await has(parent));
      await until("no orphan waits", async () => (await orphans()).length === 0);
      return `${kept} of 100 kept, one tried a turn`;
    }));

  it("D06: 6,000 orphans of three peers, beside that of an honest one", (t) =>
    victim.suffers(t, "D06", { megabytes: 15 }, async () => {
      const honest = await victim.hello();
      const lost = (byte: number, index: number): Spend => ({
        txid: new Uint8Array(32).fill(byte),
        index,
      });
      const kept = draft([lost(0x61, 0)], [1000]);
      honest.send({ type: "tx", tx: kept });
      await honest.sync();
      for (const [n, flooder] of (await victim.hellos(3)).entries()) {
        for (let i = 0; i < 2000; i++)
          flooder.send({ type: "tx", tx: draft([lost(0x62 + n, i)], [1000]) });
        await flooder.sync();
      }
      const ids = await orphanIds();
      assert.ok(ids.length <= 3000, `${ids.length} orphans`);
      assert.ok(ids.includes(wtxidHex(kept)));
      return `${ids.length} kept, the honest one among them`;
    }));

  it("D10: 40 peers that take no announcement while 1,500 transactions come in", (t) =>
    victim.suffers(t, "D10", { megabytes: 30 }, async () => {
      const deaf = await victim.hellos(40);
      for (const peer of deaf) peer.pause();
      const sender = await victim.hello();
      const [wide, count] = [coin(), 60];
      const value = Math.floor((COIN_VALUE - 1_000_000) / count);
      const split = draft([wide], new Array<number>(count).fill(value));
      sender.send({ type: "tx", tx: split });
      await sender.sync();
      await victim.call("generatetodescriptor", 1, "raw(51)");
      for (let branch = 0; branch < count; branch++) {
        let left: Spend = { txid: transactionId(split), index: branch };
        for (let depth = 1; depth <= 25; depth++) {
          const tx = draft([left], [value - 1000 * depth]);
          sender.send({ type: "tx", tx });
          left = { txid: transactionId(tx), index: 0 };
        }
        await sender.sync();
      }
      assert.equal((await pool()).length, 1500);
      for (let i = 0; i < 10; i++) {
        await turnClock(30);
        await (await victim.hello()).sync();
      }
      await victim.call("generatetodescriptor", 1, "raw(51)");
      return "queued by fee rate; what left the mempool is dropped";
    }));

  it("D11: a hundred transactions full of signature checks that no policy takes", (t) =>
    victim.suffers(t, "D11", {}, async () => {
      const peer = await victim.hello();
      const checks = new Uint8Array(1600).fill(0xae);
      for (let i = 0; i < 100; i++) {
        const tx = draft([coins[i % coins.length] as Spend], [COIN_VALUE - 1000 - i], {
          script: checks,
          witness: [new Uint8Array(3000).fill(0xac)],
        });
        peer.send({ type: "tx", tx });
      }
      await peer.sync();
      assert.deepEqual(await pool(), []);
      return "refused by policy before a script runs";
    }));

  it("P02: one that announces a transaction first and keeps it back", (t) =>
    victim.suffers(t, "P02", {}, async () => {
      const [silent, honest] = [await victim.hello(), await victim.hello()];
      const tx = pay(coin(), 1000);
      const items = [{ kind: MSG_WTX, hash: witnessTransactionId(tx) }];
      silent.send({ type: "inv", items });
      await silent.sync();
      await turnClock(3);
      await silent.received("getdata");
      honest.send({ type: "inv", items });
      await honest.sync();
      await turnClock(61);
      await honest.received("getdata");
      honest.send({ type: "tx", tx });
      await honest.sync();
      assert.ok(await has(tx));
      return "asked the next announcer after 60 s";
    }));

  it("P08: one that asks for what only this peer could know", (t) =>
    victim.suffers(t, "P08", {}, async () => {
      const [giver, spy] = [await victim.hello(), await victim.hello()];
      const tx = pay(coin(), 1000);
      giver.send({ type: "tx", tx });
      await giver.sync();
      assert.ok(await has(tx));
      const asked = [
        { kind: MSG_TX, hash: transactionId(tx) },
        { kind: MSG_WTX, hash: witnessTransactionId(tx) },
      ];
      spy.send({ type: "getdata", items: asked });
      spy.send({ type: "getdata", items: [{ kind: MSG_BLOCK, hash: stale }] });
      for (let i = 0; i < 10; i++) spy.send({ type: "getaddr" });
      await spy.sync();
      assert.deepEqual(
        spy.messages.flatMap((message) => (message.type === "notfound" ? message.items : [])),
        asked,
      );
      assert.equal(spy.count("tx") + spy.count("block"), 0);
      assert.ok(spy.count("addr") + spy.count("addrv2") <= 1);
      spy.send({ type: "mempool" });
      await spy.closed();
      return "nothing that was not announced; no old stale block; mempool ends the connection";
    }));

  it("P09: a flood of cheap transactions before a dear one", (t) =>
    victim.suffers(t, "P09", { megabytes: 15 }, async () => {
      const [flooder, listener] = [await victim.hello(), await victim.hello()];
      const [wide, count] = [coin(), 1200];
      const value = Math.floor((COIN_VALUE - 10_000_000) / count);
      const split = draft([wide], new Array<number>(count).fill(value));
      flooder.send({ type: "tx", tx: split });
      await flooder.sync();
      await victim.call("generatetodescriptor", 1, "raw(51)");
      for (const from of spending(split, 0, count))
        flooder.send({ type: "tx", tx: draft([from], [value - 200]) });
      await flooder.sync();
      const dear = pay(coin(), 1_000_000);
      flooder.send({ type: "tx", tx: dear });
      await flooder.sync();
      assert.ok((await pool()).length > count);
      const position = await announcedAt(listener, dear, () => turnClock(5));
      assert.ok(position <= 70, `at place ${position}`);
      await victim.call("generatetodescriptor", 1, "raw(51)");
      return `the dear one is announced at place ${position + 1} of ${count + 1}`;
    }));

  it("P10: a payment that hides behind never having said that it may be replaced", (t) =>
    victim.suffers(t, "P10", {}, async () => {
      const peer = await victim.hello();
      const from = coin();
      const pinned = pay(from, 1000, { sequence: 0xffffffff });
      const better = pay(from, 2000);
      for (const tx of [pinned, better]) peer.send({ type: "tx", tx });
      await peer.sync();
      assert.ok((await has(better)) && !(await has(pinned)));
      return "replaced by fee alone";
    }));

  it("P11: a low-fee payment pinned by its cheap child", (t) =>
    victim.suffers(t, "P11", {}, async () => {
      const from = coin();
      const truc = { version: 3 };
      const half = COIN_VALUE / 2;
      const parent = draft([from], [half, half - 1000], truc);
      const [first, second] = spending(parent, 0, 2) as [Spend, Spend];
      const pin = draft([first], [half - 1000], truc);
      const way = draft([second], [half - 50_000], truc);
      const peer = await victim.hello();
      for (const tx of [parent, pin, way]) peer.send({ type: "tx", tx });
      await peer.sync();
      assert.ok((await has(way)) && !(await has(pin)));
      return "the better sibling takes the place of the pin (version 3)";
    }));

  it("P12: 90 replacements that pay some satoshis more", (t) =>
    victim.suffers(t, "P12", {}, async () => {
      const [peer, listener] = [await victim.hello(), await victim.hello()];
      const from = coin();
      const first = pay(from, 10_000);
      peer.send({ type: "tx", tx: first });
      for (let i = 1; i <= 90; i++)
        peer.send({ type: "tx", tx: pay(from, 10_000 + (i % 9), { lockTime: i }) });
      await peer.sync();
      assert.ok(await has(first));
      const hex = encodeHex(pay(from, 10_001).raw);
      await assert.rejects(victim.call("sendrawtransaction", hex), /insufficient fee/);
      await turnClock(60);
      const { items } = await listener.received("inv");
      assert.deepEqual(
        items.map(({ hash }) => hash),
        [witnessTransactionId(first)],
      );
      return "none replaces, none is relayed";
    }));
});

/** A valid block off the chain that the victim took 40 days ago. */
async function oldStaleBlock(victim: Victim): Promise<Uint8Array> {
  const tip = await victim.tip();
  const [stale, better] = [mineBlock(tip, { salt: 1 }), mineBlock(tip, { salt: 2 })];
  const giver = await victim.hello();
  for (const block of [stale, better, mineBlock(better)]) giver.send({ type: "block", block });
  await giver.sync();
  giver.close();
  await victim.setClock(EARLY + 40 * 86_400);
  return stale.hash;
}

/** How many transactions are announced before this one, while the clock is turned. */
async function announcedAt(
  peer: RawPeer,
  wanted: TransactionView,
  turn: () => Promise<void>,
): Promise<number> {
  const wtxid = witnessTransactionId(wanted);
  for (let round = 0; round < 40; round++) {
    await turn();
    await peer.sync();
    const items = peer.messages.flatMap((message) =>
      message.type === "inv" ? message.items.filter(({ kind }) => kind === MSG_WTX) : [],
    );
    const position = items.findIndex(({ hash }) => equalBytes(hash, wtxid));
    if (position >= 0) return position;
  }
  throw new Error("never announced");
}
