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
import { sameTip, until } from "../testing/peers.ts";

const PASSPHRASE = "correct horse battery staple";

describe("the page", { skip: chromiumMissing }, () => {
  const directory = mkdtempSync(join(tmpdir(), "compeer-page-"));
  const step = pageStory();
  const peers: NodeProcess[] = [];
  let browser: Browser;
  let alice: PageReader;
  let bob: PageReader;
  let words: readonly string[] = [];
  let address = "";
  let payment = "";

  async function startPeer(name: string): Promise<NodeProcess> {
    const others = peers.map(({ address }) => `-addnode=${address}`);
    const options = ["-page=1", `-pageport=${await freePort()}`, "-listen", ...others];
    const peer = await startCompeerd(join(directory, name), ...options);
    peers.push(peer);
    return peer;
  }

  before(async () => {
    const [a, b] = [await startPeer("a"), await startPeer("b")];
    const path = chromiumPath as string;
    browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
    alice = await PageReader.open(browser, a);
    bob = await PageReader.open(browser, b);
  });

  after(async () => {
    await browser?.close();
    await Promise.all(peers.map((peer) => peer.stop()));
    rmSync(directory, { recursive: true, force: true });
  });

  step("asks at most five things on the first run, and each can be passed over", async () => {
    await alice.see("Welcome to your own peer");
    for (let step = 1; step < 5; step++) {
      await alice.see(`${step} of 5`);
      await alice.press("Next");
    }
    await alice.see("5 of 5");
    await alice.press("Done");
    await bob.press("Skip all of it");
    await bob.page.waitForURL((url) => url.pathname === "/");
  });

  step("creates a wallet only when three of its words were typed right", async () => {
    await alice.go("/wallets/new");
    await alice.fill("Name", "savings");
    await alice.fill("Passphrase", PASSPHRASE);
    await alice.fill("The passphrase again", "another");
    await alice.press("Make the words");
    await alice.see("The two passphrases differ.");
    await alice.fill("The passphrase again", PASSPHRASE);
    await alice.press("Make the words");
    words = await alice.wordsShown();
    assert.equal(words.length, 12);
    await alice.press("I have written them down");
    await alice.press("Create the wallet");
    await alice.see("Your paper has another word here.");
    await alice.typeWords(words);
    await alice.press("Create the wallet");
    await alice.page.waitForURL(/\/wallet\/savings$/);
  });

  step("mines into the wallet", async () => {
    await alice.go("/mining");
    await alice.press("Mine 101");
    await until("101 blocks", async () => (await peerOf(0).call("getblockcount")) === 101);
    await alice.go("/wallet/savings");
    await alice.see("50");
    await alice.see(/ripening/);
  });

  step("gives an address with a code, on another peer", async () => {
    await bob.go("/wallets/new");
    await bob.fill("Name", "shop");
    await bob.page.getByRole("checkbox").check();
    await bob.press("Make the words");
    const shown = await bob.wordsShown();
    await bob.press("I have written them down");
    await bob.press("Show the words again");
    assert.deepEqual(await bob.wordsShown(), shown);
    await bob.press("I have written them down");
    await bob.typeWords(shown);
    await bob.press("Create the wallet");
    await bob.page.waitForURL(/\/wallet\/shop$/);
    await bob.go("/wallet/shop/receive");
    await bob.fill("What for", "a book");
    await bob.press("New address");
    await bob.see("Nothing has come yet.");
    await bob.page.getByRole("img", { name: /^Code that asks/ }).waitFor();
    address = (await bob.page.locator("code.address").first().textContent()) as string;
    assert.match(address, /^bcrt1q[a-z0-9]{38}$/);
  });

  step("says what is wrong with a payment before anything is signed", async () => {
    await alice.go("/wallet/savings/send");
    await alice.press("Review");
    await alice.see("Say to whom.");
    await alice.fill("Address", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
    await alice.fill("Amount", "0.5");
    await alice.press("Review");
    await alice.page.getByRole("alert").first().waitFor();
    await alice.fill("Address", address);
    await alice.fill("Amount", "51");
    await alice.press("Review");
    await alice.see(/Insufficient funds/);
    await alice.fill("Amount", "0.000001");
    await alice.press("Review");
    await alice.see(/too small|dust/);
  });

  step("D22: reads a payment link by itself and fetches nothing that it names", async () => {
    await alice.fill("Address", `bitcoin:${address}?amount=0.75&r=https://example.com/invoice`);
    const amount = alice.page.getByLabel("Amount", { exact: true });
    await until("the link is read", async () => (await amount.inputValue()) === "0.75");
    assert.equal(await alice.page.getByLabel("Address", { exact: true }).inputValue(), address);
    assert.deepEqual(alice.faults, []);
  });

  step(
    "sends after a review and the passphrase, and the payment arrives and confirms on both",
    async () => {
      await sameTip(peerOf(0), peerOf(1));
      await alice.fill("Amount", "1.5");
      await alice.press("Review");
      await alice.see("Look it over");
      await alice.see("In the next block, at its head");
      await alice.press("Send");
      await alice.fill("Passphrase", "wrong");
      await alice.press("Go on");
      await alice.see(/passphrase entered was incorrect/);
      await alice.fill("Passphrase", PASSPHRASE);
      await alice.press("Go on");
      await alice.see("On its way to everybody.");
      await bob.see(/waiting for a block/);
      await mineOnAlice(1);
      await bob.see(/received, confirmed/);
      await alice.go("/wallet/savings");
      await alice.see("Confirmed by 1 block");
      await bob.go("/wallet/shop");
      await bob.see("Confirmed by 1 block");
      await bob.see("a book");
    },
  );

  step("raises the fee of a payment that waits", async () => {
    await alice.go("/wallet/savings/send");
    await alice.fill("Address", address);
    await alice.fill("Amount", "0.25");
    await alice.press("Review");
    await alice.press("Send");
    await alice.fill("Passphrase", PASSPHRASE);
    await alice.press("Go on");
    await alice.see("On its way to everybody.");
    [payment = ""] = await peerOf(0).call<string[]>("getrawmempool");
    await alice.go(`/wallet/savings/tx/${payment}`);
    await alice.fill("Fee rate", "20");
    await alice.press("Raise the fee");
    await alice.fill("Passphrase", PASSPHRASE);
    await alice.press("Go on");
    await alice.page.waitForURL((url) => !url.pathname.endsWith(payment));
    await alice.go(`/wallet/savings/tx/${payment}`);
    await alice.see("Replaced by another");
    [payment = ""] = await peerOf(0).call<string[]>("getrawmempool");
    await mineOnAlice(3);
  });

  step("keeps a frozen coin out of payments", async () => {
    await bob.go("/wallet/shop/coins");
    await bob.page.getByRole("checkbox").first().check();
    await bob.press("Freeze");
    await bob.press("Thaw");
    await bob.see(/None. A frozen coin/);
  });

  step("says when the chain was reorganised", async () => {
    await bob.go("/forks");
    const miner = peerOf(0);
    const height = await miner.call<number>("getblockcount");
    await miner.call("invalidateblock", await miner.call<string>("getbestblockhash"));
    await miner.call("generatetodescriptor", 2, "raw(51)#8lvh9jxk");
    await until(
      "the branch wins",
      async () => (await peerOf(1).call("getblockcount")) === height + 1,
    );
    await bob.see("The chain was reorganised");
    await bob.see(/One block was taken back/);
  });

  step("answers in its console what bitcoin-cli would, and completes names", async () => {
    await alice.go("/console");
    const field = alice.page.getByLabel("Method and arguments");
    await field.pressSequentially("getblockco");
    await field.press("Tab");
    await field.press("Enter");
    await alice.see(String(await peerOf(0).call<number>("getblockcount")));
    await field.fill("getblockhash 99999");
    await field.press("Enter");
    await alice.see("Block height out of range");
  });

  step(
    "restores the wallet on a third peer from its words, and refuses wrong ones in one sentence",
    async () => {
      const third = await startPeer("c");
      await until("the third has the chain", async () => {
        const [tip, other] = await Promise.all(
          [third, peerOf(0)].map((peer) => peer.call("getbestblockhash")),
        );
        return tip === other;
      });
      const carol = await PageReader.open(browser, third);
      await carol.go("/wallets/restore");
      const text = carol.page.getByLabel("The words, in their order");
      const name = carol.page.getByLabel("Name").first();
      await name.fill("savings");
      await text.fill([...words.slice(0, 11), "bitcon"].join(" "));
      await carol.press("Restore from words");
      await carol.see(/bitcon/);
      await text.fill([...words].join(" "));
      await carol.press("Restore from words");
      await carol.page.waitForURL(/\/wallet\/savings$/);
      await until(
        "the same balance",
        async () => (await balance(third)) === (await balance(peerOf(0))),
      );
      assert.deepEqual(carol.faults, []);
    },
  );

  step("has no accessibility fault that axe-core finds, in either theme", async () => {
    const wallet = "/wallet/savings";
    const found: string[] = [];
    for (const path of ["/", "/blocks", "/mempool", `/tx/${payment}`, "/welcome", "/welcome/disk"])
      found.push(...(await alice.violations(path)));
    for (const part of ["", "/receive", "/send", "/coins", "/psbt", "/messages", "/backup"])
      found.push(...(await alice.violations(wallet + part)));
    for (const path of ["/wallet", "/wallets/new", "/wallets/restore", "/wallets/watch"])
      found.push(...(await alice.violations(path)));
    for (const path of ["/peers", "/traffic", "/forks", "/mining"])
      found.push(...(await alice.violations(path)));
    for (const path of ["/settings", "/console", "/logs", "/connect"])
      found.push(...(await alice.violations(path)));
    assert.deepEqual(found, []);
  });

  step("has written no error to its console and asked no other host for anything", () => {
    assert.deepEqual([...alice.faults, ...bob.faults], []);
  });

  function peerOf(index: number): NodeProcess {
    return peers[index] as NodeProcess;
  }

  async function mineOnAlice(count: number): Promise<void> {
    await peerOf(0).call("generatetoaddress", count, address);
    await sameTip(peerOf(0), peerOf(1));
  }

  async function balance(peer: NodeProcess): Promise<string> {
    const { mine } = await peer.call<{ mine: object }>("getbalances");
    return JSON.stringify(mine);
  }
});
