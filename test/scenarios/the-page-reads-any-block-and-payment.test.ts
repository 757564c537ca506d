import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Browser, chromium } from "playwright-core";
import { chromiumMissing, chromiumPath } from "../testing/chromium.ts";
import { startCompeerd } from "../testing/compeerd.ts";
import { freePort } from "../testing/free-port.ts";
import type { NodeProcess } from "../testing/node-process.ts";
import { PageReader } from "../testing/page-reader.ts";

const MANY = 10_000;
/** Two hundred steps from top to bottom, one a frame; the lengths of all long tasks meanwhile. */
const SCROLL_THROUGH = `new Promise((resolve) => {
  const tasks = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) tasks.push(Math.round(entry.duration));
  });
  observer.observe({ type: "longtask" });
  let step = 0;
  const next = () => {
    scrollTo(0, (document.body.scrollHeight * step++) / 200);
    if (step <= 200) requestAnimationFrame(next);
    else setTimeout(() => resolve(tasks), 200);
  };
  next();
})`;

describe("the page's explorer", { skip: chromiumMissing }, () => {
  const directory = mkdtempSync(join(tmpdir(), "compeer-explorer-"));
  let peer: NodeProcess;
  let browser: Browser;
  let reader: PageReader;
  let address = "";
  let confirmed = "";
  let waiting = "";

  before(async () => {
    const options = ["-page=1", `-pageport=${await freePort()}`, "-fallbackfee=0.0001"];
    peer = await startCompeerd(join(directory, "peer"), ...options);
    await peer.call("createwallet", "w");
    address = await peer.call<string>("getnewaddress");
    await peer.call("generatetoaddress", 105, address);
    confirmed = await peer.call<string>("sendtoaddress", address, 1.5);
    await peer.call("generatetoaddress", 1, address);
    waiting = await peer.call<string>("sendtoaddress", address, 2.25);
    const executablePath = chromiumPath as string;
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    reader = await PageReader.open(browser, peer);
    await reader.page.evaluate("localStorage.setItem('compeer.welcomed', 'yes')");
  });

  after(async () => {
    await browser?.close();
    await peer?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function search(text: string, place: string): Promise<void> {
    await reader.page.keyboard.press("Control+k");
    await reader.page.keyboard.type(text);
    await reader.page.keyboard.press("Enter");
    await reader.page.waitForURL((url) => url.pathname + url.search === place);
  }

  it("opens to nobody without a link", async () => {
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(reader.page.url());
    await stranger.getByText("Open this page from your peer").waitFor();
    await stranger.close();
  });

  it("goes where a height, a hash, a payment, an address or a command leads", async () => {
    const hash = await peer.call<string>("getblockhash", 7);
    await reader.go("/");
    await search("7", "/block/7");
    await search(hash, `/block/${hash}`);
    await search(waiting, `/tx/${waiting}`);
    await search(address, `/address/${address}`);
    await search(`bitcoin:${address}?amount=1`, `/address/${address}`);
    await search("> getblockcount", "/console?command=getblockcount");
  });

  it("says so when a search leads nowhere", async () => {
    await reader.go("/fees");
    await reader.page.keyboard.press("/");
    await reader.page.keyboard.type("no such thing!");
    await reader.page.keyboard.press("Enter");
    await reader.see("No height, hash, address, descriptor or command.");
  });

  it("shows a block as a picture and as a list, and whose word it is", async () => {
    await reader.go("/block/106");
    await reader.see("Checked by this peer");
    await reader.page.getByRole("img", { name: /as squares/ }).waitFor();
    await reader.page.getByRole("tab", { name: "Transactions (2)" }).click();
    await reader.page.getByTitle(confirmed).click();
    await reader.page.waitForURL((url) => url.pathname === `/tx/${confirmed}`);
    await reader.see("1 confirmation");
  });

  it("reads out an input's witness and an output's script", async () => {
    await reader.go(`/tx/${confirmed}`);
    await reader.page.locator("summary").first().click();
    await reader.see(/^Signature \(ECDSA\), covers all inputs and all outputs$/);
    await reader.see("Public key");
    await reader.page.locator("summary").last().click();
    await reader.see(/^Pays to the hash of a public key \(P2WPKH\)/);
    await reader.see(/^(Unspent|Being spent)$/);
  });

  it("tells the place of a payment that waits, and that it confirmed, without a reload", async () => {
    await reader.go(`/tx/${waiting}`);
    await reader.see("in the next block");
    await peer.call("generatetoaddress", 1, address);
    await reader.see("Checked by this peer");
    await reader.see("1 confirmation");
  });

  it("adds up an address's unspent coins as the peer does", async () => {
    const found = await peer.call<{ total_amount: number }>("scantxoutset", "start", [
      `addr(${address})`,
    ]);
    await reader.go(`/address/${address}`);
    const [whole = ""] = String(found.total_amount).split(".");
    await reader.see(new RegExp(whole.replace(/\B(?=(\d{3})+$)/g, "\u2009")));
  });

  it("follows the chain on its first page, and says when it went back", async () => {
    await reader.go("/");
    const tip = await peer.call<string>("getbestblockhash");
    await peer.call("invalidateblock", tip);
    // Paying the same address within the same second would make the very block that was refused.
    await peer.call("generatetoaddress", 2, await peer.call<string>("getnewaddress"));
    await reader.see("The chain was reorganised");
    await reader.go(`/block/${tip}`);
    await reader.see("Not in the active chain");
  });

  it("is there soon after it was asked for", async (t) => {
    const milliseconds: number[] = [];
    for (let i = 0; i < 5; i++) {
      await reader.go("/");
      milliseconds.push(Number(await reader.page.evaluate("performance.now()")));
    }
    t.diagnostic(`home stands after ${milliseconds.map(Math.round).join(", ")} ms`);
  });

  it("draws of ten thousand rows only those in sight", async (t) => {
    const tx = Array.from({ length: MANY }, (_, index) => ({
      txid: String(index).padStart(64, "0"),
      weight: 400,
      vin: [{}],
      vout: [{ value: 1 }],
    }));
    await reader.page.route("**/api/rpc", async (route) => {
      const { method, params, id } = route.request().postDataJSON();
      if (method !== "getblock" || params[1] !== 2) return route.continue();
      return route.fulfill({ json: { id, result: { tx } } });
    });
    await reader.go("/block/1");
    await reader.page.getByRole("tab", { name: /^Transactions/ }).click();
    const tasks = await reader.page.evaluate(SCROLL_THROUGH);
    t.diagnostic(`tasks over 50 ms while scrolling through, ms: ${JSON.stringify(tasks)}`);
    await reader.page.evaluate("scrollTo(0, document.body.scrollHeight)");
    await reader.page.getByTitle(String(MANY - 1).padStart(64, "0")).waitFor();
    const drawn = await reader.page.getByRole("listitem").count();
    assert.ok(drawn < 100, `${drawn} rows drawn`);
    await reader.page.unroute("**/api/rpc");
  });

  it("has no place that is wider than a phone, and no fault that axe-core finds", async () => {
    const places = ["/", "/blocks", "/block/106", `/tx/${confirmed}`, `/tx/${waiting}`];
    places.push(`/address/${address}`, "/address/xyz", "/mempool", "/fees", "/nowhere");
    const found: string[] = [];
    for (const place of places) found.push(...(await reader.violations(place)));
    await reader.page.setViewportSize({ width: 360, height: 740 });
    for (const place of places) {
      await reader.go(place);
      const isWide = await reader.page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth",
      );
      if (isWide) found.push(`${place} is wider than the window`);
    }
    assert.deepEqual(found, []);
  });

  it("has written no error to its console and asked no other host for anything", () => {
    // The browser itself notes the status of a place that does not exist.
    const faults = reader.faults.filter((fault) => !fault.includes("status of 404"));
    assert.deepEqual(faults, []);
  });
});
