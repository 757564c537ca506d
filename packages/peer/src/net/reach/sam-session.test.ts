import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Clock } from "../../clock/clock.ts";
import { formatHost } from "../addresses/address-text.ts";
import { LocalAddresses } from "../addresses/local-addresses.ts";
import { ReachableNetworks } from "../addresses/reachable-networks.ts";
import { SYSTEM_RANDOM } from "../random.ts";
import { SYSTEM_SOCKETS } from "../sockets.ts";
import { I2p } from "./i2p.ts";
import { encodeI2pBase64, i2pHost } from "./i2p-destination.ts";

const DESTINATION = new Uint8Array(391).fill(7);
DESTINATION.set([0, 4], 385);
const KEY = Uint8Array.of(...DESTINATION, ...new Array(64).fill(9));
const OURS = i2pHost(DESTINATION);
const FRIEND = new Uint8Array(387).fill(3);
FRIEND.set([0, 0], 385);
const FRIEND_HOST = i2pHost(FRIEND);
const LOG = { info: () => {}, debug: () => {}, warning: () => {}, error: () => {} };

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), "sam-"));
});
after(() => rmSync(directory, { recursive: true, force: true }));

/** A SAM bridge that knows one friend. */
class Bridge {
  readonly heard: string[] = [];
  /** The streams that wait for somebody to come in. */
  readonly waiting: Socket[] = [];
  /** Connections on which a session hangs. */
  readonly controls: Socket[] = [];
  /** Instead of what it would answer to a line with this start. */
  override: readonly [string, string] = ["nothing", ""];
  readonly #server: Server = createServer((client) => this.#serve(client));
  readonly #clients: Socket[] = [];

  async open(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  #serve(client: Socket): void {
    this.#clients.push(client);
    client.on("error", () => {});
    client.on("data", (bytes) => {
      const line = bytes.toString("latin1").trimEnd();
      this.heard.push(line);
      const [start, answer] = this.override;
      client.write(line.startsWith(start) ? answer : this.#answer(line));
      if (line.startsWith("SESSION CREATE")) this.controls.push(client);
      if (line.startsWith("STREAM ACCEPT")) this.waiting.push(client);
    });
  }

  #answer(line: string): string {
    const words = line.split(" ").slice(0, 2).join(" ");
    switch (words) {
      case "HELLO VERSION":
        return "HELLO REPLY RESULT=OK VERSION=3.1\n";
      case "DEST GENERATE":
        return `DEST REPLY PUB=x PRIV=${encodeI2pBase64(KEY)}\n`;
      case "SESSION CREATE":
        return `SESSION STATUS RESULT=OK DESTINATION=${encodeI2pBase64(KEY)}\n`;
      case "NAMING LOOKUP":
        return `NAMING REPLY RESULT=OK NAME=x VALUE=${encodeI2pBase64(FRIEND)}\n`;
      case "STREAM CONNECT":
        return "STREAM STATUS RESULT=OK\nhello";
      default:
        return "STREAM STATUS RESULT=OK\n";
    }
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
    this.#server.close();
  }
}

interface Lab {
  readonly bridge: Bridge;
  readonly i2p: I2p;
  readonly local: LocalAddresses;
  close(): void;
}

async function lab(accepts: boolean): Promise<Lab> {
  const bridge = new Bridge();
  const port = await bridge.open();
  const local = new LocalAddresses({
    log: LOG,
    random: SYSTEM_RANDOM,
    reachable: new ReachableNetworks(["i2p"]),
    discover: false,
    listen: true,
  });
  const i2p = new I2p({
    clock: new Clock(),
    log: LOG,
    sockets: SYSTEM_SOCKETS,
    local,
    bridge: { host: "127.0.0.1", port },
    accepts,
    directory,
  });
  const close = (): void => {
    i2p.close();
    bridge.close();
  };
  return { bridge, i2p, local, close };
}

