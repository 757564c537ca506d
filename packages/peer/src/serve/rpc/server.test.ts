import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type AuthOptions, RpcAuth } from "./auth.ts";
import { COOKIE_USER, writeCookie } from "./cookie.ts";
import { RpcDispatcher } from "./dispatch.ts";
import { rpcMethod } from "./method.ts";
import { RpcServer, type RpcServerOptions } from "./server.ts";
import { allowList } from "./subnets.ts";

const silent = { info() {}, warning() {}, debug() {} };

interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: string;
}

/** A server on a free port, with a few methods that need no chain. */
async function open(options: Partial<RpcServerOptions> = {}, auth: Partial<AuthOptions> = {}) {
  const dispatcher = new RpcDispatcher();
  const seen: { wallet: string | null; user: string }[] = [];
  let release = () => {};
  dispatcher.add([
    rpcMethod("getblockcount", {
      description: "zero",
      run: ({ wallet, user }) => {
        seen.push({ wallet, user });
        return 0;
      },
    }),
    rpcMethod("echo", { description: "echo", run: ({ params }) => params.list }),
    rpcMethod("waitfornewblock", {
      description: "waits for the caller to leave, or the server to stop",
      run: ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve("aborted"));
          release = () => resolve("released");
        }),
    }),
    rpcMethod("uptime", {
      description: "a bug",
      run: () => {
        throw new TypeError("oops");
      },
    }),
  ]);
  dispatcher.ready();
  const server = new RpcServer({
    endpoints: [{ host: "127.0.0.1", port: 0 }],
    allowed: allowList([]),
    auth: new RpcAuth({
      passwords: [{ user: "u", password: "p" }],
      hashed: [],
      whitelist: [],
      ...auth,
    }),
    dispatcher,
    log: silent,
    timeoutSeconds: 30,
    maxRequests: 80,
    hostNames: ["my.host"],
    doors: [],
    ...options,
  });
  await server.listen();
  const port = server.ports[0] as number;
  const send = (
    body: string | Buffer | null,
    { path = "/", method = "POST", headers = {}, user = "u:p" as string | null } = {},
  ) =>
    new Promise<Answer>((resolve, reject) => {
      const credentials = user === null ? {} : { authorization: `Basic ${btoa(user)}` };
      const call = request(
        {
          host: "127.0.0.1",
          port,
          path,
          method,
          headers: { ...credentials, ...headers },
          agent: false,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk) => chunks.push(chunk));
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
          });
        },
      );
      call.on("error", reject);
      call.end(body ?? undefined);
    });
  return { server, dispatcher, port, send, seen, release: () => release() };
}

type Opened = Awaited<ReturnType<typeof open>>;

