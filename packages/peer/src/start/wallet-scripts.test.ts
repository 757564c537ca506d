import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { COIN } from "@compeer/protocol/bitcoin/amount";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { expandScripts } from "@compeer/protocol/wallet/expand-descriptor";
import { SILENT_LOG } from "../mempool/testing/regtest-chain.ts";
import { openRegtest, type RegtestPeer } from "../mining/testing/regtest-peer.ts";
import type { BlockFilters } from "../wallet/rescan.ts";
import type { Wallet } from "../wallet/wallet.ts";
import { WalletManager } from "../wallet/wallet-manager.ts";
import { DEFAULT_WALLET_OPTIONS } from "../wallet/wallet-options.ts";

const ANYONE = Uint8Array.of(0x51);

describe("the scripts of a wallet", () => {
  let peer: RegtestPeer;
  let directory: string;
  const managers: WalletManager[] = [];

  beforeEach(async () => {
    peer = await openRegtest();
    directory = mkdtempSync(join(tmpdir(), "compeer-scripts-"));
  });

  afterEach(async () => {
    for (const manager of managers.splice(0)) await manager.close();
    await peer.chain.close();
    rmSync(directory, { recursive: true });
  });

  function newManager(keypool: number, blockFilters: BlockFilters | null = null): WalletManager {
    const { chain, mempool, clock } = peer;
    const manager = new WalletManager({
      ...{ chain, mempool, clock, log: SILENT_LOG, directory, startup: null, blockFilters },
      ...{ fees: null, relay: () => {}, notify: () => {} },
      options: { ...DEFAULT_WALLET_OPTIONS, keypool, unsafeSync: true },
    });
    managers.push(manager);
    return manager;
  }

  /** As anybody who has the descriptor derives it. */
  function scriptAt(wallet: Wallet, index: number): Uint8Array {
    const descriptor = wallet.activeDescriptor("bech32", false)?.descriptor;
    assert.ok(descriptor);
    return expandScripts(descriptor, index)[0] as Uint8Array;
  }

  async function mine(count: number, script: Uint8Array = ANYONE): Promise<void> {
    await peer.miner.generate(count, script, 1_000_000);
    await peer.mempool.settled();
    for (const { wallets } of managers) for (const wallet of wallets) await wallet.synced();
  }

  it("are derived behind the call that made it, and no payment to one is missed", async () => {
    const { wallet } = await newManager(400).create("mine");
    const far = scriptAt(wallet, 399);
    assert.equal(wallet.find(far), null);
    assert.equal(wallet.poolSize(), 8 * 400);
    const addresses = new Set<string>();
    for (let i = 0; i < 20; i++) addresses.add(await wallet.newAddress("bech32", ""));
    assert.equal(addresses.size, 20);
    await mine(1, far);
    assert.equal(wallet.find(far)?.index, 399);
    assert.equal(wallet.ledger.balance().immature, 50 * COIN);
  });

  it("that a stop cut off are derived by the next load", async () => {
    const manager = newManager(400);
    const { wallet } = await manager.create("mine");
    const far = scriptAt(wallet, 399);
    await manager.unload(wallet);
    assert.equal(wallet.find(far), null);
    const loaded = (await manager.load("mine")).wallet;
    assert.equal(loaded.find(far)?.index, 399);
    assert.equal(loaded.poolSize(), 8 * 400);
  });

  it("that a payment adds are looked for in the blocks after it when filters choose the blocks", async () => {
    const asked: number[] = [];
    const read: number[] = [];
    const filters: BlockFilters = {
      covers: () => true,
      async *matches(first, last, scripts) {
        asked.push(first);
        const watched = [...scripts];
        for (let height = first; height <= last; height++) {
          const node = peer.chain.at(height);
          const block = node === null ? null : await peer.chain.block(node);
          const paid = block?.transactions[0]?.outputScript(0) ?? ANYONE;
          if (!watched.some((script) => equalBytes(script, paid))) continue;
          read.push(height);
          yield height;
        }
      },
    };
    const manager = newManager(3, filters);
    const { wallet } = await manager.create("mine");
    const [near, beyond] = [scriptAt(wallet, 2), scriptAt(wallet, 5)];
    await manager.unload(wallet);
    await mine(3);
    await mine(1, near);
    await mine(3);
    await mine(1, beyond);
    await mine(2);
    const again = newManager(3, filters);
    const { wallet: restored } = await again.load("mine");
    assert.deepEqual(read.splice(0), [4, 8]);
    assert.equal(restored.ledger.size, 2);
    for (const tx of [...restored.ledger.inOrder()]) restored.remove(tx.key);
    const result = await restored.rescan(peer.chain.at(0) as never, null);
    assert.equal(result.status, "done");
    assert.equal(result.last?.height, 10);
    assert.deepEqual(read, [4, 8]);
    assert.equal(restored.ledger.size, 2);
  });
});
