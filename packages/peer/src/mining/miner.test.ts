import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { decodeTransaction } from "@compeer/protocol/bitcoin/transaction";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import fc from "fast-check";
import { ANYONE_SCRIPT, draft, type Spend } from "../mempool/testing/ledger.ts";
import type { BlockTransaction } from "./build-block.ts";
import { TemplateRefused } from "./template.ts";
import { openRegtest, type RegtestPeer } from "./testing/regtest-peer.ts";

const SUBSIDY = 50e8;

async function blockAt({ chain }: RegtestPeer, height: number): Promise<Block> {
  const node = chain.at(height);
  const raw = node === null ? null : await chain.readBlock(node);
  if (raw === null) throw new Error(`no block ${height}`);
  return decodeBlock(raw);
}

/** The rewards of blocks that may be spent now. */
async function rewards(peer: RegtestPeer, count: number): Promise<Spend[]> {
  const spends: Spend[] = [];
  for (let height = 1; height <= count; height++) {
    const [coinbase] = (await blockAt(peer, height)).transactions;
    spends.push({ txid: transactionId(coinbase as TransactionView), index: 0 });
  }
  return spends;
}

function partOf(tx: TransactionView): BlockTransaction {
  return { raw: tx.raw, txid: transactionId(tx), wtxid: witnessTransactionId(tx) };
}

