import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, it } from "node:test";
import { ReachableNetworks } from "../addresses/reachable-networks.ts";
import { formatHostPort } from "../socket-text.ts";
import type { Sockets } from "../sockets.ts";
import { Dialer } from "./dialer.ts";
import type { I2p } from "./i2p.ts";
import { Proxies } from "./proxies.ts";
import { PLAIN_REACH, type ProxyServer, type ReachOptions } from "./reach-options.ts";

const ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
const TOR: ProxyServer = { at: { host: "127.0.0.1", port: 9050 }, isolates: true };
const HOW = { timeoutMs: 1000, countFailure: true };
const LOG = { info: () => {}, debug: () => {}, warning: () => {}, error: () => {} };

interface Lab {
  readonly dialer: Dialer;
  /** Whom the system was asked to connect to. */
  readonly asked: string[];
  /** Whom the proxy was asked for, behind the credentials. */
  readonly wished: string[];
  /** Addresses of which the book heard. */
  readonly tried: string[];
}

function lab(reach: Partial<ReachOptions>, isProxyUp = true, proxy?: Duplex): Lab {
  const asked: string[] = [];
  const wished: string[] = [];
  const tried: string[] = [];
  const sockets: Sockets = {
    connect: (to) => {
      asked.push(formatHostPort(to));
      if (!isProxyUp) return Promise.reject(new Error("ECONNREFUSED"));
      return Promise.resolve((proxy ?? fakeProxy(wished)) as Socket);
    },
    listen: () => Promise.reject(new Error("nobody listens here")),
  };
  const options = { ...PLAIN_REACH, ...reach };
  const dialer = new Dialer({
    log: LOG,
    sockets,
    proxies: new Proxies(options),
    reachable: new ReachableNetworks(["ipv4", "ipv6", "cjdns"]),
    i2p: { connect: () => Promise.reject(new Error("no bridge")) } as unknown as I2p,
    book: { attempt: ({ host }) => void tried.push(host.join(".")) },
    dns: options.dns,
  });
  return { dialer, asked, wished, tried };
}

/** Wants credentials, accepts any, and reaches everybody. */
function fakeProxy(wished: string[]): Duplex {
  let name = "";
  return new Duplex({
    read: () => {},
    write(bytes: Buffer, _, done): void {
      if (bytes[0] === 1) {
        name = bytes.subarray(2, 2 + (bytes[1] as number)).toString();
        this.push(Uint8Array.of(1, 0));
      } else if (bytes.length <= 4) this.push(Uint8Array.of(5, bytes[1] === 2 ? 2 : 0));
      else {
        wished.push(`${name} ${bytes.subarray(5, -2).toString()}`);
        this.push(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
      }
      done();
    },
  });
}

const ALL: ReachOptions["proxies"] = new Map([
  ["ipv4", TOR],
  ["ipv6", TOR],
  ["onion", TOR],
]);

describe("Dialer", () => {
  it("asks nobody but the proxy, whatever is looked for", async () => {
    const { dialer, asked, wished } = lab({ proxies: ALL, nameProxy: TOR });
    for (const host of ["1.2.3.4", "2a00::1", ONION, "seed.example.org"])
      await dialer.connect({ host, port: 8333 }, HOW);
    assert.deepEqual([...new Set(asked)], ["127.0.0.1:9050"]);
    assert.deepEqual(
      wished.map((wish) => wish.split(" ")[1]),
      ["1.2.3.4", "2a00::1", ONION, "seed.example.org"],
    );
  });

  it("waits for no proxy that says nothing when it is closed", async () => {
    const silent = new Duplex({ read: () => {}, write: (_, __, done) => done() });
    const { dialer } = lab({ proxies: ALL }, true, silent);
    const dialling = dialer.connect({ host: "1.2.3.4", port: 8333 }, HOW);
    setImmediate(() => dialer.close());
    await assert.rejects(dialling, /connection was closed/);
  });

  it("has other credentials for each connection", async () => {
    const { dialer, wished } = lab({ proxies: ALL });
    for (let i = 0; i < 5; i++) await dialer.connect({ host: "1.2.3.4", port: 8333 }, HOW);
    assert.equal(new Set(wished).size, 5);
  });

  it("does not go through the proxy to its own machine", async () => {
    const { dialer, asked, tried } = lab({ proxies: ALL, nameProxy: TOR });
    await dialer.connect({ host: "127.0.0.1", port: 8333 }, HOW);
    assert.deepEqual(tried, ["127.0.0.1"]);
    assert.deepEqual(asked, ["127.0.0.1:8333"]);
  });

  it("tells the system no name of a hidden network, and none at all with -dns=0", async () => {
    for (const host of [ONION, "short.onion", "friend.i2p", "x.b32.i2p"]) {
      const { dialer, asked } = lab({});
      await assert.rejects(dialer.connect({ host, port: 8333 }, HOW), /no way into|not an address/);
      assert.deepEqual(asked, []);
    }
    const { dialer, asked } = lab({ dns: false });
    await assert.rejects(dialer.connect({ host: "example.org", port: 8333 }, HOW), /-dns=0/);
    assert.deepEqual(asked, []);
  });

  it("does not go openly when the proxy is down, and blames no peer for it", async () => {
    const { dialer, asked, tried } = lab({ proxies: ALL }, false);
    const dialling = dialer.connect({ host: "1.2.3.4", port: 8333 }, HOW);
    await assert.rejects(dialling, /proxy cannot be reached/);
    assert.deepEqual(asked, ["127.0.0.1:9050"]);
    assert.deepEqual(tried, []);
  });
});
