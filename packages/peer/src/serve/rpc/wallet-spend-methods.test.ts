import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { decodeTransaction } from "@compeer/protocol/bitcoin/transaction";
import { hashKey, parseHash } from "@compeer/protocol/bytes/hash";
import { decodeHex } from "@compeer/protocol/bytes/hex";
import { virtualSize } from "@compeer/protocol/policy/virtual-size";
import { OUTPUT_TYPES } from "../../wallet/output-type.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { WalletLab } from "./testing/wallet-lab.ts";

const FOREIGN = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
const MAINNET = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
const COIN = 100_000_000;

describe("the methods that spend from a wallet", () => {
  let lab: WalletLab;
  let rich: Wallet;
  let poor: Wallet;

  before(async () => {
    lab = await WalletLab.open();
    rich = await lab.wallet("rich");
    poor = await lab.wallet("poor");
    await lab.mine(110, await rich.newAddress("bech32", ""));
  });

  after(() => lab.close());

  function entry(txid: string) {
    const found = lab.peer.mempool.get(hashKey(parseHash(txid)));
    assert.ok(found, "not in the mempool");
    return found;
  }

  function paidTo(txid: string, wallet: Wallet): number {
    const tx = decodeTransaction(entry(txid).tx.raw);
    return tx.outputs.reduce(
      (sum, { value, script }) => sum + (wallet.find(script) ? value : 0),
      0,
    );
  }

  /** Confirms what waits, and gives `poor` nothing more to do with it. */
  async function settle(): Promise<void> {
    await lab.mine(1, FOREIGN);
    assert.equal(lab.peer.mempool.size, 0);
  }

  it("pay an amount to an address of every kind at the rate asked for", async () => {
    for (const type of OUTPUT_TYPES) {
      const address = await poor.newAddress(type, "");
      const options = [undefined, undefined, false, true, undefined, undefined, undefined, 3];
      const txid = await lab.call(rich, "sendtoaddress", address, 0.5, ...options);
      assert.equal(paidTo(txid, poor), COIN / 2);
      const { fee, vsize } = entry(txid);
      assert.ok(fee >= vsize * 3 && fee <= (vsize + 3) * 3, `${fee} for ${vsize}`);
    }
    await settle();
    assert.equal(poor.ledger.balance().trusted, 2 * COIN);
  });

  it("spend coins of every kind together", async () => {
    const before = poor.ledger.balance().trusted;
    const { txid, complete } = await lab.call(poor, "sendall", [FOREIGN], undefined, undefined, 2);
    assert.equal(complete, true);
    const { tx, fee, vsize } = entry(txid);
    assert.equal(tx.inputCount, 4);
    assert.equal(tx.outputValue(0), before - fee);
    assert.ok(fee >= 2 * vsize && fee <= 2 * (vsize + 4));
    await settle();
    assert.equal(poor.ledger.balance().trusted, 0);
  });

  it("take the fee off what is paid when asked to", async () => {
    const address = await poor.newAddress("bech32", "");
    const txid = await lab.call(rich, "sendtoaddress", address, 1, "", "", true);
    assert.equal(paidTo(txid, poor), COIN - entry(txid).fee);
    const other = await poor.newAddress("bech32m", "");
    const amounts = { [address]: 0.2, [other]: 0.3 };
    const many = await lab.call(rich, "sendmany", "", amounts, undefined, "", [address]);
    assert.equal(paidTo(many, poor), 50_000_000 - entry(many).fee);
    await settle();
  });

  it("lock the time to the next block, and keep to one kind of change", async () => {
    const txid = await lab.call(rich, "sendtoaddress", FOREIGN, 0.1);
    const { tx } = entry(txid);
    const { tip } = lab.peer.chain;
    assert.ok(tx.lockTime <= tip.height && tx.lockTime > tip.height - 100);
    for (let i = 0; i < tx.inputCount; i++) assert.equal(tx.sequence(i), 0xfffffffd);
    const change = decodeTransaction(tx.raw).outputs.find(({ script }) => rich.find(script));
    assert.equal(change && rich.find(change.script)?.type, "bech32");
    await settle();
  });

  it("keep comment and receiver of a payment", async () => {
    const txid = await lab.call(rich, "sendtoaddress", FOREIGN, 0.1, "rent", "landlord");
    const kept = rich.ledger.get(hashKey(parseHash(txid)));
    assert.equal(kept?.comment, "rent");
    assert.equal(kept?.to, "landlord");
    await settle();
  });

  it("refuse what cannot be paid with one clear message, and keep everything", async () => {
    const before = rich.ledger.balance().trusted;
    const cases: readonly (readonly [unknown[], string])[] = [
      [[FOREIGN, 1e6], "-6 Insufficient funds"],
      [[FOREIGN, 0.00000001], "-6 Transaction amount too small"],
      [[FOREIGN, 21_000_001], "-3 Amount out of range"],
      [[FOREIGN, -1], "-3 Amount out of range"],
      [[MAINNET, 1], `-5 Invalid Bitcoin address: ${MAINNET}`],
      [["nobody", 1], "-5 Invalid Bitcoin address: nobody"],
    ];
    for (const [args, message] of cases)
      assert.equal(await lab.refusal(rich, "sendtoaddress", ...args), message);
    const absurd = { fee_rate: 1_000_000 };
    assert.match(
      await lab.refusal(rich, "send", [{ [FOREIGN]: 1 }], undefined, undefined, undefined, absurd),
      /^-4 Fee exceeds maximum configured by user/,
    );
    const low = { fee_rate: 0.5 };
    assert.equal(
      await lab.refusal(rich, "send", [{ [FOREIGN]: 1 }], undefined, undefined, undefined, low),
      "-4 Fee rate (0.500 sat/vB) is lower than the minimum fee rate setting (1.000 sat/vB)",
    );
    assert.equal(rich.ledger.balance().trusted, before);
    assert.equal(lab.peer.mempool.size, 0);
  });

  it("refuse without a rate when none can be guessed", async () => {
    const careful = await lab.wallet("careful", { fallbackRate: 0 });
    const address = await careful.newAddress("bech32", "");
    await lab.call(rich, "sendtoaddress", address, 1);
    await settle();
    assert.match(
      await lab.refusal(careful, "sendtoaddress", FOREIGN, 0.1),
      /^-6 Fee estimation failed\. Fallbackfee is disabled/,
    );
  });

  it("send nothing from a locked wallet", async () => {
    const sealed = await lab.wallet("sealed");
    const address = await sealed.newAddress("bech32", "");
    await lab.call(rich, "sendtoaddress", address, 1);
    await settle();
    await sealed.encrypt("open sesame");
    sealed.lock();
    assert.match(
      await lab.refusal(sealed, "sendtoaddress", FOREIGN, 0.1),
      /^-13 Error: Please enter/,
    );
    await sealed.unlock("open sesame", 60);
    await lab.call(sealed, "sendtoaddress", FOREIGN, 0.1);
    await settle();
  });

  it("replace a payment by one that pays more, once", async () => {
    const txid = await lab.call(rich, "sendtoaddress", await poor.newAddress("bech32", ""), 1);
    const { fee } = entry(txid);
    const bumped = await lab.call(rich, "bumpfee", txid, { fee_rate: 50 });
    assert.equal(lab.peer.mempool.size, 1);
    assert.equal(Math.round(bumped.origfee * COIN), fee);
    assert.equal(Math.round(bumped.fee * COIN), entry(bumped.txid).fee);
    assert.ok(entry(bumped.txid).fee > fee);
    assert.equal(paidTo(bumped.txid, poor), COIN);
    assert.match(
      await lab.refusal(rich, "bumpfee", txid),
      /^-4 Cannot bump transaction .* already/,
    );
    await settle();
    assert.match(await lab.refusal(rich, "bumpfee", bumped.txid), /^-1 .*:\d+ is already spent$/);
    assert.match(await lab.refusal(rich, "bumpfee", "00".repeat(32)), /^-5 Invalid or non-wallet/);
  });

  it("never choose the same coin twice, however many calls come at once", async () => {
    const calls = Array.from({ length: 6 }, () => lab.call(rich, "sendtoaddress", FOREIGN, 0.5));
    const txids = await Promise.all(calls);
    assert.equal(lab.peer.mempool.size, 6);
    for (const txid of txids) entry(txid);
    await settle();
  });

  it("take a payment back by paying it to oneself", async () => {
    const txid = await lab.call(rich, "sendtoaddress", FOREIGN, 3);
    const cancelled = await lab.call(rich, "canceltransaction", txid);
    assert.equal(lab.peer.mempool.size, 1);
    const { tx, fee } = entry(cancelled.txid);
    assert.equal(Math.round(cancelled.fee * COIN), fee);
    assert.ok(decodeTransaction(tx.raw).outputs.every(({ script }) => rich.find(script)));
    await settle();
  });

  it("pay for a slow payment from others with a child", async () => {
    const address = await poor.newAddress("bech32", "");
    const rate = [undefined, undefined, undefined, true, undefined, undefined, undefined, 1];
    const txid = await lab.call(rich, "sendtoaddress", address, 2, ...rate);
    const { method, txid: child } = await lab.call(poor, "acceleratetransaction", txid, {
      fee_rate: 20,
    });
    assert.equal(method, "child");
    const package_ = [entry(txid), entry(child)];
    const fee = package_.reduce((sum, each) => sum + each.fee, 0);
    const vsize = package_.reduce((sum, each) => sum + each.vsize, 0);
    assert.ok(fee >= 20 * vsize && fee <= 20 * vsize + 100, `${fee} for ${vsize}`);
    await settle();
    const own = await lab.call(rich, "sendtoaddress", FOREIGN, 1);
    const hurried = await lab.call(rich, "acceleratetransaction", own);
    assert.equal(hurried.method, "replacement");
    await settle();
  });

  it("lift slow parents of coins to the rate asked for", async () => {
    const slow = { fee_rate: 1 };
    const empty = await lab.wallet("empty");
    const address = await empty.newAddress("bech32", "");
    await lab.call(rich, "sendtoaddress", address, 1);
    await settle();
    const outputs = [{ [await empty.newAddress("bech32", "")]: 0.9 }];
    const first = await lab.call(empty, "send", outputs, undefined, undefined, undefined, slow);
    const inputs = [{ txid: first.txid, vout: outputOf(first.txid, 90_000_000) }];
    const fast = { fee_rate: 30, inputs };
    const second = await lab.call(
      ...([empty, "send", [{ [FOREIGN]: 0.5 }], undefined, undefined, undefined, fast] as const),
    );
    const both = [entry(first.txid), entry(second.txid)];
    const fee = both.reduce((sum, each) => sum + each.fee, 0);
    const vsize = both.reduce((sum, each) => sum + each.vsize, 0);
    assert.ok(fee >= 30 * vsize && fee <= 30 * vsize + 100, `${fee} for ${vsize}`);
    await settle();
  });

  function outputOf(txid: string, value: number): number {
    const { tx } = entry(txid);
    for (let i = 0; i < tx.outputCount; i++) if (tx.outputValue(i) === value) return i;
    return assert.fail("no such output");
  }

  it("preview a payment with its cost and place, and keep nothing", async () => {
    const args = [[{ [FOREIGN]: 1.5 }], undefined, undefined, 7] as const;
    const indexes = rich.descriptors.map(({ nextIndex }) => nextIndex);
    const shown = await lab.call(rich, "previewsend", ...args);
    assert.deepEqual(
      rich.descriptors.map(({ nextIndex }) => nextIndex),
      indexes,
    );
    assert.equal(lab.peer.mempool.size, 0);
    assert.equal(shown.fee_rate, 7);
    assert.ok(Math.round(shown.fee * COIN) >= shown.vsize * 7);
    assert.deepEqual(shown.mempool, { block: 1, weight_ahead: 0 });
    assert.deepEqual(
      shown.rates.map(({ blocks }: { blocks: number }) => blocks),
      [1, 2, 3, 6],
    );
    assert.equal(shown.rates[0].fee_rate, 1);
    assert.ok(shown.rates[0].saves > 0 && shown.batched.saves > 0);
    const { inputs, outputs } = shown;
    const sum = (list: readonly { amount: number }[]) =>
      list.reduce((total, { amount }) => total + Math.round(amount * COIN), 0);
    assert.equal(sum(inputs) - sum(outputs), Math.round(shown.fee * COIN));
  });

  it("fund a transaction, and sign it as a PSBT or as it is", async () => {
    const { psbt, fee, changepos } = await lab.call(
      rich,
      "walletcreatefundedpsbt",
      [],
      [{ [FOREIGN]: 2 }],
    );
    assert.ok(fee > 0 && changepos >= 0);
    const signed = await lab.call(rich, "walletprocesspsbt", psbt);
    assert.equal(signed.complete, true);
    const tx = decodeTransaction(decodeHex(signed.hex));
    assert.ok(fee * COIN >= 20 * virtualSize(tx.weight));

    const blank = await lab.call(poor, "walletprocesspsbt", psbt);
    assert.equal(blank.complete, false);
  });

  it("say how sending would change the balance", async () => {
    const options = { add_to_wallet: false };
    const { hex } = await lab.call(
      ...([rich, "send", [{ [FOREIGN]: 2 }], undefined, undefined, undefined, options] as const),
    );
    const { balance_change: change } = await lab.call(rich, "simulaterawtransaction", [hex]);
    assert.ok(change < -2 && change > -2.001);
    assert.equal((await lab.call(poor, "simulaterawtransaction", [hex])).balance_change, 0);
    assert.match(
      await lab.refusal(rich, "simulaterawtransaction", [hex, hex]),
      /^-8 Transaction\(s\) are spending the same output more than once/,
    );
    const again = await lab.call(rich, "signrawtransactionwithwallet", hex);
    assert.equal(again.complete, true);
  });
});
