import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Peer } from "@compeer/peer/peer";
import { PageClient } from "../testing/page-client.ts";
import { until } from "../testing/peers.ts";
import { Purse } from "../testing/purse.ts";

const directory = mkdtempSync(join(tmpdir(), "compeer-page-"));
let peer: Peer;
let page: PageClient;
let purse: Purse;

before(async () => {
  const dataDirectory = join(directory, "a");
  mkdirSync(dataDirectory);
  peer = await Peer.start({ dataDirectory, options: { page: true } });
  page = await PageClient.login(peer);
  purse = new Purse(peer);
});

after(async () => {
  await peer.close();
  rmSync(directory, { recursive: true });
});

describe("the door of the page", () => {
  it("opens with a link once, to what the link says", async () => {
    const { url } = (await peer.rpc("createpagelink", "view")) as { url: string };
    const [place, token = ""] = url.split("#");
    assert.equal(place, `${peer.pageUrl}/login`);
    const first = await page.post("/api/login", { token }, { cookie: "" });
    assert.equal(first.status, 200);
    const [cookie = ""] = first.headers["set-cookie"] ?? [];
    assert.match(
      cookie,
      /^__Host-compeer-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; .*Secure$/,
    );
    const { scopes } = first.json<{ scopes: string[] }>();
    assert.deepEqual(scopes, ["view"]);
    const again = await page.post("/api/login", { token }, { cookie: "" });
    assert.equal(again.status, 401);
    assert.match(again.json<{ error: string }>().error, /used already or is too old/);
  });

  it("lets a session do what its scope covers, and says what is missing for more", async () => {
    const viewer = await PageClient.login(peer, "view");
    assert.equal(await viewer.call("getblockcount"), peer.chain.tip.height);
    for (const [method, scope] of [
      ["stop", "spend"],
      ["createpagelink", "spend"],
      ["setmining", "spend"],
      ["listwallets", "wallet"],
    ] as const) {
      const { error } = await viewer.answer(method);
      assert.equal(error?.code, -32001);
      assert.match(error?.message ?? "", new RegExp(`needs ${scope}`));
    }
    const batch = await viewer.post("/api/rpc", [
      { id: 1, method: "getblockcount", params: [] },
      { id: 2, method: "stop", params: [] },
    ]);
    const [count, stop] = batch.json<{ result?: number; error?: { code: number } }[]>();
    assert.deepEqual([count?.result, stop?.error?.code], [peer.chain.tip.height, -32001]);
  });

  it("answers as JSON-RPC 2.0, errors too", async () => {
    const { error } = await page.answer("getblockhash", [1e6]);
    assert.deepEqual(error, { code: -8, message: "Block height out of range" });
    const torn = await page.send("POST", "/api/rpc", { body: "{" });
    assert.deepEqual(
      [torn.status, torn.json<{ error: { code: number } }>().error.code],
      [200, -32700],
    );
    const silent = await page.post("/api/rpc", { jsonrpc: "2.0", method: "getblockcount" });
    assert.equal(silent.status, 204);
  });

  it("W10: takes no call that a form of another site could make", async () => {
    const body = '{"id":1,"method":"getblockcount","params":[]}';
    const form = await page.send("POST", "/api/rpc", { body, type: "text/plain" });
    assert.equal(form.status, 415);
    const noCsrf = await page.send("POST", "/api/rpc", { body, headers: { "x-compeer-csrf": "" } });
    assert.equal(noCsrf.status, 403);
    const stranger = await page.send("POST", "/api/rpc", { body, headers: { cookie: "" } });
    assert.equal(stranger.status, 401);
    const other = await PageClient.login(peer);
    const mixed = await page.send("POST", "/api/rpc", {
      body,
      headers: { "x-compeer-csrf": other.csrf },
    });
    assert.equal(mixed.status, 403);
  });

  it("does not take a cookie for a login that a program behind another port may have seen", async () => {
    const headers = { "x-compeer-csrf": "" };
    const { authenticated, csrf } = (await page.send("GET", "/api/session", { headers })).json<{
      authenticated: boolean;
      csrf: null;
    }>();
    assert.deepEqual([authenticated, csrf], [false, null]);
    assert.equal((await page.send("GET", "/api/stream?topics=log", { headers })).status, 401);
    const own = await page.send("GET", "/api/session", {});
    assert.equal(own.json<{ authenticated: boolean }>().authenticated, true);
  });

  it("W07: refuses requests under foreign names and from foreign pages, before it looks at them", async () => {
    const foreign: Record<string, string>[] = [
      { host: "evil.example" },
      { origin: "http://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ];
    for (const headers of foreign)
      for (const path of ["/api/session", "/api/stream?topics=tip", "/api/rpc", "/"]) {
        const method = path === "/api/rpc" ? "POST" : "GET";
        const { status } = await page.send(method, path, { body: "{}", headers });
        assert.equal(status, 403, `${path} ${JSON.stringify(headers)}`);
      }
    const preflight = await page.send("OPTIONS", "/api/rpc", {});
    assert.equal(preflight.status, 405);
    assert.equal(preflight.headers["access-control-allow-origin"], undefined);
  });

  it("gives a block's outline to who is logged in: columns that add up to the block", async () => {
    const hash = (await peer.rpc("getblockhash", 0)) as string;
    type Outline = { hash: string; weights: number[]; fees: (number | null)[]; values: number[] };
    const answer = await page.send("GET", `/api/block/${hash}`, {});
    const { weights, fees, values } = answer.json<Outline>();
    assert.deepEqual([weights.length, fees, values], [1, [null], [5_000_000_000]]);
    for (const path of [`/api/block/${"11".repeat(32)}`, "/api/block/0", `/api/block/${hash}/`])
      assert.equal((await page.send("GET", path, {})).status, 404, path);
    const stranger = await page.send("GET", `/api/block/${hash}`, { headers: { cookie: "" } });
    assert.equal(stranger.status, 401);
  });

  it("hands a wallet out and takes one in only by the scopes, types and sizes for that", async () => {
    await page.call("createwallet", ["kept"]);
    const file = await page.post("/api/backup/kept", {});
    assert.equal(file.status, 200);
    assert.match(file.text, /^SQLite format 3/);
    const keeper = await PageClient.login(peer, "wallet");
    assert.equal((await keeper.post("/api/backup/kept", {})).status, 403);
    const viewer = await PageClient.login(peer, "view");
    const type = "application/octet-stream";
    const body = "no wallet";
    const refused = await viewer.send("POST", "/api/restore/x", { body, type });
    assert.equal(refused.status, 403);
    const taken = await keeper.send("POST", "/api/restore/x", { body, type });
    assert.deepEqual([taken.status, /no backup/.test(taken.text)], [422, true]);
    for (const wrong of ["text/plain", "application/json", "multipart/form-data"])
      assert.equal((await page.send("POST", "/api/restore/x", { body, type: wrong })).status, 415);
    const noCsrf = { "x-compeer-csrf": "" };
    assert.equal(
      (await page.send("POST", "/api/restore/x", { body, type, headers: noCsrf })).status,
      403,
    );
    const headers = { "content-length": String(2 ** 29) };
    const large = await page.send("POST", "/api/restore/x", { type, body, headers });
    assert.equal(large.status, 413);
    const absent = await page.post("/api/backup/nobody", {});
    assert.equal(absent.status, 409);
    assert.match(absent.json<{ error: string }>().error, /does not exist or is not loaded/);
    await page.call("unloadwallet", ["kept"]);
  });

  it("tells browsers to run nothing of others, on every answer", async () => {
    for (const path of ["/", "/api/session", "/absent.js", "/blocks", "/tx/00"]) {
      const { headers } = await page.send("GET", path, {});
      const policy = String(headers["content-security-policy"]);
      assert.match(
        policy,
        /^default-src 'none'; script-src 'self';.*require-trusted-types-for 'script'/,
      );
      assert.doesNotMatch(policy, /unsafe|\*/);
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.equal(headers["referrer-policy"], "no-referrer");
      assert.equal(headers["cross-origin-opener-policy"], "same-origin");
    }
  });

  it("leads out of its folder by no path", async () => {
    for (const path of [
      "/../package.json",
      "/assets/../../package.json",
      "/%2e%2e/%2e%2e/package.json",
      "/..%5cpackage.json",
      "/assets/%00",
      "/index.html",
      "/%",
    ]) {
      const { status, text } = await page.send("GET", path, {});
      assert.ok(status === 400 || status === 404, `${path}: ${status}`);
      assert.doesNotMatch(text, /"dependencies"/);
    }
  });

  it("ends a session when it logs out, with its cookie and its streams", async () => {
    const other = await PageClient.login(peer);
    const stream = await other.stream("tip");
    assert.equal((await other.post("/api/logout", {})).status, 204);
    await stream.ended;
    assert.equal((await other.post("/api/rpc", {})).status, 401);
    assert.equal((await other.send("GET", "/api/session", {})).json<{ csrf: null }>().csrf, null);
  });

  it("slows down who guesses links", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 30; i++)
      statuses.push((await page.post("/api/login", { token: `guess${i}` }, { cookie: "" })).status);
    assert.equal(statuses.at(-1), 429);
  });

  it("W02: does not start where something else has its port", async () => {
    const squatter = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => squatter.once("listening", resolve));
    const { port } = squatter.address() as { port: number };
    const start = Peer.start({ options: { page: true, pageport: port } });
    await assert.rejects(start, /The page cannot be served at 127\.0\.0\.1, port \d+: .*-pageport/);
    squatter.close();
  });

  it("D26: holds many connections and goes on answering", async () => {
    const port = Number(new URL(peer.pageUrl ?? "").port);
    const sockets: Socket[] = [];
    for (let i = 0; i < 600; i++) {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      sockets.push(socket);
    }
    await until("the door has closed some", () => sockets.some(({ destroyed }) => destroyed));
    for (const socket of sockets) socket.destroy();
    await until("it answers", async () => {
      const alive = await page.send("GET", "/api/session", {}).catch(() => null);
      return alive?.status === 200;
    });
  });
});

