import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
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

/** Everything that an explorer, a wallet and a log show that somebody else wrote. */
const MARKUP = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
/** What a foreign site tries on the page: to read, to call, to post a form, to frame it. */
const FOREIGN_SITE = (target: string): string => `<!doctype html><title>foreign</title>
<iframe src="${target}/"></iframe>
<form id="form" method="post" enctype="text/plain" action="${target}/api/rpc" target="hidden">
<input name='{"jsonrpc":"2.0","id":1,"method":"stop","params":["' value='"]}'></form>
<iframe name="hidden"></iframe>
<script>
document.getElementById("form").submit();
globalThis.tried = (async () => {
  const results = [];
  const attempts = [
    fetch("${target}/api/session", { credentials: "include" }),
    fetch("${target}/api/rpc", { method: "POST", credentials: "include",
      headers: { "Content-Type": "application/json" }, body: '{"method":"stop"}' }),
    fetch("${target}/api/backup/purse", { method: "POST", credentials: "include",
      headers: { "Content-Type": "application/json" }, body: "{}" }),
    fetch("${target}/api/restore/x", { method: "POST", credentials: "include",
      headers: { "Content-Type": "application/octet-stream" }, body: "x" }),
  ];
  for (const attempt of attempts)
    results.push(await attempt.then((response) => "read " + response.status, () => "refused"));
  const blind = fetch("${target}/api/rpc", { method: "POST", mode: "no-cors",
    credentials: "include", headers: { "Content-Type": "text/plain" },
    body: '{"jsonrpc":"2.0","id":1,"method":"stop","params":[]}' });
  results.push(await blind.then((response) => response.type, () => "refused"));
  return results;
})();
</script>`;

