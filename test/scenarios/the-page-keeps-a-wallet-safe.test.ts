import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { type Browser, chromium } from "playwright-core";
import { chromiumMissing, chromiumPath } from "../testing/chromium.ts";
import { startCompeerd } from "../testing/compeerd.ts";
import { freePort } from "../testing/free-port.ts";
import type { NodeProcess } from "../testing/node-process.ts";
import { PageReader } from "../testing/page-reader.ts";
import { pageStory } from "../testing/page-story.ts";
import { until } from "../testing/peers.ts";
import type { RpcClient } from "../testing/rpc-client.ts";

const PASSPHRASE = "correct horse battery staple";
/** Blocks enough that searching them takes longer than reaching for the button that ends it. */
const LONG_CHAIN = 4_000;
/** What the page's code reader sees, one code after the other: this browser has none of its own. */
const FAKE_CODE_READER = `
  globalThis.codes = [];
  globalThis.BarcodeDetector = class {
    async detect() {
      const code = globalThis.codes.shift();
      return code === undefined ? [] : [{ rawValue: code }];
    }
  };`;

interface Descriptors {
  readonly descriptors: readonly { readonly desc: string; readonly active: boolean }[];
}

interface Coin {
  readonly txid: string;
  readonly vout: number;
}

describe("the page of a wallet", { skip: chromiumMissing }, () => {
  const directory = mkdtempSync(join(tmpdir(), "compeer-keep-"));
  const step = pageStory();
  let peer: NodeProcess;
  let purse: RpcClient;
  let browser: Browser;
  let reader: PageReader;
  let backup: Buffer = Buffer.alloc(0);

  before(async () => {
    const options = ["-page=1", `-pageport=${await freePort()}`, "-fallbackfee=0.0001"];
    peer = await startCompeerd(join(directory, "peer"), ...options);
    await peer.rpc.call("createwallet", "purse", false, false, PASSPHRASE);
    purse = peer.rpc.wallet("purse");
    await peer.call("generatetoaddress", 3, await purse.call("getnewaddress", "mined"));
    await peer.call("generatetodescriptor", 100, "raw(51)");
    browser = await chromium.launch({
      executablePath: chromiumPath as string,
      args: [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
      ],
    });
    reader = await PageReader.open(browser, peer);
    await reader.page.evaluate("localStorage.setItem('compeer.welcomed', 'yes')");
  });

  after(async () => {
    await browser?.close();
    await peer?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  step("unlocks the keys for a while and locks them again", async () => {
    await reader.go("/wallet/purse");
    await reader.see("Locked: it sees, and cannot spend.");
    await reader.press("Unlock");
    await reader.fill("Passphrase", PASSPHRASE);
    await reader.answer("Unlock");
    await reader.see(/^Unlocked; locks itself/);
    assert.ok((await unlockedUntil()) > Date.now() / 1000);
    await reader.press("Lock now");
    await reader.see("Locked: it sees, and cannot spend.");
    assert.equal(await unlockedUntil(), 0);
  });

  step("loads a file of labels, and saves one with them in it", async () => {
    const address = await purse.call<string>("getnewaddress");
    const line = JSON.stringify({ type: "addr", ref: address, label: "Grüße <b>an alle</b>" });
    await reader.go("/wallet/purse/backup");
    await reader.giveFile("Load", "labels.jsonl", `${line}\n{"type":"addr"}\n`);
    await reader.see(/1 labels are in\. Line 2/);
    const { labels } = await purse.call<{ labels: string[] }>("getaddressinfo", address);
    assert.deepEqual(labels, ["Grüße <b>an alle</b>"]);
    assert.ok((await reader.saved("Save")).toString().includes(line));
  });

  step("signs messages for old and new addresses, and checks them", async () => {
    const old = await purse.call<string>("getnewaddress", "", "legacy");
    const words = "I was here\nand here";
    const signature = await signedOnPage(old, words);
    assert.equal(await peer.call("verifymessage", old, signature, words), true);
    const address = await purse.call<string>("getnewaddress", "", "bech32m");
    const proof = await signedOnPage(address, words);
    const verdict = await peer.call<{ valid: boolean }>(
      "verifymessagebip322",
      address,
      proof,
      words,
    );
    assert.equal(verdict.valid, true);
    await reader.fill("Their address", address);
    await reader.fill("Their message", words);
    await reader.fill("Signature", proof);
    await reader.press("Check");
    await reader.see("They have the key of this address.");
    await reader.fill("Their message", `${words}!`);
    await reader.press("Check");
    await reader.see("This signature is not theirs, or the message was changed.");
  });

  step("freezes a coin, and thaws it", async () => {
    await reader.go("/wallet/purse/coins");
    await reader.page.getByRole("checkbox").first().check();
    await reader.press("Freeze");
    await reader.page.getByRole("button", { name: "Thaw" }).waitFor();
    const [frozen, ...more] = await purse.call<Coin[]>("listlockunspent");
    assert.ok(frozen !== undefined && more.length === 0);
    await reader.press("Thaw");
    await reader.see(/^None\. A frozen coin/);
    assert.deepEqual(await purse.call("listlockunspent"), []);
  });

  step("spends the coin that was chosen and no other", async () => {
    const box = reader.page.getByRole("checkbox").nth(1);
    const name = (await box.getAttribute("aria-label")) as string;
    await box.check();
    await reader.page.getByRole("link", { name: "Spend these" }).click();
    await reader.see("One coin, chosen by you.");
    await reader.fill("Address", await purse.call<string>("getnewaddress"));
    await reader.fill("Amount", "1");
    await reader.press("Review");
    await reader.press("Send");
    await reader.fill("Passphrase", PASSPHRASE);
    await reader.answer("Go on");
    await reader.see("On its way to everybody.");
    const [txid] = await peer.call<string[]>("getrawmempool");
    const { vin } = await peer.call<{ vin: Coin[] }>("getrawtransaction", txid, 1);
    assert.deepEqual(
      vin.map((coin) => `Choose coin ${coin.vout} of ${coin.txid.slice(0, 8)}`),
      [name],
    );
    await peer.call("generatetodescriptor", 1, "raw(51)");
  });

  step("watches a wallet by its descriptors, without its keys", async () => {
    const { descriptors } = await purse.call<Descriptors>("listdescriptors");
    await reader.go("/wallets/watch");
    await reader.fill("Name", "eye");
    const field = "Addresses, extended public keys or descriptors";
    await reader.fill(field, "wpkh(nonsense)");
    await reader.press("Watch");
    await reader.page.getByRole("alert").first().waitFor();
    await reader.fill(field, descriptors.map(({ desc }) => desc).join("\n"));
    await reader.press("Watch");
    await reader.page.waitForURL(/\/wallet\/eye$/);
    await reader.see("Watched, without keys");
    const eye = peer.rpc.wallet("eye");
    const { private_keys_enabled } = await eye.call<{ private_keys_enabled: boolean }>(
      "getwalletinfo",
    );
    assert.equal(private_keys_enabled, false);
    assert.equal(await eye.call("getbalance"), await purse.call("getbalance"));
  });

  step("imports what listdescriptors printed, with the keys in it", async () => {
    await purse.call("walletpassphrase", PASSPHRASE, 60);
    const listed = await purse.call<Descriptors>("listdescriptors", true);
    await purse.call("walletlock");
    await reader.go("/wallets/restore");
    await reader.fill("Output of listdescriptors", JSON.stringify(listed));
    await reader.page.getByLabel("Name", { exact: true }).last().fill("moved");
    await reader.press("Import");
    await reader.page.waitForURL(/\/wallet\/moved$/);
    const moved = peer.rpc.wallet("moved");
    assert.equal(await moved.call("getbalance"), await purse.call("getbalance"));
    const info = await moved.call<{ private_keys_enabled: boolean }>("getwalletinfo");
    assert.equal(info.private_keys_enabled, true);
  });

  step("passes a payment as a file from who sees to who has the keys", async () => {
    await askFromEye("2");
    const file = await reader.saved("Save as a file");
    assert.equal(file.subarray(0, 5).toString("latin1"), "psbt\xff");
    await reader.go("/wallet/purse/psbt");
    await reader.giveFile("Open a file", "holiday.jpg", "no such thing");
    await reader.see("This is no PSBT: one begins with cHNidP.");
    await reader.giveFile("Open a file", "payment.psbt", file);
    await signAndSend();
  });

  step("passes a payment by codes before the camera", async () => {
    await askFromEye("3");
    const label = "Transaction to sign (PSBT)";
    const psbt = await reader.page.getByLabel(label, { exact: true }).inputValue();
    await reader.press("Show as a code");
    await reader.page.getByRole("img", { name: /^Code 1 of/ }).waitFor();
    await reader.go("/wallet/purse/psbt");
    await reader.see("This browser reads no codes by camera: open the file or paste the text.");
    await reader.page.addInitScript(FAKE_CODE_READER);
    await reader.go("/wallet/purse/psbt");
    await reader.press("Use the camera");
    await reader.see("Nothing read yet.");
    const half = psbt.length >> 1;
    const parts = [`p2of2 ${psbt.slice(half)}`, "p1of9 x", `p2of2 ${psbt.slice(half)}`];
    await reader.page.evaluate(
      (codes) => Object.assign(globalThis, { codes }),
      [...parts, `p1of2 ${psbt.slice(0, half)}`],
    );
    await signAndSend();
  });

  step("saves a whole copy, and restores it under another name", async () => {
    await reader.go("/wallet/purse/backup");
    await reader.see(/Its keys stay sealed by your passphrase\./);
    backup = await reader.saved("Save a copy");
    await reader.see(/^The copy is saved: purse-backup\.sqlite/);
    await restore("again", backup);
    await reader.page.waitForURL(/\/wallet\/again$/);
    const again = peer.rpc.wallet("again");
    assert.equal(await again.call("getbalance"), await purse.call("getbalance"));
    await again.call("walletpassphrase", PASSPHRASE, 1);
  });

  step(
    "W06: says of each file that is no good backup what it is, and leaves nothing of it",
    async () => {
      const torn = backup.subarray(0, backup.length >> 1);
      const rotten = Buffer.from(backup);
      rotten.fill(0xa5, 4096, 12_288);
      const newer = Buffer.from(backup);
      newer.writeUInt32BE(9_999, 60);
      const foreign = Buffer.from(backup);
      foreign.writeUInt32BE(1, 68);
      for (const [content, words] of [
        [torn, /^This backup is damaged or was cut off\./],
        [rotten, /^This backup is damaged or was cut off\./],
        [newer, /^This backup was written by a newer version of compeer\./],
        [foreign, /^This file is no backup of a compeer wallet\./],
        [Buffer.from("Dear diary"), /^This file is no backup of a compeer wallet\./],
        [Buffer.alloc(0), /^This file is no backup of a compeer wallet\./],
      ] as const) {
        await restore("hopeless", content);
        await reader.page.getByRole("alert").getByText(words).waitFor();
      }
      await restore("purse", backup);
      await reader.see('This peer has a wallet named "purse" already. Choose another name.');
      type Listed = { wallets: { name: string }[] };
      const { wallets } = await peer.call<Listed>("listwalletdir");
      assert.equal(
        wallets.some(({ name }) => name === "hopeless"),
        false,
      );
      reader.forgive(/status of 4(22|09)/);
    },
  );

  step("searches the chain again, tells how far it is, and stops when it is told", async () => {
    for (let made = 0; made < LONG_CHAIN; made += 500)
      await peer.call("generatetodescriptor", 500, "raw(51)");
    await reader.go("/wallet/purse/backup");
    await search();
    await reader.page.getByRole("progressbar", { name: "Chain searched" }).waitFor();
    await reader.press("Stop");
    await reader.see("The search was stopped; what it found so far is kept.");
    assert.equal((await walletInfo()).scanning, false);
    await until("it is locked again", async () => (await unlockedUntil()) === 0);
    await reader.fill("From height", "4000");
    await search();
    await reader.see(/^Searched from 4000 to \d+\.$/);
    await reader.fill("From height", "a while ago");
    await reader.press("Search");
    await reader.see("That is not a height.");
  });

  step("has written no error to its console and asked no other host for anything", () => {
    assert.deepEqual(reader.faults, []);
  });

  function walletInfo(): Promise<{ unlocked_until: number; scanning: unknown }> {
    return purse.call("getwalletinfo");
  }

  async function search(): Promise<void> {
    await reader.press("Search");
    await reader.fill("Passphrase", PASSPHRASE);
    await reader.answer("Go on");
  }

  async function unlockedUntil(): Promise<number> {
    return (await walletInfo()).unlocked_until;
  }

  async function signedOnPage(address: string, message: string): Promise<string> {
    await reader.go("/wallet/purse/messages");
    await reader.fill("Your address", address);
    await reader.fill("Message", message);
    await reader.press("Sign");
    await reader.fill("Passphrase", PASSPHRASE);
    await reader.answer("Go on");
    const signature = reader.page.locator("p[aria-live] code.address");
    await signature.waitFor();
    return (await signature.textContent()) as string;
  }

  /** A payment of the wallet that only watches, as far as it can make it. */
  async function askFromEye(amount: string): Promise<void> {
    await reader.go("/wallet/eye/send");
    await reader.fill("Address", await purse.call<string>("getnewaddress"));
    await reader.fill("Amount", amount);
    await reader.press("Review");
    await reader.press("Make it, to sign elsewhere");
    await reader.see(/^This wallet has not all the keys\./);
  }

  async function signAndSend(): Promise<void> {
    await reader.see("it must be signed");
    await reader.press("Sign");
    await reader.fill("Passphrase", PASSPHRASE);
    await reader.answer("Go on");
    await reader.see(/all have signed|it is ready to be sent/);
    await reader.press("Finish and send");
    await reader.see("On its way to everybody.");
    await until("it waits", async () => (await peer.call<unknown[]>("getrawmempool")).length === 1);
    await peer.call("generatetodescriptor", 1, "raw(51)");
  }

  async function restore(name: string, content: Buffer): Promise<void> {
    await reader.go("/wallets/restore");
    await reader.giveFile("Choose the backup", "backup.sqlite", content);
    await reader.fill("Name of the wallet", name);
    await reader.press("Restore the file");
  }
});
