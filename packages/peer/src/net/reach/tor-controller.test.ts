import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Clock } from "../../clock/clock.ts";
import { formatAddress } from "../addresses/address-text.ts";
import { LocalAddresses } from "../addresses/local-addresses.ts";
import { ReachableNetworks } from "../addresses/reachable-networks.ts";
import { SYSTEM_RANDOM } from "../random.ts";
import { SYSTEM_SOCKETS } from "../sockets.ts";
import { Proxies } from "./proxies.ts";
import { PLAIN_REACH, type TorControlOptions } from "./reach-options.ts";
import { TorController } from "./tor-controller.ts";

const SERVICE = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd";
const COOKIE = randomBytes(32);
const OK = "250 OK";
const ADDED = `250-ServiceID=${SERVICE}\r\n250-PrivateKey=ED25519-V3:c2VjcmV0\r\n250 OK`;

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), "tor-control-"));
});
after(() => rmSync(directory, { recursive: true, force: true }));

/** A control port that answers by the script, and remembers what it was told. */
class ControlPort {
  readonly heard: string[] = [];
  readonly #server: Server;
  readonly #clients: Socket[] = [];
  #waiting: (() => void)[] = [];

  constructor(answer: (line: string) => string) {
    this.#server = createServer((client) => {
      this.#clients.push(client);
      client.on("error", () => {});
      client.on("data", (bytes) => {
        for (const line of bytes.toString("latin1").split("\r\n").slice(0, -1)) {
          this.heard.push(line);
          client.write(`${answer(line)}\r\n`);
        }
        for (const look of this.#waiting) look();
      });
    });
  }

  async open(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  async told(start: string, times = 1): Promise<string> {
    for (;;) {
      const lines = this.heard.filter((line) => line.startsWith(start));
      if (lines.length >= times) return lines.at(-1) as string;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  drop(): void {
    for (const client of this.#clients.splice(0)) client.destroy();
  }

  close(): void {
    this.drop();
    this.#server.close();
  }
}

/** Timers at once. */
class HastyClock extends Clock {
  readonly pauses: number[] = [];
  override after(ms: number, action: () => void): () => void {
    this.pauses.push(ms);
    return super.after(1, action);
  }
}

interface Lab {
  readonly tor: ControlPort;
  readonly local: LocalAddresses;
  readonly proxies: Proxies;
  readonly clock: HastyClock;
  readonly reachable: ReachableNetworks;
  readonly lines: string[];
  close(): void;
}

async function lab(
  answer: (line: string) => string,
  options: Partial<TorControlOptions> & { readonly directory?: string } = {},
): Promise<Lab> {
  const tor = new ControlPort(answer);
  const port = await tor.open();
  const lines: string[] = [];
  const add = (text: string): void => void lines.push(text);
  const log = {
    info: add,
    warning: add,
    error: add,
    debug: (_: string, text: string) => add(text),
  };
  const reachable = new ReachableNetworks(["ipv4", "ipv6"]);
  const local = new LocalAddresses({
    log,
    random: SYSTEM_RANDOM,
    reachable: new ReachableNetworks(["ipv4", "ipv6", "onion"]),
    discover: false,
    listen: true,
  });
  const proxies = new Proxies(PLAIN_REACH);
  const clock = new HastyClock();
  const control = new TorController(
    {
      clock,
      log,
      sockets: SYSTEM_SOCKETS,
      proxies,
      local,
      reachable,
      port: 8333,
      directory: options.directory ?? null,
    },
    {
      at: { host: "127.0.0.1", port },
      password: "",
      learnsProxy: true,
      mayReachOnions: true,
      target: { host: "127.0.0.1", port: 8334 },
      ...options,
    },
  );
  void control.run();
  const close = (): void => {
    control.close();
    tor.close();
  };
  return { tor, local, proxies, clock, reachable, lines, close };
}

function script(methods: string): (line: string) => string {
  return (line) => {
    if (line.startsWith("PROTOCOLINFO"))
      return `250-PROTOCOLINFO 1\r\n250-AUTH METHODS=${methods}\r\n250-VERSION Tor="0.4.8.1"\r\n250 OK`;
    if (line.startsWith("GETINFO"))
      return '250-net/listeners/socks="unix:/run/tor" "127.0.0.1:9150"\r\n250 OK';
    if (line.startsWith("ADD_ONION")) return ADDED;
    return line.startsWith("AUTHENTICATE") ? OK : "510 Unrecognized command";
  };
}

async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("TorController", () => {
  it("has us offered as an onion service and learns the proxy", async () => {
    const { tor, local, proxies, reachable, close } = await lab(script("NULL"));
    await until(() => local.list().length > 0);
    assert.deepEqual(tor.heard, [
      "PROTOCOLINFO 1",
      "AUTHENTICATE",
      "GETINFO net/listeners/socks",
      "ADD_ONION NEW:ED25519-V3 Port=8333,127.0.0.1:8334",
    ]);
    assert.deepEqual(
      local.list().map(({ address }) => formatAddress(address)),
      [`${SERVICE}.onion:8333`],
    );
    assert.deepEqual(proxies.get("onion"), {
      at: { host: "127.0.0.1", port: 9150 },
      isolates: true,
    });
    assert.ok(reachable.has("onion"));
    close();
  });

  it("keeps the service's key for itself alone, and comes back with it", async () => {
    const first = await lab(script("NULL"), { directory });
    await first.tor.told("ADD_ONION");
    await until(() => first.local.list().length > 0);
    first.close();
    const path = join(directory, "onion_v3_private_key");
    assert.equal(readFileSync(path, "latin1"), "ED25519-V3:c2VjcmV0");
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const second = await lab(script("NULL"), { directory });
    assert.match(await second.tor.told("ADD_ONION"), /^ADD_ONION ED25519-V3:c2VjcmV0 Port/);
    second.close();
  });

  it("gives the password where the daemon takes one", async () => {
    const { tor, close } = await lab(script("HASHEDPASSWORD"), { password: 'a"b' });
    assert.equal(await tor.told("AUTHENTICATE"), 'AUTHENTICATE "a\\"b"');
    await tor.told("ADD_ONION");
    close();
  });

  it("shows that it knows the cookie after the daemon has shown it", async () => {
    const path = join(directory, "cookie");
    writeFileSync(path, COOKIE);
    const rest = script(`COOKIE,SAFECOOKIE COOKIEFILE="${path}"`);
    const nonce = randomBytes(32);
    let ours = Buffer.alloc(0);
    const hash = (key: string): string =>
      createHmac("sha256", `Tor safe cookie authentication ${key} hash`)
        .update(COOKIE)
        .update(ours)
        .update(nonce)
        .digest("hex");
    const { tor, close } = await lab((line) => {
      if (!line.startsWith("AUTHCHALLENGE SAFECOOKIE ")) return rest(line);
      ours = Buffer.from(line.slice(25), "hex");
      const proof = hash("server-to-controller");
      return `250 AUTHCHALLENGE SERVERHASH=${proof} SERVERNONCE=${nonce.toString("hex")}`;
    });
    const given = await tor.told("AUTHENTICATE");
    assert.equal(given, `AUTHENTICATE ${hash("controller-to-server")}`);
    await tor.told("ADD_ONION");
    close();
  });

  it("shows nothing to a daemon that does not know the cookie", async () => {
    const path = join(directory, "cookie");
    writeFileSync(path, COOKIE);
    const rest = script(`SAFECOOKIE COOKIEFILE="${path}"`);
    const { tor, lines, close } = await lab((line) =>
      line.startsWith("AUTHCHALLENGE")
        ? `250 AUTHCHALLENGE SERVERHASH=${"00".repeat(32)} SERVERNONCE=${"00".repeat(32)}`
        : rest(line),
    );
    await until(() => lines.some((line) => line.includes("does not match")));
    assert.ok(!tor.heard.some((line) => line.startsWith("AUTHENTICATE")));
    close();
  });

  it("takes back its onion address when the daemon is gone, and asks again", async () => {
    const { tor, local, clock, close } = await lab(script("NULL"));
    await until(() => local.list().length > 0);
    tor.drop();
    await tor.told("ADD_ONION", 2);
    assert.equal(clock.pauses[0], 1000);
    close();
  });

  it("waits half as long again after each failure, ten minutes at most", async () => {
    const { tor, clock, close } = await lab(script("NULL"));
    tor.close();
    await until(() => clock.pauses.length > 18);
    const [first, ...others] = clock.pauses.slice(-18);
    assert.ok(others.every((pause, i) => pause >= ([first, ...others][i] as number)));
    assert.ok(clock.pauses.includes(1500));
    assert.equal(clock.pauses[17], 600_000);
    close();
  });

  it("cuts off a daemon whose line passes 100,000 bytes", async () => {
    const { tor, lines, close } = await lab(() => `250-${"x".repeat(120_000)}`);
    await tor.told("PROTOCOLINFO", 2);
    assert.ok(lines.some((line) => line.includes("a line of more than 100000 bytes")));
    close();
  });
});