describe("Miner", () => {
  it("mines the blocks that Core mines, byte for byte", async () => {
    const peer = await openRegtest();
    peer.clock.setMock(peer.chain.tip.time);
    const hashes = await peer.miner.generate(150, ANYONE_SCRIPT);
    assert.equal(hashes.length, 150);
    assert.equal(peer.chain.tip.height, 150);
    assert.deepEqual(peer.chain.tip.hash, hashes[149]);
    // The hash that bitcoind's 150th block has with the same script and mock time.
    assert.equal(
      formatHash(peer.chain.tip.hash),
      "671459d59fe55ddbdee848373c3ae68106b6c0f2c54c6f2036f53e5097186fcb",
    );
    assert.equal(peer.chain.at(143)?.version, 0x20000000);
    assert.equal(peer.chain.at(144)?.version, 0x30000000);
    assert.equal(peer.chain.at(1)?.time, 1296688603);
    const [view] = (await blockAt(peer, 17)).transactions;
    const coinbase = decodeTransaction((view as TransactionView).raw);
    assert.equal(coinbase.version, 2);
    assert.equal(coinbase.lockTime, 16);
    assert.equal(coinbase.inputs[0]?.sequence, 0xfffffffe);
    assert.equal(encodeHex(coinbase.inputs[0]?.script as Uint8Array), "011100");
    assert.deepEqual(coinbase.inputs[0]?.witness, [new Uint8Array(32)]);
    assert.deepEqual(coinbase.outputs[0], { value: SUBSIDY, script: ANYONE_SCRIPT });
    assert.equal(coinbase.outputs[1]?.value, 0);
    assert.equal(
      encodeHex(coinbase.outputs[1]?.script as Uint8Array),
      "6a24aa21a9ede2f61c3f71d1defd3fa999dfa36953755c690689799962b48bebd836974e8cf9",
    );
  });

  it("takes the mempool's best and the fees that it pays", async () => {
    const peer = await openRegtest();
    await peer.miner.generate(102, ANYONE_SCRIPT);
    const [a, b] = (await rewards(peer, 2)) as [Spend, Spend];
    const parent = draft([a], [SUBSIDY - 100]);
    const child = draft([{ txid: transactionId(parent), index: 0 }], [SUBSIDY - 10_100]);
    const other = draft([b], [SUBSIDY - 2_000]);
    for (const tx of [parent, other, child])
      assert.equal((await peer.mempool.submit(tx)).fault, null);
    const template = await peer.miner.template(ANYONE_SCRIPT);
    assert.deepEqual(
      template.entries.map(({ txid }) => formatHash(txid)),
      [parent, child, other].map((tx) => formatHash(transactionId(tx))),
    );
    assert.equal(template.coinbaseValue, SUBSIDY + 12_100);
    await peer.miner.generate(1, ANYONE_SCRIPT);
    assert.equal(peer.mempool.size, 0);
    const [coinbase] = (await blockAt(peer, 103)).transactions;
    assert.equal(coinbase?.outputValue(0), SUBSIDY + 12_100);
  });

  it("in steps, takes the mempool as it was in the first, whatever comes and goes", async () => {
    const peer = await openRegtest();
    await peer.miner.generate(110, ANYONE_SCRIPT);
    const coins = await rewards(peer, 10);
    const pay = (coin: Spend, fee: number): TransactionView => draft([coin], [SUBSIDY - fee]);
    for (const coin of coins.slice(0, 5)) await peer.mempool.submit(pay(coin, 1_000));
    const before = [...peer.mempool.entries()].map(({ txid }) => formatHash(txid)).sort();
    let changes = 0;
    const template = await peer.miner.template(ANYONE_SCRIPT, {
      run: async (steps) => {
        for (;;) {
          const step = steps.next();
          if (step.done) return step.value;
          const coin = coins[changes++];
          if (coin === undefined) continue;
          // The first five are replaced, the others are new.
          assert.equal((await peer.mempool.submit(pay(coin, 50_000))).fault, null);
        }
      },
    });
    assert.ok(changes > 5, `${changes} changes`);
    assert.deepEqual(template.entries.map(({ txid }) => formatHash(txid)).sort(), before);
    assert.equal(template.fees, 5_000);
  });

  it("in steps, begins again when a block comes in between", async () => {
    const peer = await openRegtest();
    await peer.miner.generate(101, ANYONE_SCRIPT);
    const [coin] = (await rewards(peer, 1)) as [Spend];
    await peer.mempool.submit(draft([coin], [SUBSIDY - 1_000]));
    let isMined = false;
    const template = await peer.miner.template(ANYONE_SCRIPT, {
      run: async (steps) => {
        for (;;) {
          const step = steps.next();
          if (step.done) return step.value;
          if (isMined) continue;
          isMined = true;
          await peer.miner.generate(1, ANYONE_SCRIPT);
        }
      },
    });
    assert.equal(template.height, 103);
    assert.equal(template.parent, peer.chain.tip);
    assert.equal(template.entries.length, 0);
  });

  it("C26: mines what policy refuses when it is told to, and confirms it", async () => {
    const peer = await openRegtest();
    await peer.miner.generate(101, ANYONE_SCRIPT);
    const [coin] = (await rewards(peer, 1)) as [Spend];
    const odd = draft([coin], [SUBSIDY], { version: 9 });
    assert.equal((await peer.mempool.submit(odd)).fault?.reason, "version");
    const block = await peer.miner.generateBlock(ANYONE_SCRIPT, [partOf(odd)], true);
    assert.deepEqual(peer.chain.tip.hash, block?.hash);
  });

  it("says why a block of given transactions would be refused", async () => {
    const peer = await openRegtest();
    const missing = draft([{ txid: new Uint8Array(32).fill(1), index: 0 }], [1]);
    await assert.rejects(
      peer.miner.generateBlock(ANYONE_SCRIPT, [partOf(missing)], true),
      (error) =>
        error instanceof TemplateRefused &&
        error.message.startsWith("TestBlockValidity failed: bad-txns-inputs-missingorspent"),
    );
    assert.equal(peer.chain.tip.height, 0);
  });

  it("stops when the tries are used up or the caller hangs up", async () => {
    const peer = await openRegtest();
    assert.deepEqual(await peer.miner.generate(5, ANYONE_SCRIPT, 0), []);
    assert.deepEqual(await peer.miner.generate(5, ANYONE_SCRIPT, 99, AbortSignal.abort()), []);
    assert.equal(peer.chain.tip.height, 0);
  });

  it("returns reorganised transactions to the mempool and mines them again", async () => {
    const peer = await openRegtest();
    await peer.miner.generate(101, ANYONE_SCRIPT);
    const [coin] = (await rewards(peer, 1)) as [Spend];
    const tx = draft([coin], [SUBSIDY - 5_000]);
    await peer.mempool.submit(tx);
    await peer.miner.generate(1, ANYONE_SCRIPT);
    assert.equal(peer.mempool.size, 0);
    await peer.chain.invalidate(peer.chain.tip);
    await peer.mempool.settled();
    assert.equal(peer.chain.tip.height, 101);
    assert.equal(peer.mempool.size, 1);
    peer.clock.setMock(peer.clock.now() + 600);
    await peer.miner.generate(1, ANYONE_SCRIPT);
    assert.equal(peer.mempool.size, 0);
  });

  it("never makes a template over its limits, and always one that connects", async () => {
    const peer = await openRegtest({
      miner: { maxWeight: 20_000, reservedWeight: 4_000 },
      mempool: { minRelayRate: 0 },
    });
    await peer.miner.generate(110, ANYONE_SCRIPT);
    const outputs = (await rewards(peer, 10)).map((spend) => ({ ...spend, value: SUBSIDY }));
    const spend = fc.record({
      pick: fc.nat(),
      fee: fc.nat(5_000),
      width: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(spend, { minLength: 1, maxLength: 12 }), async (steps) => {
        for (const { pick, fee, width } of steps) {
          const from = outputs[pick % outputs.length] as Spend & { value: number };
          const share = Math.floor((from.value - fee) / width);
          const { entry } = await peer.mempool.submit(draft([from], new Array(width).fill(share)));
          if (entry === null) continue;
          outputs.push({ txid: entry.txid, index: width - 1, value: share });
        }
        // The template is tested against the chain before it is handed out.
        const { block, weight, fees, entries } = await peer.miner.template(ANYONE_SCRIPT);
        assert.ok(block.weight <= 20_000);
        assert.ok(weight <= 20_000);
        assert.equal(
          fees,
          entries.reduce((sum, { fee }) => sum + fee, 0),
        );
        const [projected] = peer.mempool.projectedBlocks(1_000_000, 1);
        const best = projected?.chunks[0]?.members[0]?.weight ?? 0;
        if (best > 0 && best < 15_000) assert.ok(entries.length > 0);
      }),
      { numRuns: 15 },
    );
  });
});
