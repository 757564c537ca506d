import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { formatFault } from "@compeer/protocol/consensus/fault";
import { draft, type Spend } from "./testing/ledger.ts";
import { COIN, output, pay, World } from "./testing/world.ts";

const TRUC = { version: 3 };
const ANCHOR = Uint8Array.of(0x51, 0x02, 0x4e, 0x73);

/** What became of the package, and of each member. */
async function submit(world: World, txs: readonly TransactionView[]): Promise<string[]> {
  const { fault, results } = await world.mempool.submitPackage(txs);
  const members = txs.map((tx) => {
    const member = results.get(hashKey(witnessTransactionId(tx)));
    return member?.type === "invalid" ? formatFault(member.fault) : (member?.type ?? "none");
  });
  return [fault === null ? "success" : formatFault(fault), ...members];
}

function child(parents: readonly TransactionView[], fee: number, options = {}): TransactionView {
  const total = parents.reduce((sum, parent) => sum + parent.outputValue(0), 0);
  return draft(
    parents.map((parent) => output(parent)),
    [total - fee],
    options,
  );
}

/** A mempool that asks for a thousand times the relay fee. */
async function fullWorld(): Promise<World> {
  const world = new World({ maxUsage: 40_000 });
  for (const coin of world.coins(60)) await world.mempool.submit(pay(coin, 10_000));
  assert.ok(world.mempool.minFeeRate > 10_000);
  return world;
}