describe("RpcServer", () => {
  let peer: Opened;
  before(async () => {
    peer = await open();
  });
  after(() => peer.server.close());

  it("answers with exactly application/json and keeps the connection", async () => {
    const { status, headers, body } = await peer.send('{"method":"getblockcount","id":1}');
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "application/json");
    assert.equal(body, '{"result":0,"error":null,"id":1}\n');
  });

  it("passes the wallet's name and the user to the method", async () => {
    await peer.send('{"method":"getblockcount"}', { path: "/wallet/a%20%2Fb" });
    assert.deepEqual(peer.seen.at(-1), { wallet: "a /b", user: "u" });
    await peer.send('{"method":"getblockcount"}', { path: "/wallet/" });
    assert.equal(peer.seen.at(-1)?.wallet, "");
    await peer.send('{"method":"getblockcount"}');
    assert.equal(peer.seen.at(-1)?.wallet, null);
  });

  it("answers 404 to other paths and 405 to other methods", async () => {
    for (const path of ["/foo", "/?x=1", "/wallet", "/wallet/%zz"])
      assert.equal((await peer.send("{}", { path })).status, 404, path);
    const text = "JSONRPC server handles only POST requests";
    assert.deepEqual((await peer.send(null, { method: "GET" })).body, text);
    assert.deepEqual((await peer.send("{}", { method: "PUT" })).body, text);
    assert.deepEqual((await peer.send(null, { method: "DELETE" })).status, 405);
  });

  it("W01: asks for credentials, and after 250 ms again when they are wrong", async () => {
    const none = await peer.send("{}", { user: null });
    assert.equal(none.status, 401);
    assert.equal(none.headers["www-authenticate"], 'Basic realm="jsonrpc"');
    assert.equal(none.body, "");
    for (const user of ["u:x", "x:p", "u", ":"]) {
      const started = performance.now();
      assert.equal((await peer.send("{}", { user })).status, 401);
      assert.ok(performance.now() - started >= 245);
    }
  });

  it("W07, W10: refuses foreign origins and rebound names, also with good credentials", async () => {
    const call = '{"method":"getblockcount"}';
    const host = `127.0.0.1:${peer.port}`;
    const status = async (headers: Record<string, string>) =>
      (await peer.send(call, { headers })).status;
    assert.equal(await status({ origin: "http://evil.example" }), 403);
    assert.equal(await status({ origin: "null", "content-type": "text/plain" }), 403);
    assert.equal(await status({ host: "evil.example", origin: "http://evil.example" }), 403);
    assert.equal(await status({ host: "evil.example", "user-agent": "Mozilla/5.0" }), 403);
    assert.equal(await status({ origin: `http://${host}` }), 200);
    assert.equal(await status({ host: "localhost:1", origin: "http://localhost:1" }), 200);
    assert.equal(await status({ host: "[::1]:1", origin: "http://[::1]:1" }), 200);
    assert.equal(await status({ host: "My.host", origin: "https://My.host" }), 200);
    assert.equal(await status({ host: "bitcoind:8332" }), 200, "programs may use any name");
  });

  it("reads bodies of megabytes, but not of more than 32 MiB", async () => {
    const text = "a".repeat(8 * 1024 * 1024);
    const { body } = await peer.send(JSON.stringify({ method: "echo", params: [text, text] }));
    assert.deepEqual(JSON.parse(body).result, [text, text]);
    const headers = { "content-length": String(40 * 1024 * 1024) };
    assert.equal((await peer.send(null, { headers }).catch(() => ({ status: 413 }))).status, 413);
  });

  it("refuses headers of more than 8 KiB", async () => {
    const answer = await peer.send("{}", { headers: { x: "y".repeat(9000) } });
    assert.equal(answer.status, 400);
  });

  it("refuses a body that is no UTF-8, or begins with a byte order mark", async () => {
    for (const bytes of [Buffer.from([0x22, 0xff, 0x22]), Buffer.from("\ufeff[]")]) {
      const { status, body } = await peer.send(bytes);
      assert.equal(status, 500);
      assert.equal(JSON.parse(body).error.code, -32700);
    }
  });

  it("turns an unexpected error into -1 with its message", async () => {
    const { body } = await peer.send('{"method":"uptime"}');
    assert.deepEqual(JSON.parse(body).error, { code: -1, message: "oops" });
  });

  it("answers other calls while one waits, and ends it when its caller leaves", async () => {
    const waiting = peer.send('{"method":"waitfornewblock"}');
    await sleep(30);
    assert.equal((await peer.send('{"method":"getblockcount"}')).status, 200);
    peer.release();
    assert.equal(JSON.parse((await waiting).body).result, "released");

    const socket = connect(peer.port, "127.0.0.1");
    const body = '{"method":"waitfornewblock"}';
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${btoa("u:p")}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await sleep(50);
    assert.equal(peer.dispatcher.active.length, 1);
    socket.destroy();
    await sleep(50);
    assert.equal(peer.dispatcher.active.length, 0);
  });

  it("runs the requests of one connection in turn, and asks for no Host", async () => {
    const socket = connect(peer.port, "127.0.0.1");
    let received = "";
    socket.on("data", (data) => {
      received += data;
    });
    for (const method of ["waitfornewblock", "getblockcount"]) {
      const body = JSON.stringify({ method });
      socket.write(
        `POST / HTTP/1.1\r\nAuthorization: Basic ${btoa("u:p")}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    }
    await sleep(50);
    assert.equal(received, "");
    assert.equal(peer.dispatcher.active.length, 1);
    peer.release();
    while (received.split('"result":').length < 3) await sleep(5);
    assert.match(received, /"result":"released"[\s\S]*"result":0,/);
    socket.destroy();
  });

  it("D26: answers 503 when there are too many connections, and recovers", async () => {
    const sockets: Socket[] = [];
    let refused = 0;
    for (let i = 0; i < 700; i++) {
      const socket = connect(peer.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.on("data", (data) => {
        if (data.toString().startsWith("HTTP/1.1 503 ")) refused++;
      });
      sockets.push(socket);
    }
    for (let i = 0; i < 100 && refused < 150; i++) await sleep(50);
    assert.ok(refused >= 150, `${refused}`);
    for (const socket of sockets) socket.destroy();
    await sleep(100);
    assert.equal((await peer.send('{"method":"getblockcount"}')).status, 200);
  });
});

describe("RpcServer on its way up and down", () => {
  it("answers -28 with what it is doing until it is ready", async () => {
    const dispatcher = new RpcDispatcher();
    const { server, send } = await open({ dispatcher });
    dispatcher.warmup("Loading block index…");
    const { status, body } = await send('{"method":"getblockcount","id":1}');
    assert.equal(status, 500);
    assert.equal(
      body,
      '{"result":null,"error":{"code":-28,"message":"Loading block index…"},"id":1}\n',
    );
    dispatcher.ready();
    assert.equal((await send('{"method":"getblockcount"}')).status, 404);
    await server.close();
  });

  it("refuses what is more than it may have in work", async () => {
    const { server, send, release } = await open({ maxRequests: 1 });
    const waiting = send('{"method":"waitfornewblock"}');
    await sleep(30);
    const { status, body } = await send('{"method":"getblockcount"}');
    assert.equal(status, 503);
    assert.equal(body, "Work queue depth exceeded");
    release();
    await waiting;
    assert.equal((await send('{"method":"getblockcount"}')).status, 200);
    await server.close();
  });

  it("lets waiting calls answer when it closes, then frees the port", async () => {
    const { server, send, port } = await open();
    const waiting = send('{"method":"waitfornewblock"}');
    await sleep(30);
    await server.close();
    assert.equal(JSON.parse((await waiting).body).result, "aborted");
    const again = createServer().listen(port, "127.0.0.1");
    await new Promise((resolve) => again.once("listening", resolve));
    again.close();
  });

  it("keeps idle connections as long as it is told", async () => {
    const { server, port } = await open({ timeoutSeconds: 99_000 });
    const socket = connect(port, "127.0.0.1");
    const body = '{"method":"getblockcount"}';
    const call = `POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${btoa("u:p")}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    let received = "";
    socket.on("data", (data) => {
      received += data;
    });
    socket.write(call);
    await sleep(50);
    assert.match(received, /Keep-Alive: timeout=99000/);
    socket.destroy();
    await server.close();
  });

  it("W02: fails when the port is taken", async () => {
    const { server, port } = await open();
    await assert.rejects(open({ endpoints: [{ host: "127.0.0.1", port }] }), {
      message: "Unable to start HTTP server. See debug log for details.",
    });
    await server.close();
  });

  it("does without an address that the machine does not have", async () => {
    const endpoints = [
      { host: "192.0.2.1", port: 0 },
      { host: "127.0.0.1", port: 0 },
    ];
    const { server } = await open({ endpoints });
    assert.equal(server.ports.length, 1);
    await server.close();
    await assert.rejects(open({ endpoints: endpoints.slice(0, 1) }));
  });
});

describe("rpcwhitelist", () => {
  const call = (method: string) => JSON.stringify({ method });

  it("lets a user call what is listed, in batches too", async () => {
    const { server, send } = await open(
      {},
      { whitelist: ["u:getblockcount,echo", "u:getblockcount uptime"] },
    );
    assert.equal((await send(call("getblockcount"))).status, 200);
    for (const body of [
      call("echo"),
      call("uptime"),
      `[${call("getblockcount")},${call("echo")}]`,
    ]) {
      const answer = await send(body);
      assert.equal(answer.status, 403, body);
      assert.equal(answer.body, "");
    }
    await server.close();
  });

  it("shuts out users without a list, unless the default says otherwise", async () => {
    const strict = await open({}, { whitelist: ["other:echo"] });
    assert.equal((await strict.send(call("echo"))).status, 403);
    await strict.server.close();
    const open1 = await open({}, { whitelist: ["other:echo"], whitelistDefault: false });
    assert.equal((await open1.send(call("echo"))).status, 200);
    await open1.server.close();
    const open2 = await open({}, { whitelistDefault: true });
    assert.equal((await open2.send(call("echo"))).status, 403);
    await open2.server.close();
  });
});

describe("RpcAuth", () => {
  // Salt, hash and password of Core's test/functional/rpc_users.py.
  it("knows the lines of rpcauth.py", () => {
    const auth = new RpcAuth({
      passwords: [],
      hashed: [
        "rt:93648e835a54c573682c2eb19f882535$7681e9c5b74bdd85e78166031d2058e1069b3ed7ed967c93fc63abba06f31144",
      ],
      whitelist: [],
    });
    const header = (text: string) => `Basic ${btoa(text)}`;
    const password = "cA773lm788buwYe4g4WT+05pKyNruVKjQ25x3n0DQcM=";
    assert.equal(auth.authenticate(header(`rt:${password}`)), "rt");
    assert.equal(auth.authenticate(header(`rt:${password}x`)), null);
    assert.equal(auth.authenticate(header(`rx:${password}`)), null);
    assert.equal(auth.authenticate("Bearer x"), null);
  });

  it("refuses lines that are none", () => {
    for (const line of ["foo", "foo:bar", "foo:bar:baz", "foo:bar$baz$qux", "foo:$bar", "foo$bar"])
      assert.throws(
        () => new RpcAuth({ passwords: [], hashed: [line], whitelist: [] }),
        { message: "Invalid -rpcauth argument." },
        line,
      );
  });
});

describe("the cookie", () => {
  const directory = mkdtempSync(join(tmpdir(), "compeer-cookie-"));
  after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, ".cookie");

  it("is for its owner's eyes, and new each time", () => {
    const cookie = writeCookie(path, "owner");
    assert.match(cookie.password, /^[0-9a-f]{64}$/);
    assert.equal(readFileSync(path, "utf8"), `${COOKIE_USER}:${cookie.password}`);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.notEqual(writeCookie(path, "group").password, cookie.password);
    assert.equal(statSync(path).mode & 0o777, 0o640);
    writeCookie(path, "all");
    assert.equal(statSync(path).mode & 0o777, 0o644);
    assert.ok(!existsSync(`${path}.tmp`));
  });

  it("is removed by the one who wrote it, and only then", () => {
    const cookie = writeCookie(path, "owner");
    writeFileSync(path, "other");
    cookie.remove();
    assert.ok(existsSync(path));
    writeCookie(path, "owner").remove();
    assert.ok(!existsSync(path));
  });
});

describe("allowList", () => {
  it("refuses what is no subnet", () => {
    for (const text of ["127.0.0.1/33", "a", "", "1.2.3.4/255.0.255.0", "1.2.3.4/8/8", "::/129"])
      assert.throws(
        () => allowList([text]),
        /^Error: Invalid -rpcallowip subnet specification: /,
        text,
      );
    assert.throws(() => allowList(["fc00::/80"], true));
    allowList(["fc00::/80", "[::1]"]);
    allowList(["1.2.3.4", "1.2.3.4/255.255.0.0", "1.2.3.4/8", "0.0.0.0/0", "::/0", "::1"]);
  });
});
