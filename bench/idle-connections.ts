import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { EMPTY_ADDRESS } from "@compeer/protocol/wire/address";
import { encodeMessage } from "@compeer/protocol/wire/encode-message";
import { encodeFrameHeader } from "@compeer/protocol/wire/frame";
import { MSG_WTX } from "@compeer/protocol/wire/inventory";
import type { Message, UnknownMessage } from "@compeer/protocol/wire/message";
import { NodeProcess } from "./node-process.ts";
import { print } from "./report.ts";

/**
 * What inbound connections that say little cost in memory:
 * `node bench/dist/idle-connections.js [--count 114] [--seconds 20] [--program compeerd]`.
 */
const MAGIC = Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda);
const SETTLE_MS = 3000;

type Sendable = Exclude<Message, UnknownMessage>;

function send(socket: Socket, message: Sendable): void {
  const payload = encodeMessage(message);
  socket.write(encodeFrameHeader(MAGIC, message.type, payload));
  socket.write(payload);
}

/** Connects, shakes hands, and uses what makes a peer keep something: gossip and transactions. */
async function open(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  await once(socket, "connect");
  socket.resume();
  send(socket, {
    ...{ type: "version", version: 70016, services: 9n, time: Math.floor(Date.now() / 1000) },
    ...{ receiver: EMPTY_ADDRESS, nonce: 1n, userAgent: "/bench/", startHeight: 0, relay: true },
  });
  send(socket, { type: "wtxidrelay" });
  send(socket, { type: "sendaddrv2" });
  send(socket, { type: "verack" });
  send(socket, { type: "getaddr" });
  send(socket, { type: "inv", items: [{ kind: MSG_WTX, hash: randomBytes(32) }] });
  return socket;
}

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "114" },
    seconds: { type: "string", default: "20" },
    program: { type: "string", default: "packages/peer/bin/compeerd" },
  },
});
const node = await NodeProcess.start(values.program, ["-connect=0", "-listen=1"]);
await sleep(SETTLE_MS);
const before = node.usage();
const sockets: Socket[] = [];
for (let i = 0; i < Number(values.count); i++) sockets.push(await open(node.port));
await sleep(Number(values.seconds) * 1000);
const after = node.usage();
const peers = (await node.rpc("getpeerinfo")) as readonly { readonly version: number }[];
const ready = peers.filter(({ version }) => version > 0).length;
const extra = after.residentMib - before.residentMib;
print(
  `${ready} idle connections: ${extra.toFixed(1)} MiB more (${before.residentMib.toFixed(0)} to ${after.residentMib.toFixed(0)}), ${(after.cpuSeconds - before.cpuSeconds).toFixed(2)} s of processor in ${values.seconds} s`,
);
for (const socket of sockets) socket.destroy();
await node.stop();