describe("the page as the wheel of its peer", { skip: chromiumMissing }, () => {
  const directory = mkdtempSync(join(tmpdir(), "compeer-steer-"));
  const step = pageStory();
  let options: readonly string[] = [];
  let peer: NodeProcess;
  let other: NodeProcess;
  let browser: Browser;
  let reader: PageReader;
  let foreign: Server;

  before(async () => {
    options = ["-page=1", `-pageport=${await freePort()}`, "-listen", "-fallbackfee=0.0001"];
    peer = await startCompeerd(join(directory, "peer"), ...options);
    other = await startCompeerd(join(directory, "other"), "-listen");
    await peer.rpc.call("createwallet", "purse");
    browser = await chromium.launch({
      executablePath: chromiumPath as string,
      args: ["--no-sandbox"],
    });
    reader = await PageReader.open(browser, peer);
    await reader.page.evaluate("localStorage.setItem('compeer.welcomed', 'yes')");
  });

  after(async () => {
    await browser?.close();
    foreign?.close();
    await peer?.stop();
    await other?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  step("switches steady mining on and off", async () => {
    await reader.go("/mining");
    await reader.fill("One block every", "never");
    await reader.press("Start");
    await reader.see("Say how many seconds, 1 or more.");
    await reader.fill("One block every", "1");
    await reader.press("Start");
    await reader.see(/^Mining one block every 1 seconds/);
    await until("two blocks are mined", async () => (await height()) >= 2);
    await reader.see(/^Last found:/);
    await reader.press("Stop");
    await reader.page.getByRole("button", { name: "Start", exact: true }).waitFor();
    const { on } = await peer.call<{ on: boolean }>("getmining");
    assert.equal(on, false);
    const balances = await peer.rpc
      .wallet("purse")
      .call<{ mine: { immature: number } }>("getbalances");
    assert.ok(balances.mine.immature >= 100);
  });

  step("keeps a setting for the next start, refuses a bad one, and takes it back", async () => {
    await reader.go("/settings");
    await reader.fill("Search all settings", "dbcache");
    const field = reader.page.locator(".setting", { hasText: "dbcache" }).getByRole("textbox");
    await field.fill("much");
    await reader.press("Keep dbcache");
    await reader.page.getByRole("alert").first().waitFor();
    await field.fill("77");
    await reader.press("Keep dbcache");
    await reader.see("Some changes count from the next start of the peer.");
    assert.equal(stored()["dbcache"], "77");
    await reader.press("Back to the default of dbcache");
    await until("it is taken back", () => !("dbcache" in stored()));
  });

  step(
    "completes methods in its console, recalls lines, and shows results and refusals",
    async () => {
      await reader.go("/console");
      const field = reader.page.getByLabel("Method and arguments");
      await field.fill("getblockh");
      await field.press("ArrowDown");
      await field.press("ArrowDown");
      await reader.page.getByRole("option", { name: /^getblockheader/ }).waitFor();
      await field.press("Enter");
      assert.equal(await field.inputValue(), "getblockheader ");
      await field.fill("getblockhash 1");
      await field.press("Enter");
      await reader.see(await peer.call<string>("getblockhash", 1));
      await field.press("ArrowUp");
      assert.equal(await field.inputValue(), "getblockhash 1");
      await field.fill('validateaddress "');
      await field.press("Enter");
      await reader.page.locator("pre.failed").first().waitFor();
      await field.fill("nosuchmethod");
      await field.press("Enter");
      await reader.see(/Method not found/);
    },
  );

  step("connects to a peer, tells how and why, refuses it, and lets it in again", async () => {
    await reader.go("/peers");
    await reader.fill("Address", other.address);
    await reader.press("Connect");
    const row = reader.page.getByRole("row", { name: other.address });
    await row.getByText("You named it").waitFor();
    await sameTip(peer, other);
    await row.getByRole("button").click();
    await reader.answer("Refuse for a day");
    await reader.page.getByRole("table", { name: "Refused addresses" }).waitFor();
    const [banned] = await peer.call<{ address: string }[]>("listbanned");
    assert.equal(banned?.address, "127.0.0.1/32");
    await reader.press("Let 127.0.0.1/32 in again");
    await reader.page
      .getByRole("table", { name: "Refused addresses" })
      .waitFor({ state: "detached" });
    assert.deepEqual(await peer.call("listbanned"), []);
    await reader.press("Switch the network off");
    await reader.see("The network is switched off.");
    const { networkactive } = await peer.call<{ networkactive: boolean }>("getnetworkinfo");
    assert.equal(networkactive, false);
    await reader.press("Switch the network on");
    await reader.see(/connected: \d+ that we chose/);
  });

  step(
    "shows what only some peers can tell where they tell it, and nothing where not",
    async () => {
      const answers: Record<string, unknown> = {
        getaddrmaninfo: {
          ipv4: { new: 1234, tried: 56, total: 1290 },
          onion: { new: 7, tried: 0, total: 7 },
          cjdns: { new: 0, tried: 0, total: 0 },
          all_networks: { new: 1241, tried: 56, total: 1297 },
        },
        estimatesmartfee: { feerate: 0.00012, blocks: 6 },
      };
      const calls = "**/api/rpc";
      await reader.page.route(calls, async (route) => {
        const { method, id } = route.request().postDataJSON();
        if (!(method in answers)) return route.continue();
        return route.fulfill({ json: { id, result: answers[method] } });
      });
      await reader.go("/peers");
      const book = reader.page.getByRole("table", { name: "Known addresses by network" });
      await book.getByRole("row", { name: "IPv4 56 1\u2009234" }).waitFor();
      assert.equal(await book.getByRole("row").count(), 4);
      await reader.go("/fees");
      await reader.page.getByRole("row", { name: "144 1 d 12" }).waitFor();
      await reader.page.unroute(calls);
      await reader.page.route(calls, async (route) => {
        const { method, id } = route.request().postDataJSON();
        if (!(method in answers)) return route.continue();
        const error = { code: -32_601, message: "Method not found" };
        return route.fulfill({ json: { id, error } });
      });
      await reader.go("/peers");
      await reader.page
        .getByRole("table", { name: "Connected peers" })
        .or(reader.page.getByText("Nobody is connected."))
        .waitFor();
      await reader.go("/fees");
      await reader.see("What would mine cost?");
      assert.equal(await reader.page.getByText("Learned from past blocks").count(), 0);
      assert.equal(await reader.page.getByRole("alert").count(), 0);
      await reader.page.unroute(calls);
    },
  );

  step("W09: writes what others wrote as text, wherever it stands", async () => {
    const purse = peer.rpc.wallet("purse");
    const address = await purse.call<string>("getnewaddress", MARKUP);
    await peer.call("generatetoaddress", 101, address);
    const data = Buffer.from(MARKUP.slice(0, 75)).toString("hex");
    const { txid } = await purse.call<{ txid: string }>("send", [{ [address]: 1 }, { data }]);
    const [hash] = await peer.call<string[]>("generatetoaddress", 1, address);
    await peer.rpc.call("createwallet", "<i>slanted");
    for (const place of [
      "/",
      "/wallet",
      "/wallet/purse",
      "/wallet/purse/coins",
      `/wallet/purse/tx/${txid}`,
      `/tx/${txid}`,
      `/block/${hash}`,
      `/address/${address}`,
      `/${encodeURIComponent(MARKUP)}`,
      `/console?command=${encodeURIComponent(MARKUP)}`,
    ]) {
      await reader.go(place);
      await reader.page.locator("main .loading").first().waitFor({ state: "detached" });
      assert.equal(await reader.page.locator("main img, main script, main i").count(), 0, place);
      assert.notEqual(await reader.page.title(), "owned", place);
    }
    await reader.go(`/wallet/purse/tx/${txid}`);
    await reader.page.getByText(MARKUP).first().waitFor();
    reader.forgive(/status of 404/);
  });

  step("W07, W10: gives a foreign site nothing, and does nothing for it", async () => {
    foreign = createServer((_request, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end(FOREIGN_SITE(new URL(reader.page.url()).origin));
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => foreign.once("listening", resolve));
    const { port } = foreign.address() as AddressInfo;
    // The same browser, with the cookie of the page in it.
    const page = await reader.page.context().newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    const tried = await page.evaluate("globalThis.tried");
    assert.deepEqual(tried, Array(5).fill("refused"));
    for (const frame of page.frames().slice(1)) {
      const text = await frame
        .locator("body")
        .innerText()
        .catch(() => "");
      assert.doesNotMatch(text, /Blocks|Wallet/);
    }
    await page.close();
    assert.equal(typeof (await height()), "number");
    await reader.go("/");
    const opened = await (await browser.newContext()).newPage();
    await opened.goto(new URL("/wallet/purse", reader.page.url()).href);
    await opened.getByText("Open this page from your peer").waitFor();
    assert.equal(await opened.getByText("purse").count(), 0);
    await opened.close();
  });

  step("says in one sentence that the peer is gone, and goes on when it is back", async () => {
    await reader.go("/mining");
    await reader.page.getByRole("button", { name: "Mine a block now" }).waitFor();
    await peer.kill();
    await reader.see("No connection");
    await reader.press("Mine a block now");
    await reader.see("The peer does not answer. Is it running?");
    peer = await startCompeerd(join(directory, "peer"), ...options);
    await reader.page.getByText("No connection").first().waitFor({ state: "detached" });
    await peer.rpc.call("loadwallet", "purse").catch(() => undefined);
    const before = await height(); // blocks that were not on the disk yet are gone
    await reader.press("Mine a block now");
    await until("the block is mined", async () => (await height()) > before);
    await until(
      "the alert is gone",
      async () => (await reader.page.getByRole("alert").count()) === 0,
    );
    reader.forgive(/net::ERR_/);
  });

  step("has written no error to its console and asked no other host for anything", () => {
    assert.deepEqual(reader.faults, []);
  });

  function height(): Promise<number> {
    return peer.call<number>("getblockcount");
  }

  function stored(): Record<string, unknown> {
    return JSON.parse(readFileSync(join(directory, "peer", "regtest", "settings.json"), "utf8"));
  }
});
