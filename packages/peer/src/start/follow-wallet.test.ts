import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { parseAddress } from "@compeer/protocol/bitcoin/address";
import { COIN } from "@compeer/protocol/bitcoin/amount";
import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import type { Transaction } from "@compeer/protocol/bitcoin/transaction";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { createPsbt, EMPTY_PSBT_INPUT } from "@compeer/protocol/wallet/psbt";
import { extractTransaction } from "@compeer/protocol/wallet/psbt-finalize";
import { signPsbt } from "@compeer/protocol/wallet/psbt-sign";
import type { BlockNode } from "../chain/block-node.ts";
import { SILENT_LOG } from "../mempool/testing/regtest-chain.ts";
import { openRegtest, type RegtestPeer } from "../mining/testing/regtest-peer.ts";
import { splitDescriptor } from "../wallet/descriptor-text.ts";
import type { WalletCoin, WalletTransaction } from "../wallet/ledger.ts";
import type { Wallet } from "../wallet/wallet.ts";
import { WalletManager } from "../wallet/wallet-manager.ts";
import { DEFAULT_WALLET_OPTIONS } from "../wallet/wallet-options.ts";

const ANYONE = Uint8Array.of(0x51);
/** A script of somebody else. */
const FOREIGN = Uint8Array.of(0, 20, ...new Uint8Array(20).fill(7));
const FEE = 10_000;

