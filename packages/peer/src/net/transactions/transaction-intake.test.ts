import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { MSG_TX, MSG_WTX } from "@compeer/protocol/wire/inventory";
import { draft, type Spend } from "../../mempool/testing/ledger.ts";
import { COIN_VALUE, FundedNode } from "../testing/funded-node.ts";
import { mineBlock } from "../testing/mine-block.ts";

/** Only such a parent may pay less than the relay fee (BIP431). */
const TRUC = { version: 3 };
const NO_WITNESS = { witness: [Uint8Array.of(0)] };

const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** The first output of a transaction. */
function spending(parent: TransactionView): Spend[] {
  return [{ txid: transactionId(parent), index: 0 }];
}

describe("TransactionIntake", () => {
  let funded: FundedNode;

  before(async () => {
    funded = await FundedNode.start(12);
  });

  after(() => funded.close());

  it("takes a child and its parent in whatever order they come", async () => {
    const peer = await funded.hello();
    const parent = draft([funded.coin()], [COIN_VALUE - 10_000]);
    const child = draft(spending(parent), [COIN_VALUE - 20_000]);
    peer.send({ type: "tx", tx: child });
    await peer.sync();
    assert.equal(funded.node.net.orphanCount, 1);
    peer.send({ type: "tx", tx: parent });
    await peer.sync();
    assert.ok(
      funded.has(parent) && funded.has(child),
      "the answer to a ping tells the state behind both",
    );
    assert.equal(funded.node.net.orphanCount, 0);
  });

  it("takes a parent that pays too little together with the child that pays for it", async () => {
    const peer = await funded.hello();
    const parent = draft([funded.coin()], [COIN_VALUE], TRUC);
    const child = draft(spending(parent), [COIN_VALUE - 20_000], TRUC);
    peer.send({ type: "tx", tx: parent });
    await peer.sync();
    assert.equal(funded.has(parent), false);
    peer.send({ type: "tx", tx: child });
    await peer.sync();
    funded.wait(5);
    const { items } = await peer.received("getdata");
    assert.deepEqual(items[0]?.hash, transactionId(parent));
    peer.send({ type: "tx", tx: parent });
    await peer.sync();
    assert.ok(funded.has(parent) && funded.has(child));
    assert.equal(funded.node.net.orphanCount, 0);
  });

  it("lets no peer put its bad child in the place of another's good one", async () => {
    const [bad, good] = [await funded.hello(), await funded.hello()];
    const parent = draft([funded.coin()], [COIN_VALUE], TRUC);
    const cheap = draft(spending(parent), [COIN_VALUE - 20_001], { ...TRUC, ...NO_WITNESS });
    const child = draft(spending(parent), [COIN_VALUE - 20_000], TRUC);
    for (const [peer, tx] of [
      [bad, cheap],
      [good, child],
      [bad, parent],
      [good, parent],
    ] as const) {
      peer.send({ type: "tx", tx });
      await peer.sync();
    }
    assert.ok(funded.has(parent) && funded.has(child));
  });

  it("asks for what it refused no more, until the next block", async () => {
    const peer = await funded.hello();
    const invalid = draft([funded.coin()], [COIN_VALUE - 10_000], NO_WITNESS);
    const items = [{ kind: MSG_WTX, hash: witnessTransactionId(invalid) }];
    peer.send({ type: "tx", tx: invalid });
    peer.send({ type: "inv", items });
    await peer.sync();
    funded.wait(5);
    await peer.sync();
    assert.equal(peer.count("getdata"), 0);
    await funded.node.chain.submitBlock(mineBlock(funded.node.chain.tip));
    peer.send({ type: "inv", items });
    await peer.sync();
    funded.wait(5);
    await peer.received("getdata");
  });

  it("asks the next announcer within seconds of the minute that a silent one has (P02)", async () => {
    const [silent, honest] = [await funded.hello(), await funded.hello()];
    const items = [{ kind: MSG_WTX, hash: hash(0x77) }];
    silent.send({ type: "inv", items });
    await silent.sync();
    funded.wait(3);
    await silent.received("getdata");
    for (let again = 0; again < 10; again++) silent.send({ type: "inv", items });
    honest.send({ type: "inv", items });
    await honest.sync();
    funded.wait(57);
    await honest.sync();
    assert.equal(honest.count("getdata"), 0);
    funded.wait(6);
    assert.deepEqual((await honest.received("getdata")).items, items);
    assert.equal(silent.count("getdata"), 1);
  });

  it("answers a question for what it has but never announced as if it had it not (P08)", async () => {
    const peer = await funded.hello();
    const tx = draft([funded.coin()], [COIN_VALUE - 10_000]);
    await funded.node.mempool.submit(tx);
    const items = [
      { kind: MSG_WTX, hash: witnessTransactionId(tx) },
      { kind: MSG_TX, hash: transactionId(tx) },
    ];
    peer.send({ type: "getdata", items });
    assert.deepEqual((await peer.received("notfound")).items, items);
    funded.wait(600);
    await peer.received("inv");
    peer.send({ type: "getdata", items });
    await peer.received("tx");
  });
});
