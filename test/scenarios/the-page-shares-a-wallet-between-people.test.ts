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

describe("the page of a shared wallet", { skip: chromiumMissing }, () => {
  const directory = mkdtempSync(join(tmpdir(), "compeer-share-"));
  const step = pageStory();
  let alicePeer: NodeProcess;
  let bobPeer: NodeProcess;
  let browser: Browser;
  let alice: PageReader;
  let bob: PageReader;
  let bobsKey = "";
  let descriptor = "";
  let payment = Buffer.alloc(0) as Buffer;

  before(async () => {
    const options = async (): Promise<string[]> => [
      "-page=1",
      `-pageport=${await freePort()}`,
      "-listen",
      "-fallbackfee=0.0001",
    ];
    alicePeer = await startCompeerd(join(directory, "alice"), ...(await options()));
    const others = [`-addnode=${alicePeer.address}`];
    bobPeer = await startCompeerd(join(directory, "bob"), ...(await options()), ...others);
    await alicePeer.rpc.call("createwallet", "alice");
    await bobPeer.rpc.call("createwallet", "bob");
    const executablePath = chromiumPath as string;
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    alice = await PageReader.open(browser, alicePeer);
    bob = await PageReader.open(browser, bobPeer);
    for (const { page } of [alice, bob])
      await page.evaluate("localStorage.setItem('compeer.welcomed', 'yes')");
  });

  after(async () => {
    await browser?.close();
    await Promise.all([alicePeer?.stop(), bobPeer?.stop()]);
    rmSync(directory, { recursive: true, force: true });
  });

  step("is made of everybody's keys, and says what it asks of them", async () => {
    const keys = "Keys of all, one a line";
    await bob.go("/wallets/shared");
    await bob.press("Add the key of bob");
    const field = bob.page.getByLabel(keys, { exact: true });
    await until("bob's key is there", async () => (await field.inputValue()) !== "");
    bobsKey = await field.inputValue();
    await bob.press("Make the wallet");
    await bob.see("A shared wallet has two keys or more, one a line.");
    await alice.go("/wallet");
    await alice.page.getByRole("link", { name: "Share a wallet" }).click();
    await alice.fill(keys, bobsKey);
    await alice.press("Add the key of alice");
    await alice.see("To spend, 2 of 2 must sign.");
    await alice.press("Make the wallet");
    await alice.see("Give this to everybody who shares it");
    descriptor = (await alice.saved("Save as a file")).toString().trim();
    const found = await bobPeer.call<{ issolvable: boolean }>("getdescriptorinfo", descriptor);
    assert.equal(found.issolvable, true);
  });

  step("is the same wallet at another's, who watches the descriptor", async () => {
    await bob.go("/wallets/watch");
    await bob.fill("Name", "shared");
    await bob.fill("Addresses, extended public keys or descriptors", descriptor);
    await bob.press("Watch");
    await bob.page.waitForURL(/\/wallet\/shared$/);
    const addresses = await Promise.all(
      [alicePeer, bobPeer].map((peer) => peer.rpc.wallet("shared").call("getnewaddress")),
    );
    assert.equal(addresses[0], addresses[1]);
    await alicePeer.call("generatetoaddress", 2, addresses[0]);
    await alicePeer.call("generatetodescriptor", 100, "raw(51)");
    await sameTip(alicePeer, bobPeer);
    await bob.see("100.00000000");
  });

  step("pays with the signatures of both, passed as a file from one to the other", async () => {
    await alice.go("/wallet/shared/send");
    await alice.fill("Address", await bobPeer.rpc.wallet("bob").call<string>("getnewaddress"));
    await alice.fill("Amount", "7");
    await alice.press("Review");
    await alice.press("Make it, to sign elsewhere");
    payment = await alice.saved("Save as a file");
    await alice.go("/wallet/alice/psbt");
    await alice.giveFile("Open a file", "payment.psbt", payment);
    await alice.see("it must be signed");
    await alice.press("Sign");
    await until("it holds a signature", async () => {
      payment = await alice.saved("Save as a file");
      const psbt = payment.toString("base64");
      type Decoded = { inputs: { partial_signatures?: object }[] };
      const { inputs } = await alicePeer.call<Decoded>("decodepsbt", psbt);
      return Object.keys(inputs[0]?.partial_signatures ?? {}).length === 1;
    });
    await alice.press("Finish and send");
    await alice.see("Signatures are missing still.");
    await bob.go("/wallet/bob/psbt");
    await bob.giveFile("Open a file", "payment.psbt", payment);
    await bob.see("it must be signed");
    await bob.press("Sign");
    await bob.see(/all have signed|it is ready to be sent/);
    await bob.press("Finish and send");
    await bob.see("On its way to everybody.");
    const waiting = async (): Promise<number> =>
      (await alicePeer.call<unknown[]>("getrawmempool")).length;
    await until("it came to alice", async () => (await waiting()) === 1);
    await alicePeer.call("generatetodescriptor", 1, "raw(51)");
    await sameTip(alicePeer, bobPeer);
    assert.equal(await bobPeer.rpc.wallet("bob").call("getbalance"), 7);
  });

  step("takes a rescuer who may spend alone later", async () => {
    await alice.go("/wallets/shared");
    await alice.press("Add the key of alice");
    await alice.page.getByText("If keys are lost").click();
    await alice.fill("Name", "safe");
    await alice.fill("Signatures needed", "1");
    await alice.fill("Key of a rescuer", bobsKey);
    await alice.press("Make the wallet");
    await alice.see("A shared wallet has two keys or more, one a line.");
    const field = alice.page.getByLabel("Keys of all, one a line", { exact: true });
    const third = await alicePeer.rpc.call<unknown>("createwallet", "third").then(async () => {
      type Listed = { descriptors: { desc: string }[] };
      const { descriptors } = await alicePeer.rpc.wallet("third").call<Listed>("listdescriptors");
      const { desc = "" } = descriptors.find((one) => one.desc.startsWith("wpkh(")) ?? {};
      return desc.slice("wpkh(".length, desc.indexOf("/0/*"));
    });
    await field.fill(`${await field.inputValue()}\n${third}`);
    await alice.press("Make the wallet");
    await alice.see("Give this to everybody who shares it");
    const text = (await alice.saved("Save as a file")).toString();
    assert.match(text, /^wsh\(or_d\(multi\(1,.*older\(52560\)/);
    const address = await alicePeer.rpc.wallet("safe").call<string>("getnewaddress");
    assert.match(address, /^bcrt1q[a-z0-9]{58}$/);
  });

  step("has no fault that axe-core finds, and wrote no error to its console", async () => {
    assert.deepEqual(await alice.violations("/wallets/shared"), []);
    assert.deepEqual([...alice.faults, ...bob.faults], []);
  });
});