describe("a wallet", () => {
  let peer: RegtestPeer;
  let directory: string;
  let manager: WalletManager;
  let wallet: Wallet;

  beforeEach(async () => {
    peer = await openRegtest();
    directory = mkdtempSync(join(tmpdir(), "compeer-wallet-"));
    manager = newManager();
    wallet = (await manager.create("mine")).wallet;
    await mine(1, await wallet.newChangeScript("bech32"));
    await mine(100);
  });

  afterEach(async () => {
    await manager.close();
    await peer.chain.close();
    rmSync(directory, { recursive: true });
  });

  function newManager(): WalletManager {
    const { chain, mempool, clock } = peer;
    return new WalletManager({
      ...{ chain, mempool, clock, log: SILENT_LOG, directory, startup: null },
      ...{ fees: null, relay: () => {}, notify: () => {} },
      options: { ...DEFAULT_WALLET_OPTIONS, keypool: 3, unsafeSync: true },
    });
  }

  async function mine(count: number, script: Uint8Array = ANYONE): Promise<void> {
    await peer.miner.generate(count, script, 1_000_000);
    await settled();
  }

  async function settled(): Promise<void> {
    await peer.mempool.settled();
    await Promise.all(manager.wallets.map((each) => each.synced()));
  }

  function anyCoin(): WalletCoin {
    const [coin] = wallet.ledger.coins();
    assert.ok(coin);
    return coin;
  }

  /** A signed transaction of one coin to one script. */
  function spend(coin: WalletCoin, to: Uint8Array, fee = FEE): Transaction {
    const { txid, index, value } = coin;
    const prevout = { txid, index };
    const input = { prevout, script: new Uint8Array(0), sequence: 0xfffffffd, witness: [] };
    const outputs = [{ value: value - fee, script: to }];
    const psbt = {
      ...createPsbt({ version: 2, inputs: [input], outputs, lockTime: 0 }),
      inputs: [{ ...EMPTY_PSBT_INPUT, nonWitnessUtxo: coin.transaction.tx }],
    };
    const provider = { find: (script: Uint8Array) => wallet.signing(script) };
    const signed = signPsbt(psbt, provider, { sign: true, bip32derivs: false, finalize: true });
    return extractTransaction(signed.psbt);
  }

  function entry(tx: Transaction): WalletTransaction {
    const found = wallet.ledger.get(hashKey(tx.txid));
    assert.ok(found);
    return found;
  }

  it("counts a coinbase as immature up to a hundred confirmations, then as its own", async () => {
    assert.deepEqual(wallet.ledger.balance(), {
      trusted: 50 * COIN,
      untrustedPending: 0,
      immature: 0,
    });
    await mine(1, await wallet.newChangeScript("bech32m"));
    assert.equal(wallet.ledger.balance().immature, 50 * COIN);
  });

  it("spends, trusts its own change at once, and sees both confirm", async () => {
    const tx = spend(anyCoin(), await wallet.newChangeScript("bech32"));
    await wallet.commit(tx.raw, { comment: "to myself" });
    assert.equal(entry(tx).state.type, "mempool");
    assert.equal(wallet.ledger.balance().trusted, 50 * COIN - FEE);
    await mine(1);
    assert.equal(wallet.ledger.depth(entry(tx)), 1);
    assert.equal(entry(tx).comment, "to myself");
  });

  it("does not trust what strangers sent before it confirms", async () => {
    const other = (await manager.create("other")).wallet;
    const script = await other.newChangeScript("bech32");
    const tx = spend(anyCoin(), script);
    await wallet.commit(tx.raw, {});
    assert.deepEqual(other.ledger.balance(), {
      trusted: 0,
      untrustedPending: 50 * COIN - FEE,
      immature: 0,
    });
    await mine(1);
    assert.equal(other.ledger.balance().trusted, 50 * COIN - FEE);
  });

  it("gives coins back when a replacement takes the place of their spender", async () => {
    const coin = anyCoin();
    const first = spend(coin, FOREIGN);
    const second = spend(coin, await wallet.newChangeScript("bech32"), 5 * FEE);
    await wallet.commit(first.raw, {});
    await wallet.commit(second.raw, {});
    assert.equal(entry(first).state.type, "inactive");
    assert.equal(entry(first).mempoolConflicts.size, 1);
    assert.deepEqual(wallet.ledger.conflicts(entry(first)), [entry(second)]);
    assert.equal(wallet.ledger.balance().trusted, 50 * COIN - 5 * FEE);
    await mine(1);
    assert.deepEqual(
      [entry(first).state.type, wallet.ledger.depth(entry(first))],
      ["conflicted", -1],
    );
    assert.equal(wallet.ledger.depth(entry(second)), 1);
  });

  it("makes what was in a conflict with a block possible again when the block goes", async () => {
    const coin = anyCoin();
    const first = spend(coin, FOREIGN);
    const second = spend(coin, FOREIGN, 5 * FEE);
    await wallet.commit(first.raw, {});
    await wallet.commit(second.raw, {});
    await mine(1);
    await peer.chain.invalidate(peer.chain.tip);
    await settled();
    assert.equal(entry(first).state.type, "inactive");
    assert.equal(entry(second).state.type, "mempool");
    assert.equal(wallet.ledger.balance().trusted, 0);
  });

  it("follows a reorganisation: what was confirmed waits again, a lost coinbase is void", async () => {
    const tx = spend(anyCoin(), await wallet.newChangeScript("bech32"));
    await wallet.commit(tx.raw, {});
    await mine(1, await wallet.newChangeScript("legacy"));
    const lost = wallet.ledger.inOrder().at(-1) as WalletTransaction;
    assert.ok(lost.isCoinbase);
    await peer.chain.invalidate(peer.chain.tip);
    await settled();
    assert.equal(entry(tx).state.type, "mempool");
    assert.equal(lost.isAbandoned, true);
    assert.equal(wallet.lastBlock.height, 101);
    await mine(2);
    assert.equal(entry(tx).state.type, "confirmed");
    assert.equal(lost.isAbandoned, true);
  });

  it("frees the coins of a transaction that is given up, and takes it up when it is seen again", async () => {
    const tx = spend(anyCoin(), FOREIGN);
    await wallet.commit(tx.raw, {});
    assert.equal(wallet.abandon(hashKey(tx.txid)), false); // it may still confirm
    await manager.unload(wallet);
    peer = { ...peer, mempool: (await openRegtest()).mempool };
    manager = newManager();
    wallet = (await manager.load("mine")).wallet;
    assert.equal(entry(tx).state.type, "inactive");
    assert.equal(wallet.abandon(hashKey(tx.txid)), true);
    assert.equal(wallet.ledger.balance().trusted, 50 * COIN);
  });

  it("keeps what the mempool refuses, and does not count on it", async () => {
    const tx = spend(anyCoin(), FOREIGN, 0);
    await wallet.commit(tx.raw, {});
    assert.equal(entry(tx).state.type, "inactive");
    assert.equal(wallet.ledger.balance().trusted, 0);
  });

  it("comes back after a load as it was, and catches up with what happened meanwhile", async () => {
    const to = await wallet.newAddress("bech32", "later");
    const tx = spend(anyCoin(), FOREIGN);
    await wallet.commit(tx.raw, { comment: "rent", to: "landlord" });
    await wallet.lockCoin({ txid: tx.txid, index: 0 }, true);
    await manager.unload(wallet);
    await mine(1, parseAddress(to, peer.chain.network) as Uint8Array);
    wallet = (await manager.load("mine")).wallet;
    assert.equal(entry(tx).state.type, "confirmed");
    assert.deepEqual([entry(tx).comment, entry(tx).to], ["rent", "landlord"]);
    assert.equal(wallet.ledger.balance().immature, 50 * COIN + FEE);
    assert.equal(wallet.isLockedCoin(outpointKey(tx.txid, 0)), true);
  });

  it("comes back when the block it stood at is gone", async () => {
    await mine(1, await wallet.newChangeScript("bech32"));
    await manager.unload(wallet);
    await peer.chain.invalidate(peer.chain.at(60) as BlockNode);
    await mine(3, Uint8Array.of(0x52)); // a block of its own, not the refused one again
    wallet = (await manager.load("mine")).wallet;
    assert.equal(wallet.lastBlock.height, peer.chain.tip.height);
    assert.equal(wallet.ledger.balance().immature, 50 * COIN);
  });

  it("gives out no address that an older copy of it has used", async () => {
    const backup = join(directory, "backup.dat");
    wallet.backup(backup);
    const scripts: Uint8Array[] = [];
    for (let i = 0; i < 7; i++) scripts.push(await wallet.newChangeScript("bech32"));
    for (const script of scripts) await mine(1, script);
    const restored = (await manager.restore("restored", backup)).wallet;
    assert.equal(restored.ledger.size, wallet.ledger.size);
    assert.deepEqual(
      await restored.newChangeScript("bech32"),
      await wallet.newChangeScript("bech32"),
    );
  });

  it("finds in old blocks what descriptors that come later own, and takes up a rescan after an end", async () => {
    const [descriptor] = wallet.descriptors.filter(
      ({ type, internal }) => type === "bech32" && internal,
    );
    const text = descriptor === undefined ? null : wallet.secretText(descriptor);
    assert.ok(text);
    const late = (await manager.create("late", { blank: true })).wallet;
    const [split] = splitDescriptor(text, wallet.network);
    assert.ok(split);
    const range = { rangeStart: 0, rangeEnd: 3, nextIndex: 0 };
    await late.addDescriptor({ ...split, ...range, timestamp: 1 });
    assert.equal(late.ledger.size, 0);
    const rescan = late.rescan(peer.chain.at(0) as BlockNode, null);
    assert.equal(late.abortRescan(), true);
    assert.equal((await rescan).status, "aborted");
    const again = late.rescan(peer.chain.at(0) as BlockNode, null);
    await assert.rejects(late.rescan(peer.chain.at(0) as BlockNode, null), { code: -4 });
    await late.close(); // as the end of a peer does
    await again;
    await manager.unload(late);
    const resumed = (await manager.load("late")).wallet;
    while (resumed.isRescanning || resumed.ledger.size === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(resumed.ledger.balance().trusted, 50 * COIN);
  });

  it("remembers which scripts it has spent from, if it is to", async () => {
    wallet.setFlag("avoid_reuse", true);
    const coin = anyCoin();
    const tx = spend(coin, coin.script);
    assert.equal(wallet.isReused(coin.script), false);
    await wallet.commit(tx.raw, {});
    assert.equal(wallet.isReused(coin.script), true);
    const { trusted } = wallet.ledger.balance({ withoutReused: true });
    assert.deepEqual([trusted, wallet.ledger.balance().trusted], [0, 50 * COIN - FEE]);
  });

  it("finds the key that a PSBT names, though the script is not its own", async () => {
    const script = await wallet.newChangeScript("bech32");
    const key = wallet.signing(script)?.keys[0];
    assert.ok(key);
    assert.deepEqual(wallet.key(key.publicKey, key.origin.path)?.secret, key.secret);
    assert.equal(wallet.key(key.publicKey, [...key.origin.path.slice(0, -1), 999]), null);
  });

  it("sees a payment that a peer sent straight to the mempool", async () => {
    const other = (await manager.create("other")).wallet;
    const tx = spend(anyCoin(), await other.newChangeScript("bech32"));
    await peer.mempool.submit(parseTransaction(tx.raw));
    assert.equal(entry(tx).fromMe, true);
    assert.equal(other.ledger.balance().untrustedPending, 50 * COIN - FEE);
  });
});
