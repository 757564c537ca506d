import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { draft, type Spend } from "./testing/ledger.ts";
import { COIN, keyOf, output, pay, World } from "./testing/world.ts";

describe("Mempool", () => {
  it("takes a transaction that pays and refuses it the second time", async () => {
    const world = new World();
    const tx = pay(world.coin(), 1000);
    assert.equal(await world.reason(tx), "");
    assert.equal(world.mempool.size, 1);
    assert.equal(await world.reason(tx), "txn-already-in-mempool");
  });

  it("keeps nothing of the memory that a transaction came in but its own bytes", async () => {
    const world = new World();
    const tx = pay(world.coin(), 1000);
    const around = new Uint8Array(4096);
    around.set(tx.raw, 100);
    const view = parseTransaction(around.subarray(100, 100 + tx.totalSize));
    const { entry } = await world.mempool.submit(view);
    assert.equal(entry?.tx.bytes.buffer.byteLength, tx.totalSize);
  });

  it("refuses the same transaction with another witness", async () => {
    const world = new World();
    const coin = world.coin();
    await world.mempool.submit(pay(coin, 1000));
    const twin = pay(coin, 1000, COIN, { witness: [Uint8Array.of(1), Uint8Array.of(0x75, 0x51)] });
    assert.equal(await world.reason(twin), "txn-same-nonwitness-data-in-mempool");
  });

  it("says which inputs are missing and which transaction is confirmed already", async () => {
    const world = new World();
    const tx = pay(world.coin(), 1000);
    const orphan = pay({ txid: new Uint8Array(32).fill(7), index: 0 }, 1000);
    assert.equal(await world.reason(orphan), "bad-txns-inputs-missingorspent");
    await world.ledger.connect([tx]);
    assert.equal(await world.reason(tx), "txn-already-known");
  });

  it("asks for the relay fee and respects the sender's highest rate", async () => {
    const world = new World();
    const coin = world.coin();
    assert.equal(await world.reason(pay(coin, 9)), "min relay fee not met, 9 < 10");
    const options = { maxFeeRate: 10_000 };
    assert.equal(await world.reason(pay(coin, 100_000), options), "max feerate exceeded");
    assert.equal(await world.reason(pay(coin, 10)), "");
  });

  it("only tests when it is told to", async () => {
    const world = new World();
    const { fault, entry } = await world.mempool.submit(pay(world.coin(), 1000), { test: true });
    assert.equal(fault, null);
    assert.equal(entry?.fee, 1000);
    assert.equal(world.mempool.size, 0);
  });

  it("refuses what may not be in the next block yet", async () => {
    const world = new World();
    await world.ledger.connect([]);
    assert.equal(await world.reason(pay(world.coin(), 1000, COIN, { lockTime: 2 })), "non-final");
    const locked = pay(world.ledger.fund([COIN], 1)[0] as Spend, 1000, COIN, { sequence: 5 });
    assert.equal(await world.reason(locked), "non-BIP68-final");
    const coinbase = world.ledger.fund([COIN], 1, true)[0] as Spend;
    assert.equal(
      await world.reason(pay(coinbase, 1000)),
      "bad-txns-premature-spend-of-coinbase, tried to spend coinbase at depth 1",
    );
  });

  it("refuses a script that fails, with Core's words", async () => {
    const world = new World();
    const tx = pay(world.coin(), 1000, COIN, { witness: [Uint8Array.of(0x00)] });
    assert.match(
      await world.reason(tx),
      /^mempool-script-verify-flag-failed \(Witness program hash mismatch\), input 0 of [0-9a-f]{64} \(wtxid [0-9a-f]{64}\), spending [0-9a-f]{64}:0$/,
    );
  });

  it("marks a transaction that lost its witness, for it may be good with one", async () => {
    const world = new World();
    const { fault } = await world.mempool.submit(pay(world.coin(), 1000, COIN, { witness: [] }));
    assert.equal(fault?.kind, "witness-stripped");
  });

  describe("replacement", () => {
    it("lets a higher fee replace a transaction and all that spends it", async () => {
      const world = new World();
      const coin = world.coin();
      const old = pay(coin, 1000);
      const child = pay(output(old), 500, COIN - 1000);
      await world.mempool.submit(old);
      await world.mempool.submit(child);
      assert.match(
        await world.reason(pay(coin, 1499)),
        /^insufficient fee, rejecting replacement [0-9a-f]{64}, less fees than conflicting txs; 0.00001499 < 0.000015$/,
      );
      assert.match(
        await world.reason(pay(coin, 1501)),
        /^insufficient fee, rejecting replacement [0-9a-f]{64}, not enough additional fees to relay; 0.00000001 < 0.0000001$/,
      );
      const { fault, replaced } = await world.mempool.submit(pay(coin, 1600));
      assert.equal(fault, null);
      assert.deepEqual(
        new Set(replaced.map((entry) => entry.txidKey)),
        new Set([keyOf(old), keyOf(child)]),
      );
      assert.deepEqual(world.removed, ["replaced", "replaced"]);
      assert.equal(world.mempool.size, 1);
    });

    it("refuses a larger transaction that pays more in all but less a byte", async () => {
      const world = new World();
      const coin = world.coin();
      await world.mempool.submit(pay(coin, 10_000));
      const wide = draft([coin], [...new Array(99).fill(1_000_000), COIN - 99_000_000 - 11_000]);
      assert.equal(
        await world.reason(wide),
        "replacement-failed, insufficient feerate: does not improve feerate diagram",
      );
    });

    it("refuses a transaction that spends what it replaces", async () => {
      const world = new World();
      const coin = world.coin();
      const parent = pay(coin, 1000);
      await world.mempool.submit(parent);
      const both = draft([coin, output(parent)], [COIN]);
      assert.match(await world.reason(both), /^bad-txns-spends-conflicting-tx, /);
    });
  });

  it("keeps clusters within 64 transactions", async () => {
    const world = new World();
    let spend = world.coin();
    let value = COIN;
    for (let i = 0; i < 64; i++) {
      const tx = pay(spend, 100, value);
      assert.equal(await world.reason(tx), "");
      value -= 100;
      spend = output(tx);
    }
    assert.equal(await world.reason(pay(spend, 100, value)), "too-large-cluster");
    const [entry] = world.mempool.entries();
    assert.equal(entry?.descendants.count, 64);
    assert.equal(entry?.cluster.members.length, 64);
  });

  describe("version 3 (BIP431)", () => {
    const truc = { version: 3 };

    it("allows one child and lets a better one take its place", async () => {
      const world = new World();
      const parent = draft([world.coin()], [5e7, 4e7], truc);
      await world.mempool.submit(parent);
      assert.equal(await world.reason(pay(output(parent), 1000, 5e7, truc)), "");
      assert.match(
        await world.reason(pay(output(parent, 1), 1001, 4e7, truc)),
        /^insufficient fee \(including sibling eviction\)/,
      );
      assert.equal(await world.reason(pay(output(parent, 1), 2000, 4e7, truc)), "");
      assert.equal(world.mempool.size, 2);
    });

    it("does not mix with other versions", async () => {
      const world = new World();
      const parent = pay(world.coin(), 1000, COIN, truc);
      await world.mempool.submit(parent);
      assert.match(
        await world.reason(pay(output(parent), 1000, COIN - 1000)),
        /^TRUC-violation, non-version=3 tx .* cannot spend from version=3 tx /,
      );
    });
  });

  it("drops what a block confirms and what it conflicts with", async () => {
    const world = new World();
    const [a, b] = world.coins(2) as [Spend, Spend];
    const confirmed = pay(a, 1000);
    const child = pay(output(confirmed), 1000, COIN - 1000);
    const loser = pay(b, 1000);
    const grandchild = pay(output(loser), 1000, COIN - 1000);
    for (const tx of [confirmed, child, loser, grandchild]) await world.mempool.submit(tx);
    await world.ledger.connect([confirmed, pay(b, 2000)]);
    assert.equal(world.mempool.size, 1);
    assert.ok(world.has(child));
    assert.deepEqual(world.removed, ["block", "conflict", "conflict"]);
  });

  it("takes back what a reorganisation unconfirms, and links it to its children", async () => {
    const world = new World();
    const parent = pay(world.coin(), 1000);
    const child = pay(output(parent), 1000, COIN - 1000);
    await world.ledger.connect([parent]);
    await world.mempool.submit(child);
    await world.ledger.disconnect(1);
    await world.mempool.settled();
    assert.equal(world.mempool.size, 2);
    assert.equal(world.mempool.get(keyOf(child))?.ancestors.count, 2);
  });

  it("lets go what a reorganisation makes too early", async () => {
    const world = new World();
    await world.ledger.connect([]);
    await world.ledger.connect([]);
    const final = pay(world.coin(), 1000, COIN, { lockTime: 2 });
    assert.equal(await world.reason(final), "");
    await world.ledger.disconnect(2);
    await world.mempool.settled();
    assert.equal(world.has(final), false);
  });

  it("lets go the children of a coinbase that is no more", async () => {
    const world = new World();
    for (let i = 0; i < 101; i++) await world.ledger.connect([]);
    const coinbase = world.ledger.fund([COIN], 1, true)[0] as Spend;
    const tx = pay(coinbase, 1000);
    assert.equal(await world.reason(tx), "");
    await world.ledger.disconnect(1);
    await world.mempool.settled();
    assert.equal(world.has(tx), false);
    assert.deepEqual(world.removed, ["reorg"]);
  });

  it("lets go what stayed too long", async () => {
    const world = new World();
    const parent = pay(world.coin(), 1000);
    await world.mempool.submit(parent);
    await world.mempool.submit(pay(output(parent), 1000, COIN - 1000));
    world.clock.time += 336 * 3600 + 1;
    await world.mempool.submit(pay(world.coin(), 1000));
    assert.deepEqual(world.removed, ["expiry", "expiry"]);
    assert.equal(world.mempool.size, 1);
  });

  it("throws out what pays worst when it is full, and asks for more until blocks come", async () => {
    const world = new World({ maxUsage: 20_000 });
    const coins = world.coins(40);
    for (const [i, coin] of coins.entries()) await world.mempool.submit(pay(coin, 1000 + i * 10));
    assert.ok(world.mempool.usage <= 20_000);
    const fees = [...world.mempool.entries()].map(({ fee }) => fee);
    assert.equal(Math.max(...fees), 1390);
    assert.equal(Math.min(...fees), 1400 - 10 * fees.length);
    const rate = world.mempool.minFeeRate;
    assert.ok(rate > 1000);
    assert.match(await world.reason(pay(world.coin(), 500)), /^mempool min fee not met, 500 < /);
    await world.ledger.connect([]);
    world.clock.time += 12 * 3600;
    assert.ok(Math.abs(world.mempool.minFeeRate / rate - 0.5) < 0.01);
    world.clock.time += 100 * 3600;
    assert.equal(world.mempool.minFeeRate, 0);
  });

  it("compares with prioritised fees, also those set before the transaction came", async () => {
    const world = new World();
    const cheap = pay(world.coin(), 0);
    assert.match(await world.reason(cheap), /^min relay fee not met/);
    world.mempool.prioritise(transactionId(cheap), 500);
    assert.equal(await world.reason(cheap), "");
    assert.equal(world.mempool.get(keyOf(cheap))?.modifiedFee, 500);
    world.mempool.prioritise(transactionId(cheap), -500);
    assert.equal(world.mempool.get(keyOf(cheap))?.modifiedFee, 0);
    assert.equal(world.mempool.deltas.size, 0);
  });

  it("tests a package whose child spends its parent, and stops at the first that fails", async () => {
    const world = new World();
    const parent = pay(world.coin(), 1000);
    const child = pay(output(parent), 1000, COIN - 1000);
    const good = await world.mempool.test([parent, child]);
    assert.deepEqual(
      [...good.results.values()].map(({ type }) => type),
      ["valid", "valid"],
    );
    assert.equal((await world.mempool.test([child, parent])).fault?.reason, "package-not-sorted");
    const broken = await world.mempool.test([pay(world.coin(), 0), child]);
    const [first, ...others] = broken.results.values();
    assert.equal(first?.type === "invalid" && first.fault.reason, "min relay fee not met");
    assert.deepEqual(others, []);
    assert.equal(world.mempool.size, 0);
  });

  it("C26: a transaction that policy refused is confirmed by a block like any other", async () => {
    const world = new World();
    const odd = pay(world.coin(), 1000, COIN, { version: 4 });
    assert.equal(await world.reason(odd), "version");
    await world.ledger.connect([odd]);
    assert.equal(await world.reason(pay(output(odd), 1000, COIN - 1000)), "");
  });
});