describe("the event stream", () => {
  it("tells of blocks and payments as they come, and what was missed in between", async () => {
    await purse.mine(110);
    await purse.fill();
    const stream = await page.stream("tip,mempool,fees,sync,peers");
    const { height } = await stream.next<{ height: number }>("tip");
    assert.equal(height, 110);
    const { stage, progress } = await stream.next<{ stage: string; progress: number }>("sync");
    assert.deepEqual([stage, progress], ["ready", 1]);
    await purse.pay(2);
    await until("the payment is told", async () => {
      const { size } = await stream.next<{ size: number }>("mempool");
      return size === 1;
    });
    const { lastId } = stream;
    stream.close();
    await purse.mine(1);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await purse.mine(1);
    await until("the tip is told", () => peer.chain.tip.height === 112);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const back = await page.stream("tip", lastId);
    const heights: number[] = [];
    while (heights.at(-1) !== 112 || heights.length < 3)
      heights.push((await back.next<{ height: number }>("tip")).height);
    assert.deepEqual(heights, [111, 112, 112]);
    back.close();
  });

  it("says that blocks were taken back, and to where", async () => {
    const stream = await page.stream("tip");
    const { hash, height } = await stream.next<{ hash: string; height: number }>("tip");
    await peer.rpc("invalidateblock", hash);
    const told = await stream.next<{ reorg: number; fork: number; height: number }>("tip");
    assert.deepEqual([told.reorg, told.fork, told.height], [1, height - 1, height - 1]);
    await peer.rpc("reconsiderblock", hash);
    assert.equal((await stream.next<{ height: number }>("tip")).height, height);
    stream.close();
  });

  it("tells of a wallet what happens in it, and asks the wallet that the path names", async () => {
    await page.call("createwallet", ["spare change"]);
    const name = "savings für 2";
    await page.call("createwallet", [name]);
    const stream = await page.stream("wallet");
    const address = await page.call("getnewaddress", [], name);
    const [hash] = (await peer.rpc("generatetoaddress", 1, address)) as string[];
    const { tx } = (await peer.rpc("getblock", hash)) as { tx: string[] };
    await until("the reward is told", async () => {
      const told = await stream.next<{ wallet: string; txid: string | null }>("wallet");
      return told.wallet === name && told.txid === tx[0];
    });
    const balances = (await page.call("getbalances", [], name)) as { mine: { immature: number } };
    assert.equal(balances.mine.immature > 0, true);
    const absent = await page.answer("getbalances", [], "nobody's");
    assert.equal(absent.error?.code, -18);
    stream.close();
  });

  it("hands log lines to who may see them", async () => {
    const stream = await page.stream("log");
    await until("a line comes", async () => {
      await peer.rpc("generatetodescriptor", 1, "raw(51)");
      const { lines } = await stream.next<{ lines: string[] }>("log");
      return lines.some((line) => line.includes("UpdateTip"));
    });
    stream.close();
  });
});