async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("I2p", () => {
  it("connects under a name that is made for this connection only", async () => {
    const { bridge, i2p, close } = await lab(false);
    const { socket, bound } = await i2p.connect({ host: FRIEND_HOST, port: 0 });
    assert.equal(bound, `${OURS}:0`);
    const [bytes] = await once(socket, "data");
    assert.equal(String(bytes), "hello");
    const created = bridge.heard.find((line) => line.startsWith("SESSION CREATE"));
    assert.match(created ?? "", /DESTINATION=TRANSIENT SIGNATURE_TYPE=7/);
    assert.ok(bridge.heard.includes(`NAMING LOOKUP NAME=${FRIEND_HOST}`));
    socket.destroy();
    close();
  });

  it("lets others in under a name that it keeps", async () => {
    const { bridge, i2p, local, close } = await lab(true);
    const arrived: string[] = [];
    void i2p.run(({ address, bound }) => arrived.push(`${address.host} at ${bound}`));
    await until(() => bridge.waiting.length === 1);
    await until(() => local.list().length === 1);
    assert.equal(formatHost(local.list()[0]?.address as never), OURS);
    bridge.waiting[0]?.write(`${encodeI2pBase64(FRIEND)} FROM_PORT=0\n`);
    await until(() => bridge.waiting.length === 2);
    assert.deepEqual(arrived, [`${FRIEND_HOST} at ${OURS}:0`]);
    assert.deepEqual(new Uint8Array(readFileSync(join(directory, "i2p_private_key"))), KEY);
    close();
    const again = await lab(true);
    await again.i2p.connect({ host: FRIEND_HOST, port: 0 });
    assert.ok(!again.bridge.heard.some((line) => line.startsWith("DEST GENERATE")));
    again.close();
  });

  it("says why a peer is not reached, and refuses ports that I2P has not", async () => {
    const { bridge, i2p, close } = await lab(false);
    await assert.rejects(i2p.connect({ host: FRIEND_HOST, port: 8333 }), /arbitrary port 8333/);
    bridge.override = ["STREAM CONNECT", "STREAM STATUS RESULT=CANT_REACH_PEER\n"];
    await assert.rejects(i2p.connect({ host: FRIEND_HOST, port: 0 }), /CANT_REACH_PEER/);
    close();
  });

  it("takes no private key that is too short to hold a destination", async () => {
    const { bridge, i2p, close } = await lab(false);
    bridge.override = ["SESSION", "SESSION STATUS RESULT=OK DESTINATION=AAAA\n"];
    const connecting = i2p.connect({ host: FRIEND_HOST, port: 0 });
    await assert.rejects(connecting, /private key is too short \(3 < 387\)/);
    close();
  });

  it("makes a new session when the bridge no longer knows the old one", async () => {
    const { bridge, i2p, close } = await lab(true);
    bridge.override = ["STREAM CONNECT", "STREAM STATUS RESULT=INVALID_ID\n"];
    await assert.rejects(i2p.connect({ host: FRIEND_HOST, port: 0 }), /INVALID_ID/);
    bridge.override = ["nothing", ""];
    const { socket } = await i2p.connect({ host: FRIEND_HOST, port: 0 });
    assert.equal(bridge.heard.filter((line) => line.startsWith("SESSION CREATE")).length, 2);
    socket.destroy();
    close();
  });

  it("makes a new session when the connection that the old one hung on is gone", async () => {
    const { bridge, i2p, close } = await lab(true);
    const first = await i2p.connect({ host: FRIEND_HOST, port: 0 });
    bridge.controls[0]?.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await i2p.connect({ host: FRIEND_HOST, port: 0 });
    assert.equal(bridge.controls.length, 2);
    first.socket.destroy();
    second.socket.destroy();
    close();
  });

  it("cuts off a bridge whose message passes 65,536 bytes", async () => {
    const { bridge, i2p, close } = await lab(false);
    bridge.override = ["HELLO", "x".repeat(70_000)];
    const connecting = i2p.connect({ host: FRIEND_HOST, port: 0 });
    await assert.rejects(connecting, /a line of more than 65536 bytes/);
    close();
  });
});
