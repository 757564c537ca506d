import assert from "node:assert/strict";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { RpcError } from "@compeer/protocol/rpc/rpc-error";
import { SILENT_LOG } from "../mempool/testing/regtest-chain.ts";
import { openRegtest, type RegtestPeer } from "../mining/testing/regtest-peer.ts";
import { SqliteFile } from "../storage/sqlite-file.ts";
import { splitDescriptor } from "../wallet/descriptor-text.ts";
import { randomMasterKey } from "../wallet/master-key.ts";
import { WalletManager } from "../wallet/wallet-manager.ts";
import { DEFAULT_WALLET_OPTIONS } from "../wallet/wallet-options.ts";

describe("WalletManager", () => {
  let peer: RegtestPeer;
  let directory: string;
  let manager: WalletManager;

  before(async () => {
    peer = await openRegtest();
  });

  after(async () => {
    await manager.close();
    rmSync(directory, { recursive: true });
    await peer.chain.close();
  });

  beforeEach(async () => {
    await manager?.close();
    if (directory !== undefined) rmSync(directory, { recursive: true });
    directory = mkdtempSync(join(tmpdir(), "compeer-wallets-"));
    manager = newManager();
  });

  function newManager(): WalletManager {
    const { chain, mempool, clock } = peer;
    return new WalletManager({
      ...{ chain, mempool, clock, log: SILENT_LOG, directory, startup: null },
      ...{ fees: null, relay: () => {}, notify: () => {} },
      options: { ...DEFAULT_WALLET_OPTIONS, keypool: 5, unsafeSync: true },
    });
  }

  const fileOf = (name: string): string => join(directory, name, "wallet.dat");

  async function refused(work: Promise<unknown>): Promise<string> {
    try {
      await work;
    } catch (error) {
      if (error instanceof RpcError) return `${error.code} ${error.message}`;
      throw error;
    }
    return "not refused";
  }

  it("gives the same addresses after a load, and goes on behind the last one", async () => {
    const { wallet } = await manager.create("kept");
    const first = await wallet.newAddress("bech32", "rent");
    await manager.unload(wallet);
    const again = (await manager.load("kept")).wallet;
    assert.equal(again.labels.get(first), "rent");
    assert.notEqual(await again.newAddress("bech32", ""), first);
    assert.deepEqual(
      again.descriptors.map(({ text }) => text),
      wallet.descriptors.map(({ text }) => text),
    );
  });

  it("leaves nothing behind when a wallet cannot be made", async () => {
    writeFileSync(join(directory, "taken"), "a file of somebody else");
    assert.match(await refused(manager.create("taken/below")), /^-4 .*filesystem error/);
    assert.deepEqual(readdirSync(directory), ["taken"]);
  });

  it("does not make a wallet where one is", async () => {
    await manager.create("one");
    assert.match(await refused(manager.create("one")), /^-4 .*Database already exists\.$/);
    assert.match(await refused(manager.load("one")), /^-35 Wallet "one" is already loaded\.$/);
  });

  it("says that a wallet is open elsewhere", async () => {
    await manager.create("one");
    const other = newManager();
    assert.match(await refused(other.load("one")), /^-4 .*exclusive lock on the database/);
    await other.close();
  });

  it("notices a torn file, says so, and changes nothing", async () => {
    const { wallet } = await manager.create("torn");
    await manager.unload(wallet);
    const path = fileOf("torn");
    const handle = openSync(path, "r+");
    writeSync(handle, new Uint8Array(statSync(path).size - 8192), 0, null, 8192);
    closeSync(handle);
    const bytes = readFileSync(path);
    assert.match(await refused(manager.load("torn")), /^-4 .*is damaged .*Nothing was changed/);
    assert.deepEqual(readFileSync(path), bytes);
  });

  it("notices a file that ends too early", async () => {
    const { wallet } = await manager.create("short");
    await manager.unload(wallet);
    const bytes = readFileSync(fileOf("short"));
    for (const size of [100, 4096, bytes.length - 4096]) {
      writeFileSync(fileOf("short"), bytes.subarray(0, size));
      assert.match(await refused(manager.load("short")), /^-4 /);
    }
    writeFileSync(fileOf("short"), bytes);
    await manager.load("short");
  });

  it("does not touch the backup of a newer version", async () => {
    const { wallet } = await manager.create("newer");
    await manager.unload(wallet);
    const file = new SqliteFile(fileOf("newer"), { create: false });
    file.exec("PRAGMA user_version=2");
    file.close();
    assert.match(await refused(manager.load("newer")), /^-4 .*written by a newer version/);
    const backup = join(directory, "backup.dat");
    copyFileSync(fileOf("newer"), backup);
    assert.match(await refused(manager.restore("back", backup)), /^-4 .*newer version/);
    assert.equal(existsSync(join(directory, "back")), false);
    assert.equal(existsSync(backup), true);
  });

  it("tells a file of another program from a wallet", async () => {
    const { wallet } = await manager.create("other");
    await manager.unload(wallet);
    const file = new SqliteFile(fileOf("other"), { create: false });
    file.exec("PRAGMA application_id=3669344250");
    file.close();
    assert.match(await refused(manager.load("other")), /^-18 .*is not a wallet of compeer/);
  });

  it("restores a backup under another name, with all its keys", async () => {
    const { wallet } = await manager.create("first");
    const address = await wallet.newAddress("bech32m", "savings");
    const backup = join(directory, "copy.dat");
    wallet.backup(backup);
    wallet.backup(backup); // again, over the one before
    const restored = (await manager.restore("second", backup)).wallet;
    assert.equal(restored.labels.get(address), "savings");
    assert.throws(() => wallet.backup(fileOf("first")), /no backup of itself/);
  });

  it("removes only what it made when a restore fails (W06)", async () => {
    const backup = join(directory, "garbage.dat");
    writeFileSync(backup, "no wallet at all");
    assert.match(await refused(manager.restore("back", backup)), /^-18 .*not in recognized format/);
    assert.deepEqual(readdirSync(directory), ["garbage.dat"]);
    const { wallet } = await manager.create("");
    await manager.unload(wallet);
    assert.match(await refused(manager.restore("", backup)), /^-36 /);
    assert.equal(existsSync(fileOf("")), true);
  });

  it("leaves no secret in the file after encryption (W05)", async () => {
    const rootKey = randomMasterKey(peer.chain.network);
    const { wallet } = await manager.create("sealed", { rootKey, words: "the words of it" });
    assert.ok(filesHave(rootKey) && filesHave("the words of it"));
    await wallet.encryptAnew("a passphrase");
    assert.equal(filesHave(rootKey) || filesHave("the words of it"), false);
    await manager.unload(wallet);
    assert.equal(filesHave(rootKey) || filesHave("a passphrase"), false);
    const again = (await manager.load("sealed")).wallet;
    assert.equal(again.isLocked, true);
    assert.equal(await again.unlock("another", 60), false);
    assert.equal(await again.unlock("a passphrase", 60), true);
    assert.equal(again.words(), "the words of it");
  });

  function filesHave(secret: string): boolean {
    const folder = join(directory, "sealed");
    return readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(secret));
  }

  it("pays to new keys after encryption", async () => {
    const { wallet } = await manager.create("again");
    const before = wallet.activeDescriptor("bech32", false)?.text;
    await wallet.encryptAnew("a passphrase");
    const after = wallet.activeDescriptor("bech32", false)?.text;
    assert.notEqual(after, before);
    assert.equal(wallet.descriptors.length, 16);
  });

  it("signs with nothing while locked, and with everything while unlocked", async () => {
    const { wallet } = await manager.create("locked", { passphrase: "a passphrase" });
    assert.equal(wallet.isLocked, true);
    const script = await wallet.newChangeScript("bech32");
    assert.equal(wallet.signing(script)?.keys[0]?.secret, null);
    assert.throws(() => wallet.requireUnlocked(), { code: -13 });
    await wallet.unlock("a passphrase", 60);
    assert.ok(wallet.signing(script)?.keys[0]?.secret instanceof Uint8Array);
    wallet.lock();
    assert.equal(wallet.signing(script)?.keys[0]?.secret, null);
  });

  it("opens with the new passphrase alone after a change", async () => {
    const { wallet } = await manager.create("changed", { passphrase: "old" });
    assert.equal(await wallet.changePassphrase("wrong", "new"), false);
    assert.equal(await wallet.changePassphrase("old", "new"), true);
    assert.equal(await wallet.unlock("old", 60), false);
    assert.equal(await wallet.unlock("new", 60), true);
  });

  it("runs out of addresses behind hardened steps while locked, and describes those it has", async () => {
    const { wallet } = await manager.create("hard", { passphrase: "old", blank: true });
    await wallet.unlock("old", 60);
    const root = randomMasterKey(peer.chain.network);
    const [split] = splitDescriptor(`wpkh(${root}/0h/*h)`, peer.chain.network);
    assert.ok(split);
    const range = { rangeStart: 0, rangeEnd: 2, nextIndex: 0 };
    wallet.setActive(await wallet.addDescriptor({ ...split, ...range, timestamp: 1 }), true, false);
    wallet.lock();
    const scripts: Uint8Array[] = [];
    for (let i = 0; i < 5; i++) {
      await wallet.newAddress("bech32", "");
      scripts.push(wallet.scriptsAt(wallet.descriptors[0] as never, i)[0] as Uint8Array);
    }
    assert.match(await refused(wallet.newAddress("bech32", "")), /^-12 .*Keypool ran out/);
    assert.match(wallet.describe(scripts[0] as Uint8Array) ?? "", /^wpkh\(\[[0-9a-f]{8}\/0h\/0h\]/);
  });
});
