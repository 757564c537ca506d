import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { feeAt } from "@compeer/protocol/policy/fee-rate";
import { Clock } from "../../clock/clock.ts";
import { Mempool } from "../../mempool/mempool.ts";
import { DEFAULT_MEMPOOL_OPTIONS } from "../../mempool/mempool-options.ts";
import { draft, Ledger, type Spend } from "../../mempool/testing/ledger.ts";
import { SILENT_LOG } from "../../mempool/testing/regtest-chain.ts";
import { combinedBumpFee, individualBumpFees } from "./bump-fees.ts";

const COIN = 1_000_000;
/** 20 sat/vB. */
const RATE = 20_000;

function open() {
  const chain = new Ledger();
  const log = SILENT_LOG;
  const mempool = new Mempool({ chain, clock: new Clock(), log }, DEFAULT_MEMPOOL_OPTIONS);
  /** A transaction that pays this fee and splits the rest in two; its outputs. */
  async function send(from: Spend, value: number, fee: number): Promise<[Spend, Spend]> {
    const half = (value - fee) / 2;
    const tx: TransactionView = draft([from], [half, half]);
    const { fault } = await mempool.submit(tx);
    assert.equal(fault, null);
    const txid = transactionId(tx);
    return [
      { txid, index: 0 },
      { txid, index: 1 },
    ];
  }
  const [coin] = chain.fund([COIN]) as [Spend];
  return { mempool, send, coin };
}

function feeOf(mempool: Mempool, spend: Spend, rate = RATE): number {
  const fees = individualBumpFees(mempool, [spend], rate);
  return fees?.get(outpointKey(spend.txid, spend.index)) ?? 0;
}

describe("the fees that lift unconfirmed ancestors", () => {
  it("are none for coins that are confirmed, or whose parents pay the rate", async () => {
    const { mempool, send, coin } = open();
    assert.equal(feeOf(mempool, coin), 0);
    const [first] = await send(coin, COIN, 20_000);
    assert.equal(feeOf(mempool, first), 0);
    assert.equal(combinedBumpFee(mempool, [coin, first], RATE), 0);
  });

  it("are what the parent misses of the rate, and count once for two of its outputs", async () => {
    const { mempool, send, coin } = open();
    const [first, second] = await send(coin, COIN, 200);
    const [entry] = [...mempool.entries()];
    const missing = feeAt(RATE, entry?.vsize ?? 0) - 200;
    assert.ok(missing > 0);
    assert.equal(feeOf(mempool, first), missing);
    assert.equal(feeOf(mempool, second), missing);
    assert.equal(combinedBumpFee(mempool, [first, second], RATE), missing);
  });

  it("are none where a child of others pays for the parent already", async () => {
    const { mempool, send, coin } = open();
    const [first, second] = await send(coin, COIN, 200);
    await send(second, (COIN - 200) / 2, 10_000);
    assert.equal(feeOf(mempool, first), 0);
  });

  it("lift a whole line of ancestors", async () => {
    const { mempool, send, coin } = open();
    const [first] = await send(coin, COIN, 200);
    const [second] = await send(first, (COIN - 200) / 2, 200);
    const [third] = await send(second, ((COIN - 200) / 2 - 200) / 2, 200);
    const vsize = [...mempool.entries()].reduce((sum, entry) => sum + entry.vsize, 0);
    assert.equal(feeOf(mempool, third), feeAt(RATE, vsize) - 600);
  });

  it("leave out what a replacement would push out", async () => {
    const { mempool, send, coin } = open();
    const [first] = await send(coin, COIN, 200);
    const before = feeOf(mempool, first);
    await send(first, (COIN - 200) / 2, 50_000);
    // Its child pays for it, but a transaction that spends the same output replaces that child.
    assert.equal(feeOf(mempool, first), before);
  });
});
