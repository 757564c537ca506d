import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { type MemoryNode, startMemoryNode } from "../testing/memory-node.ts";
import { mineBlocks } from "../testing/mine-block.ts";
import { encodePing, V2Wire } from "../testing/v2-wire.ts";

async function until(test: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (test()) return;
    await sleep(25);
  }
  assert.fail(`never: ${what}`);
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  socket.on("error", () => {});
  socket.resume();
  return socket;
}

async function connected(from: MemoryNode, to: MemoryNode): Promise<void> {
  await from.net.connectTo(`127.0.0.1:${to.port}`);
  const isUp = (): boolean => from.net.peers().some(({ version }) => version > 0);
  await until(() => isUp() && to.net.peers().some(({ version }) => version > 0), "connected");
}

describe("the network over BIP324", () => {
  it("syncs blocks between two peers that both speak it, with one session id", async () => {
    const [a, b] = [await startMemoryNode(), await startMemoryNode()];
    try {
      for (const block of mineBlocks(a.chain.tip, 20)) await a.chain.submitBlock(block);
      await connected(b, a);
      await until(() => b.chain.tip.height === 20, "synced");
      const [atA, atB] = [a.net.peers()[0], b.net.peers()[0]];
      assert.deepEqual([atA?.transport, atB?.transport], ["v2", "v2"]);
      assert.equal(atA?.sessionId.length, 64);
      assert.equal(atA?.sessionId, atB?.sessionId);
      assert.ok(atA?.serviceNames.includes("P2P_V2"));
    } finally {
      await Promise.all([a.close(), b.close()]);
    }
  });

  it("falls back to the old transport with who does not, in either direction", async () => {
    const [recent, old] = [await startMemoryNode(), await startMemoryNode({ v2Transport: false })];
    const third = await startMemoryNode({ v2Transport: false });
    try {
      await connected(recent, old);
      await connected(third, recent);
      const kinds = (): string[] => recent.net.peers().map(({ transport }) => transport);
      await until(() => kinds().join() === "v1,v1", "both v1");
      assert.ok(recent.lines.some((line) => line.startsWith("retrying with v1 transport")));
      assert.ok(!old.net.peers()[0]?.serviceNames.includes("UNKNOWN"));
    } finally {
      await Promise.all([recent.close(), old.close(), third.close()]);
    }
  });

  it("tries the old transport once and no more", async () => {
    let calls = 0;
    const server = createServer((socket) => {
      calls++;
      socket.on("error", () => {});
      socket.once("data", () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const node = await startMemoryNode();
    try {
      const address = server.address();
      assert.ok(address !== null && typeof address === "object");
      await node.net.connectTo(`127.0.0.1:${address.port}`);
      await until(() => calls === 2, "retried");
      await sleep(300);
      assert.equal(calls, 2);
    } finally {
      server.close();
      await node.close();
    }
  });

  it("closes a connection whose stream is damaged or random, and that one only", async () => {
    const node = await startMemoryNode();
    const honest = await V2Wire.open(node.port, node.network.magic);
    try {
      const sockets: Socket[] = [];
      for (let i = 0; i < 12; i++) {
        const socket = await open(node.port);
        sockets.push(socket);
        socket.write(randomBytes(64 + 4095 + 16 + i * 100));
      }
      for (let i = 0; i < 12; i++) {
        const wire = await V2Wire.open(node.port, node.network.magic);
        const packet = wire.session.encode("ping", encodePing(5));
        const at = (i * 7) % packet.length;
        packet[at] = (packet[at] as number) ^ (1 << (i % 8));
        // A changed length may promise more than was sent: give it enough to be judged by.
        wire.socket.write(concatBytes(packet, randomBytes(at < 3 ? 100 : 0)));
        if (at < 3) wire.socket.end();
        sockets.push(wire.socket);
      }
      await until(() => sockets.every(({ closed }) => closed), "all closed");
      await until(() => node.net.peers().length === 1, "only the honest one left");
      assert.equal(await honest.ping(), true);
    } finally {
      honest.socket.destroy();
      await node.close();
    }
  });

  it("bounds what an announced length makes it hold, and shows it in the accounts", async () => {
    const node = await startMemoryNode();
    const wire = await V2Wire.open(node.port, node.network.magic);
    try {
      const packet = wire.session.encode("block", new Uint8Array(3_000_000));
      wire.socket.write(packet.subarray(0, 1005));
      await until(() => (node.net.accounts()[0]?.heldBytes ?? 0) >= 1000, "some of it came");
      const account = node.net.accounts()[0];
      assert.ok((account?.heldBytes ?? Number.NaN) < 100_000);
      assert.ok((account?.messages ?? 0) >= 2);
      assert.ok((account?.readingMs ?? 0) > 0 && (account?.handlingMs ?? 0) > 0);
    } finally {
      wire.socket.destroy();
      await node.close();
    }
  });
});