describe("the plain pages", () => {
  const terminal = { accept: "text/plain" };

  it("show blocks, transactions, addresses and the mempool without a script", async () => {
    const hash = (await peer.rpc("getblockhash", 1)) as string;
    const { tx } = (await peer.rpc("getblock", hash)) as { tx: string[] };
    const [txid = ""] = tx;
    for (const [path, words] of [
      ["/blocks", /The last blocks of the chain regtest/],
      ["/block/1", /<h1>Block 1<\/h1>/],
      [`/block/${hash}`, new RegExp(`<a href="/tx/${txid}\\?block=${hash}">`)],
      [`/tx/${txid}`, /50\.00000000 BTC/],
      ["/mempool", /Next blocks, as this peer would make them/],
      ["/address/bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", /witness_v0_keyhash/],
    ] as const) {
      const { status, text, headers } = await page.send("GET", path, {});
      assert.equal(status, 200, path);
      assert.match(String(headers["content-type"]), /^text\/html/);
      assert.match(text, words);
      const main = /<main id="app"[^>]*>(.*?)<\/main>/s.exec(text)?.[1] ?? "";
      assert.doesNotMatch(main, /<script|style=/);
      const card = await page.send("GET", path, { headers: terminal });
      assert.match(String(card.headers["content-type"]), /^text\/plain/);
      assert.doesNotMatch(card.text, /<[a-z]/);
    }
  });

  it("say that there is no such thing, with status 404", async () => {
    for (const path of [
      "/block/999999",
      `/block/${"00".repeat(32)}`,
      "/block/x",
      `/tx/${"11".repeat(32)}`,
      "/tx/%3Cscript%3E",
      "/address/1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    ]) {
      const { status, text } = await page.send("GET", path, { headers: terminal });
      assert.equal(status, 404, path);
      assert.match(text, /not found/);
    }
    const html = await page.send("GET", "/tx/%3Cscript%3E", {});
    assert.doesNotMatch(html.text, /<script>alert|<script><\/script>/);
  });

  it("show an address's coins to who is logged in", async () => {
    const address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
    await peer.rpc("generatetoaddress", 1, address);
    const known = await page.send("GET", `/address/${address}`, { headers: terminal });
    assert.match(known.text, /Unspent +50\.00000000 BTC/);
    const stranger = await page.send("GET", `/address/${address}`, {
      headers: { ...terminal, cookie: "" },
    });
    assert.match(stranger.text, /Log in/);
  });
});

describe("the page's methods", () => {
  it("change settings that the peer would start with, and no others", async () => {
    type Setting = { name: string; stored: unknown; pending: boolean; kind: string };
    const [dbcache] = (await page.call("listsettings", ["coin cache"])) as Setting[];
    assert.deepEqual([dbcache?.name, dbcache?.kind, dbcache?.stored], ["dbcache", "number", null]);
    const changed = await page.call("changesetting", ["dbcache", 64]);
    assert.deepEqual(changed, { name: "dbcache", stored: "64", restart: true, pending: true });
    const [after] = (await page.call("listsettings", ["coin cache"])) as Setting[];
    assert.deepEqual([after?.stored, after?.pending], ["64", true]);
    await page.call("changesetting", ["dbcache", null]);
    for (const [name, value, words] of [
      ["dbcache", "much", /whole number/],
      ["nonsense", 1, /no setting nonsense/],
      ["rpcpassword", "x", /command line or in bitcoin\.conf only/],
      ["datadir", "/", /command line or in bitcoin\.conf only/],
      ["blockmaxweight", 5_000_000, /exceeds consensus maximum/],
      ["proxy", "a..b:9050", /Invalid -proxy address or hostname/],
    ] as const) {
      const { error } = await page.answer("changesetting", [name, value]);
      assert.equal(error?.code, -8, name);
      assert.match(error?.message ?? "", words);
    }
  });

  it("start and stop mining of a private ledger", async () => {
    const stream = await page.stream("mining");
    const before = await stream.next<{ on: boolean; available: boolean }>("mining");
    assert.deepEqual([before.on, before.available], [false, true]);
    const bad = await page.answer("setmining", [true, 1, "nowhere"]);
    assert.match(bad.error?.message ?? "", /nowhere is neither an address nor a descriptor/);
    await page.call("setmining", [true, 1, "raw(51)"]);
    await until("a block is found", async () => {
      const { found } = await stream.next<{ found: number }>("mining");
      return found > 0;
    });
    const { on } = (await page.call("setmining", [false])) as { on: boolean };
    assert.equal(on, false);
    stream.close();
  });

  it("tell the next blocks of the mempool and where a transaction is", async () => {
    await peer.rpc("generatetodescriptor", 1, "raw(51)");
    await purse.fill();
    const txid = await purse.pay(2);
    type Projected = { fees: number; txcount: number; maxrate: number; txs: { txid: string }[] };
    const [block] = (await page.call("getprojectedblocks", [1, true])) as Projected[];
    assert.deepEqual([block?.fees, block?.txcount, block?.txs[0]?.txid], [10_000, 1, txid]);
    assert.ok((block?.maxrate ?? 0) > 1);
    assert.deepEqual(await page.call("findtransaction", [txid]), {
      place: "mempool",
      blockhash: null,
      height: null,
      index: null,
    });
    const [hash] = (await peer.rpc("generatetodescriptor", 1, "raw(51)")) as string[];
    assert.deepEqual(await page.call("findtransaction", [txid]), {
      place: "block",
      blockhash: hash,
      height: peer.chain.tip.height,
      index: 1,
    });
  });

  it("list the browsers that are logged in, and log one out", async () => {
    const other = await PageClient.login(peer, "wallet");
    type Listed = { id: string; scopes: string[]; current: boolean };
    const sessions = (await page.call("listpagesessions")) as Listed[];
    assert.equal(sessions.filter(({ current }) => current).length, 1);
    const last = sessions.at(-1);
    assert.deepEqual(last?.scopes, ["view", "wallet"]);
    assert.equal(await page.call("endpagesession", [last?.id]), true);
    assert.equal((await other.post("/api/rpc", {})).status, 401);
  });
});

it("a page's door that is not asked for is not there", async () => {
  await using quiet = await Peer.start();
  assert.equal(quiet.pageUrl, null);
  await assert.rejects(quiet.rpc("createpagelink"), /start the peer with -page=1/);
  assert.equal(((await quiet.rpc("getsyncprogress")) as { height: number }).height, 0);
});

it("a plain request needs no browser", async () => {
  const status = await new Promise<number>((resolve, reject) => {
    const call = request(`${peer.pageUrl}/blocks`, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on("error", reject);
    call.end();
  });
  assert.equal(status, 200);
});