describe("Mempool.submitPackage", () => {
  it("takes a parent without a fee with a child that pays for both", async () => {
    const world = new World();
    const parent = pay(world.coin(), 0, COIN, TRUC);
    const paying = child([parent], 1000, TRUC);
    assert.match(await world.reason(parent), /^min relay fee not met, 0 < /);
    const { fault, results } = await world.mempool.submitPackage([parent, paying]);
    assert.equal(fault, null);
    const includes = [parent, paying].map((tx) => formatHash(witnessTransactionId(tx)));
    for (const member of results.values()) {
      assert.ok(member.type === "valid");
      assert.equal(member.feeSize.fee, 1000);
      assert.deepEqual(member.includes.map(formatHash), includes);
    }
    assert.ok(world.has(parent) && world.has(paying));
  });

  it("counts a fee only once: a parent that pays for itself does not lift its child", async () => {
    const world = await fullWorld();
    const rich = pay(world.coin(), 1_000_000);
    const poor = child([rich], 100);
    const [message, ...members] = await submit(world, [rich, poor]);
    assert.equal(message, "transaction failed");
    assert.equal(members[0], "valid");
    assert.match(members[1] ?? "", /^mempool min fee not met/);
    assert.ok(world.has(rich) && !world.has(poor));
  });

  it("lets a child pay the rate of a full mempool for several parents", async () => {
    const world = await fullWorld();
    const parents = world.coins(3).map((coin) => pay(coin, 100));
    const paying = child(parents, 100_000);
    assert.deepEqual(await submit(world, [...parents, paying]), [
      "success",
      ...new Array(4).fill("valid"),
    ]);
  });

  it("refuses what is no child with its parents, before it looks at any member", async () => {
    const world = new World();
    const parent = pay(world.coin(), 1000);
    const paying = child([parent], 1000);
    const stranger = pay(world.coin(), 1000);
    const cases: [TransactionView[], string][] = [
      [[paying, parent], "package-not-sorted"],
      [[parent, parent], "package-contains-duplicates"],
      [[stranger, parent], "package-not-child-with-parents"],
      [[parent, child([parent], 2000), paying], "conflict-in-package"],
    ];
    for (const [txs, reason] of cases) {
      const verdict = await submit(world, txs);
      assert.deepEqual(verdict, [reason, ...txs.map(() => "none")]);
    }
    assert.equal(world.mempool.size, 0);
  });

  it("tells members that are in already from those with another witness", async () => {
    const world = new World();
    const known = pay(world.coin(), 1000);
    const coin = world.coin();
    await world.mempool.submit(known);
    await world.mempool.submit(pay(coin, 1000));
    const witness = [Uint8Array.of(1), Uint8Array.of(0x75, 0x51)];
    const twin = pay(coin, 1000, COIN, { witness });
    const paying = child([known, twin], 1000);
    assert.deepEqual(await submit(world, [known, twin, paying]), [
      "success",
      ...["mempool-entry", "different-witness", "valid"],
    ]);
  });

  it("keeps dust that its child spends, and refuses it where some stays behind", async () => {
    const world = new World();
    const dusty = (spend: Spend): TransactionView =>
      draft([spend], [COIN, 0], { ...TRUC, script: ANCHOR });
    const swept = dusty(world.ledger.fund([COIN])[0] as Spend);
    const sweep = draft([output(swept), output(swept, 1)], [COIN - 1000], {
      ...TRUC,
      witness: [],
    });
    assert.deepEqual(await submit(world, [swept, sweep]), ["success", "valid", "valid"]);
    const left = dusty(world.ledger.fund([COIN])[0] as Spend);
    const lazy = draft([output(left)], [COIN - 1000], { ...TRUC, witness: [] });
    const [message, , reason] = await submit(world, [left, lazy]);
    assert.equal(message, "unspent-dust");
    assert.match(reason ?? "", /^missing-ephemeral-spends/);
  });

  it("P11: replaces a pinned parent together with its child (package RBF)", async () => {
    const world = new World();
    const coin = world.coin();
    const pinned = pay(coin, 1000, COIN, TRUC);
    await world.mempool.submit(pinned);
    const parent = pay(coin, 0, COIN - 1, TRUC);
    const paying = child([parent], 5000, TRUC);
    const { fault, results } = await world.mempool.submitPackage([parent, paying]);
    assert.equal(fault, null);
    const [first] = results.values();
    assert.equal(first?.type === "valid" && first.replaced.length, 1);
    assert.ok(!world.has(pinned) && world.has(parent) && world.has(paying));
  });

  it("P11: a version 3 child gives way to a better one although they spend different outputs", async () => {
    const world = new World();
    const half = COIN / 2;
    const parent = draft([world.coin()], [half, half - 1000], TRUC);
    const first = pay(output(parent), 1000, half, TRUC);
    const sibling = pay(output(parent, 1), 5000, half - 1000, TRUC);
    for (const tx of [parent, first, sibling]) assert.equal(await world.reason(tx), "");
    assert.ok(world.has(sibling) && !world.has(first));
  });

  it("P12: a package pays for its own relay, or it replaces nothing", async () => {
    const world = new World();
    const coin = world.coin();
    await world.mempool.submit(pay(coin, 1000, COIN, TRUC));
    const parent = pay(coin, 0, COIN - 1, TRUC);
    const [message] = await submit(world, [parent, child([parent], 1005, TRUC)]);
    assert.match(
      message ?? "",
      /^package RBF failed: insufficient anti-DoS fees, .*not enough additional fees to relay/,
    );
    assert.equal(world.mempool.size, 1);
  });

  it("P12: a package that pays by its parent alone does not replace", async () => {
    const world = new World();
    const coins = world.coins(2) as [Spend, Spend];
    const victim = draft(coins, [2 * COIN - 3000], TRUC);
    await world.mempool.submit(victim);
    const parent = pay(coins[0], 2990, COIN, TRUC);
    const lame = draft([output(parent), coins[1]], [2 * COIN - 2990 - 60], TRUC);
    const [message] = await submit(world, [parent, lame]);
    assert.match(message ?? "", /^package RBF failed: (insufficient|package feerate)/);
    assert.ok(world.has(victim));
  });

  it("P10: replaces what never said that it may be replaced (full RBF)", async () => {
    const world = new World();
    const coin = world.coin();
    const silent = pay(coin, 1000, COIN, { sequence: 0xffffffff });
    await world.mempool.submit(silent);
    assert.equal(await world.reason(pay(coin, 2000)), "");
    assert.ok(!world.has(silent));
  });
});
