import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Victim } from "../../testing/attack/victim.ts";
import { until } from "../../testing/peers.ts";
import { Random } from "../../testing/random.ts";

const SOCKETS = 2000;
/** The one autonomous system of a map of one instruction, and that map: RETURN, 15 bits of the number less one. */
const SYSTEM = 2;
const ONE_SYSTEM_MAP = Uint8Array.of(0, 0, 1);

describe("attacks on the doors", () => {
  let victim: Victim;
  let proxy: Server;
  const folder = mkdtempSync(join(tmpdir(), "compeer-map-"));
  const dialled: Socket[] = [];
  const answers: ((socket: Socket) => void)[] = [];

  before(async () => {
    proxy = createServer((socket) => {
      dialled.push(socket);
      socket.on("error", () => undefined);
      socket.resume();
      answers[dialled.length % answers.length]?.(socket);
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const map = join(folder, "map.dat");
    writeFileSync(map, ONE_SYSTEM_MAP);
    const { port } = proxy.address() as AddressInfo;
    victim = await Victim.start(
      `-proxy=127.0.0.1:${port}`,
      `-asmap=${map}`,
      "-test=addrman",
      "-timeout=2000",
    );
  });

  after(async () => {
    for (const socket of dialled) socket.destroy();
    proxy.close();
    await victim.close();
    rmSync(folder, { recursive: true });
  });

  it("D20: a proxy that lies about lengths, floods, or ends in the middle, 60 times", (t) =>
    victim.suffers(t, "D20", {}, async () => {
      const random = new Random(20);
      answers.push(
        (socket) => socket.write(Uint8Array.of(5, 0, 5, 0, 0, 3, 0xff, ...random.bytes(300))),
        (socket) => socket.write(Uint8Array.of(5, 0, 5, 0, 0, 3, 0x80, 1, 2)),
        (socket) => socket.write(Uint8Array.of(5, 0xff)),
        (socket) => socket.write(random.bytes(100_000)),
        (socket) => socket.end(Uint8Array.of(5)),
        (socket) => socket.write(Uint8Array.of(4, 0, 0)),
      );
      const calls = Array.from({ length: 60 }, (_, i) =>
        victim.call("addnode", `9.9.${i}.1:8333`, "onetry", false).catch(() => undefined),
      );
      await until("all have been dialled", () => dialled.length >= calls.length, 20);
      await sleep(500);
      const peers = await victim.call<{ inbound: boolean }[]>("getpeerinfo");
      assert.ok(peers.every(({ inbound }) => inbound));
      const cut = dialled.filter(({ closed }) => closed).length;
      assert.ok(cut >= 40, `${cut} cut off`);
      for (const socket of dialled) socket.destroy();
      await Promise.all(calls);
      return "lengths are unsigned; what breaks the protocol is cut off";
    }));

  it("D23: PSBTs whose lengths promise more than there is", (t) =>
    victim.suffers(t, "D23", {}, async () => {
      const magic = [0x70, 0x73, 0x62, 0x74, 0xff];
      const lengths = [
        [0xfe, 0xff, 0xff, 0xff, 0x7f],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0],
        [0xfd, 0xff, 0xff],
      ];
      for (const length of lengths)
        for (const key of [[], [1, 0], [2, 6, 1], [34, 1]]) {
          const psbt = Buffer.from([...magic, ...key, ...length, 1, 2, 3]).toString("base64");
          await assert.rejects(victim.call("decodepsbt", psbt), /TX decode failed/);
        }
      return "refused before anything is allocated";
    }));

  it("D24: 100,000 brackets in a descriptor and in the body of a call", (t) =>
    victim.suffers(t, "D24", {}, async () => {
      const deep = 100_000;
      await assert.rejects(victim.call("getdescriptorinfo", `wsh(${"andor(".repeat(deep)}`));
      await assert.rejects(victim.call("getdescriptorinfo", `${"sh(".repeat(deep)}`));
      let nested: unknown[] = [];
      for (let i = 0; i < 5000; i++) nested = [nested];
      await assert.rejects(victim.call("getblockhash", nested));
      const status = await post(victim.rpcPort, "[".repeat(deep));
      assert.match(status, /^HTTP\/1\.1 (401|500|400)/);
      return "refused by depth";
    }));

  it("D26: 2,000 connections to the RPC door that ask for nothing", (t) =>
    victim.suffers(t, "D26", {}, async () => {
      let refused = 0;
      const sockets: Socket[] = [];
      for (let i = 0; i < SOCKETS; i++) {
        const socket = connect(victim.rpcPort, "127.0.0.1");
        socket.on("error", () => undefined);
        socket.on("data", (data) => {
          if (data.toString().startsWith("HTTP/1.1 503 ")) refused++;
        });
        sockets.push(socket);
        if (i % 100 === 99) await sleep(5);
      }
      await until("many are refused", () => refused > SOCKETS / 2, 20);
      for (const socket of sockets) socket.destroy();
      await until("calls are answered", () =>
        victim.call("getblockcount").then(
          () => true,
          () => false,
        ),
      );
      return `${refused} of ${SOCKETS} answered 503`;
    }));

  it("P06, P07: 600 addresses of 200 groups that belong to one autonomous system", (t) =>
    victim.suffers(t, "P06, P07", {}, async () => {
      for (let i = 0; i < 600; i++)
        await victim.call(
          "addpeeraddress",
          `${20 + (i % 200)}.${i % 7}.${i >> 8}.${i & 255}`,
          8333,
        );
      const { new: fresh } = await victim.call<{
        new: Record<string, { mapped_as: number; source_mapped_as: number }>;
      }>("getrawaddrman");
      const entries = Object.values(fresh);
      assert.ok(entries.length > 0);
      for (const { mapped_as, source_mapped_as } of entries)
        assert.deepEqual([mapped_as, source_mapped_as], [SYSTEM, SYSTEM]);
      // One group as source and address has one bucket of 64 places.
      assert.ok(entries.length <= 64, `${entries.length} places`);
      return `${entries.length} of 600 find a place: one system is one group`;
    }));
});

/** The first line that the door answers. */
async function post(port: number, body: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const head = `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n`;
  socket.write(head + body);
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return answer.toString("latin1").split("\r\n")[0] ?? "";
}
