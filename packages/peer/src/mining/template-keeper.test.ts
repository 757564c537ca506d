import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Signal } from "../chain/signal.ts";
import { TemplateKeeper } from "./template-keeper.ts";

/** A peer of which only the size of its mempool is real, on a clock that is turned by hand. */
class FakePeer {
  readonly chain = { isInitialDownload: false, tipChanged: new Signal<void>() };
  readonly mempool = { size: 0, added: new Signal<void>() };
  readonly stopping = new AbortController();
  readonly keeper: TemplateKeeper;
  /** When templates were made ahead, in seconds. */
  readonly made: number[] = [];
  /** What a template costs. */
  costMs = 40;
  fails = false;
  isForTip = false;
  isLatest = false;
  changes = 0;
  madeAtMs: number = Number.NEGATIVE_INFINITY;
  #nowMs = 1_000_000;
  #timers: { at: number; action: () => void }[] = [];

  constructor() {
    const clock = {
      steadyMs: () => this.#nowMs,
      after: (ms: number, action: () => void) => {
        const timer = { at: this.#nowMs + ms, action };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((other) => other !== timer);
        };
      },
    };
    const parts = { chain: this.chain, mempool: this.mempool, clock, template: this };
    this.keeper = new TemplateKeeper(parts, this.stopping.signal);
  }

  get timers(): number {
    return this.#timers.length;
  }

  async renew(): Promise<number> {
    this.made.push((this.#nowMs - 1_000_000) / 1000);
    if (this.fails) throw new Error("refused");
    this.makeNow();
    return this.costMs;
  }

  makeNow(): void {
    this.isForTip = true;
    this.isLatest = true;
    this.changes = 0;
    this.madeAtMs = this.#nowMs;
  }

  grow(count: number): void {
    this.mempool.size += count;
    this.changes += count;
    this.isLatest = false;
    this.mempool.added.emit();
  }

  block(): void {
    this.isForTip = false;
    this.isLatest = false;
    this.chain.tipChanged.emit();
  }

  async pass(seconds: number): Promise<void> {
    const end = this.#nowMs + seconds * 1000;
    for (;;) {
      this.#timers.sort((a, b) => a.at - b.at);
      const [next] = this.#timers;
      if (next === undefined || next.at > end) break;
      this.#timers.shift();
      this.#nowMs = next.at;
      next.action();
      await new Promise(setImmediate);
    }
    this.#nowMs = end;
  }
}

describe("TemplateKeeper", () => {
  it("has a template made soon after a mempool became large, without being asked", async () => {
    const peer = new FakePeer();
    peer.grow(1500);
    await peer.pass(1);
    assert.deepEqual(peer.made, [0.2]);
    assert.equal(peer.timers, 0, "nothing is to be done until something changes");
  });

  it("has another made some seconds after the last when the mempool changed", async () => {
    const peer = new FakePeer();
    peer.grow(1500);
    await peer.pass(1);
    peer.grow(1);
    peer.grow(1);
    await peer.pass(3);
    assert.deepEqual(peer.made, [0.2]);
    await peer.pass(1);
    assert.deepEqual(peer.made, [0.2, 4.7]);
    await peer.pass(100);
    assert.deepEqual(peer.made, [0.2, 4.7]);
    peer.grow(1);
    await peer.pass(1);
    assert.deepEqual(peer.made, [0.2, 4.7, 105.2]);
  });

  it("has another made sooner when a third of the mempool is new", async () => {
    const peer = new FakePeer();
    peer.grow(1500);
    await peer.pass(1);
    peer.grow(700);
    await peer.pass(0.5);
    peer.grow(100);
    await peer.pass(0.5);
    assert.deepEqual(peer.made, [0.2, 1.7]);
    for (let i = 0; i < 20; i++) {
      peer.grow(40);
      await peer.pass(0.1);
    }
    assert.deepEqual(peer.made, [0.2, 1.7], "as long as that is less than a third");
    peer.grow(400);
    await peer.pass(0.3);
    assert.deepEqual(peer.made, [0.2, 1.7, 4.2]);
  });

  it("has one made soon after another tip, however young the last is", async () => {
    const peer = new FakePeer();
    peer.grow(1500);
    await peer.pass(1);
    peer.grow(1);
    peer.block();
    peer.block();
    await peer.pass(1);
    assert.deepEqual(peer.made, [0.2, 1.2]);
  });

  it("does nothing for a small mempool, in initial block download, or after the peer closed", async () => {
    const small = new FakePeer();
    small.grow(999);
    small.block();
    small.keeper.asked();
    assert.equal(small.timers, 0, "who asks has one made of what is there then");
    const young = new FakePeer();
    young.chain.isInitialDownload = true;
    young.grow(1500);
    young.block();
    assert.equal(young.timers, 0);
    const closed = new FakePeer();
    closed.grow(1500);
    assert.equal(closed.timers, 1);
    closed.stopping.abort();
    assert.equal(closed.timers, 0);
    closed.grow(1);
    closed.block();
    closed.keeper.asked();
    assert.equal(closed.timers, 0);
    assert.deepEqual([...small.made, ...young.made, ...closed.made], []);
  });

  it("looks again whether a template is wanted when the time has come", async () => {
    const peer = new FakePeer();
    peer.grow(1500);
    peer.mempool.size = 0;
    await peer.pass(10);
    assert.deepEqual(peer.made, []);
  });

  it("takes no more than its share of the time, however dear templates are", async () => {
    const peer = new FakePeer();
    peer.costMs = 500;
    const seconds = 3600;
    for (let second = 0; second < seconds; second++) {
      peer.grow(second === 0 ? 20_000 : 7);
      await peer.pass(1);
    }
    const spent = (peer.made.length * peer.costMs) / 1000;
    assert.ok(spent < seconds * 0.02 + 4, `${spent} s of ${seconds}`);
    assert.ok(spent > seconds * 0.015, `${spent} s of ${seconds}`);
  });

  it("does not try again and again what fails", async () => {
    const peer = new FakePeer();
    peer.fails = true;
    peer.grow(1500);
    await peer.pass(600);
    assert.ok(peer.made.length >= 2 && peer.made.length <= 6, `${peer.made.length} times`);
  });

  it("serves who polls also in initial block download, until he stops", async () => {
    const peer = new FakePeer();
    peer.chain.isInitialDownload = true;
    peer.mempool.size = 1500;
    peer.makeNow();
    peer.keeper.asked();
    await peer.pass(1);
    peer.grow(1);
    await peer.pass(2);
    assert.deepEqual(peer.made, []);
    await peer.pass(2);
    assert.deepEqual(peer.made, [4.5]);
    await peer.pass(20);
    peer.grow(1);
    assert.equal(peer.timers, 0, "who has not asked for long does not wait");
  });

  it("serves who polls although nothing is saved up", async () => {
    const peer = new FakePeer();
    peer.costMs = 10_000;
    peer.grow(1500);
    await peer.pass(1);
    peer.grow(1);
    await peer.pass(10);
    assert.deepEqual(peer.made, [0.2]);
    peer.keeper.asked();
    await peer.pass(1);
    assert.deepEqual(peer.made, [0.2, 11.2]);
  });
});
