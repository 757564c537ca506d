import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { ANYONE_SCRIPT, draft, type Spend } from "../mempool/testing/ledger.ts";
import { CurrentTemplate } from "./current-template.ts";
import { TemplateRefused } from "./template.ts";
import { openRegtest, type RegtestPeer } from "./testing/regtest-peer.ts";

const SUBSIDY = 50e8;
const NEVER = new AbortController().signal;

/** A regtest peer with coins to spend, and its template. */
class Desk {
  readonly peer: RegtestPeer;
  readonly current: CurrentTemplate;
  readonly #coins: readonly Spend[];
  #spent = 0;

  private constructor(peer: RegtestPeer, coins: readonly Spend[]) {
    this.peer = peer;
    this.#coins = coins;
    this.current = new CurrentTemplate(peer);
    peer.clock.setMock(peer.chain.tip.time + 100);
  }

  static async open(): Promise<Desk> {
    const peer = await openRegtest();
    await peer.miner.generate(101, ANYONE_SCRIPT);
    const node = peer.chain.at(1);
    const [coinbase] = (node && (await peer.chain.block(node)))?.transactions ?? [];
    const reward = { txid: transactionId(coinbase as TransactionView), index: 0 };
    const split = draft([reward], new Array(400).fill(Math.floor(SUBSIDY / 401)));
    await peer.mempool.submit(split);
    await peer.miner.generate(1, ANYONE_SCRIPT);
    const txid = transactionId(split);
    return new Desk(
      peer,
      Array.from({ length: 400 }, (_, index) => ({ txid, index })),
    );
  }

  /** Adds pairs of a parent and a child to the mempool. */
  async addPairs(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const coin = this.#coins[this.#spent++] as Spend;
      const value = Math.floor(SUBSIDY / 401) - 1000 - i;
      const parent = draft([coin], [value]);
      const child = draft([{ txid: transactionId(parent), index: 0 }], [value - 3000 - 2 * i]);
      for (const tx of [parent, child])
        assert.equal((await this.peer.mempool.submit(tx)).fault, null);
    }
  }

  pass(seconds: number): void {
    this.peer.clock.setMock(this.peer.clock.now() + seconds);
  }
}

interface Written {
  readonly data: string;
  readonly txid: string;
  readonly hash: string;
  readonly depends: number[];
  readonly fee: number;
  readonly weight: number;
}

describe("CurrentTemplate", () => {
  it("gives what was made ahead, the same as one that is made at once", async () => {
    const desk = await Desk.open();
    await desk.addPairs(100);
    await desk.current.renew(NEVER);
    const { madeAtMs } = desk.current;
    assert.equal(desk.current.isLatest, true);
    const ahead = await desk.current.get();
    assert.equal(desk.current.madeAtMs, madeAtMs, "none was made for who asked");
    const now = await new CurrentTemplate(desk.peer).get();
    assert.deepEqual(ahead.template.block.raw, now.template.block.raw);
    assert.equal(ahead.transactions.text, now.transactions.text);
    assert.equal(ahead.template.entries.length, 200);
  });

  it("writes every transaction with the positions of what it spends, again after a change", async () => {
    const desk = await Desk.open();
    for (const count of [30, 40]) {
      await desk.addPairs(count);
      desk.pass(10);
      const { template, transactions } = await desk.current.get();
      const written = JSON.parse(transactions.text) as Written[];
      const ids = written.map(({ txid }) => txid);
      assert.equal(written.length, template.entries.length);
      template.entries.forEach((entry, i) => {
        const { data, txid, hash, depends, fee, weight } = written[i] as Written;
        assert.equal(data, encodeHex(entry.tx.raw));
        assert.equal(txid, formatHash(entry.txid));
        assert.equal(hash, formatHash(entry.wtxid));
        assert.deepEqual({ fee, weight }, { fee: entry.fee, weight: entry.weight });
        const parents = [...entry.parents].map(
          (parent) => 1 + ids.indexOf(formatHash(parent.txid)),
        );
        assert.deepEqual(depends, parents);
      });
      assert.equal(written.filter(({ depends }) => depends.length > 0).length, ids.length / 2);
    }
  });

  it("stays for five seconds although transactions came, not longer", async () => {
    const desk = await Desk.open();
    await desk.addPairs(1);
    const first = await desk.current.get();
    desk.pass(60);
    assert.equal(await desk.current.get(), first, "nothing changed");
    await desk.current.renew(NEVER);
    await desk.addPairs(1);
    desk.pass(5);
    assert.equal((await desk.current.get()).template.entries.length, 2);
    desk.pass(1);
    assert.equal((await desk.current.get()).template.entries.length, 4);
  });

  it("is never for another tip, also when that came while it was made", async () => {
    const desk = await Desk.open();
    await desk.addPairs(60);
    await desk.current.renew(NEVER);
    await desk.peer.miner.generate(1, ANYONE_SCRIPT);
    assert.equal(desk.current.isForTip, false);
    const { template } = await desk.current.get();
    assert.equal(template.parent, desk.peer.chain.tip);
    assert.equal(template.entries.length, 0);
    await desk.addPairs(60);
    const ahead = desk.current.renew(NEVER);
    const mined = desk.peer.miner.generate(1, ANYONE_SCRIPT);
    await Promise.all([ahead, mined]);
    assert.equal((await desk.current.get()).template.parent, desk.peer.chain.tip);
  });

  it("who asks while one is made in the background is given that one", async () => {
    const desk = await Desk.open();
    await desk.addPairs(50);
    const ahead = desk.current.renew(NEVER);
    const [one, other] = await Promise.all([desk.current.get(), desk.current.get()]);
    await ahead;
    assert.equal(one, other);
    assert.equal(await desk.current.get(), one);
  });

  it("a change of the mempool while it is made ahead neither spoils nor joins it", async () => {
    const desk = await Desk.open();
    await desk.addPairs(50);
    const ahead = desk.current.renew(NEVER);
    const changes = desk.addPairs(20);
    await Promise.all([ahead, changes]);
    assert.equal(desk.current.isLatest, false);
    const { template } = await desk.current.get();
    assert.ok(template.entries.length >= 100 && template.entries.length % 2 === 0);
  });

  it("is not made to the end when the peer closes", async () => {
    const desk = await Desk.open();
    await desk.addPairs(10);
    const stopping = new AbortController();
    const ahead = desk.current.renew(stopping.signal);
    stopping.abort(new Error("closing"));
    await assert.rejects(ahead, /closing/);
    assert.equal(desk.current.isForTip, false);
  });

  it("who asks is told what is wrong, whatever went wrong ahead of it", async () => {
    const desk = await Desk.open();
    const fault = { kind: "consensus", reason: "bad-cb-amount", detail: "" } as never;
    desk.peer.chain.testBlock = async () => fault;
    const ahead = assert.rejects(desk.current.renew(NEVER), TemplateRefused);
    await assert.rejects(desk.current.get(), TemplateRefused);
    await ahead;
  });
});
