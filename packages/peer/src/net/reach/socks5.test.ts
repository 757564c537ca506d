import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { after, describe, it } from "node:test";
import { connectBySocks5 } from "./socks5.ts";

const NAME = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
const OK = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
const NO_PASSWORD = [5, 0];
const cleanup: (() => void)[] = [];

/** A proxy that sends each answer after the next bytes that come in. */
async function proxy(
  ...answers: readonly (readonly number[])[]
): Promise<{ readonly socket: Socket; readonly heard: number[] }> {
  const heard: number[] = [];
  const left = [...answers];
  const server = createServer((client) => {
    client.on("error", () => {});
    client.on("data", (bytes) => {
      heard.push(...bytes);
      const next = left.shift();
      if (next !== undefined) client.write(Uint8Array.from(next));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  cleanup.push(
    () => server.close(),
    () => socket.destroy(),
  );
  return { socket, heard };
}

after(() => {
  for (const act of cleanup) act();
});

describe("connectBySocks5", () => {
  it("gives an IP address as a name too, as Core does", async () => {
    const { socket, heard } = await proxy(NO_PASSWORD, OK);
    await connectBySocks5(socket, { host: "15.61.23.23", port: 1234 }, null);
    assert.deepEqual(heard, [5, 1, 0, 5, 1, 0, 3, 11, ...Buffer.from("15.61.23.23"), 4, 210]);
  });

  it("shows its credentials when the proxy wants them", async () => {
    const { socket, heard } = await proxy([5, 2], [1, 0], OK);
    await connectBySocks5(socket, { host: NAME, port: 8333 }, { username: "ab", password: "c" });
    assert.deepEqual(heard.slice(0, 10), [5, 2, 0, 2, 1, 2, 97, 98, 1, 99]);
    assert.equal(heard[13], 3);
    assert.equal(Buffer.from(heard.slice(15, -2)).toString(), NAME);
  });

  it("leaves what follows the proxy's answer to the one who takes the socket", async () => {
    for (const bound of [
      [1, 9, 9, 9, 9],
      [4, ...new Array(16).fill(7)],
      [3, 2, 65, 66],
    ]) {
      const { socket } = await proxy(NO_PASSWORD, [5, 0, 0, ...bound, 0, 80, 1, 2, 3]);
      const free = await connectBySocks5(socket, { host: "a", port: 1 }, null);
      const [bytes] = await once(free, "data");
      assert.deepEqual([...(bytes as Uint8Array)], [1, 2, 3]);
    }
  });

  it("says in words why the proxy refuses", async () => {
    const { socket } = await proxy(NO_PASSWORD, [5, 4, 0, 1, 0, 0, 0, 0, 0, 0]);
    await assert.rejects(connectBySocks5(socket, { host: "a", port: 1 }, null), /host unreachable/);
    assert.ok(socket.destroyed);
  });

  it("refuses a name of more than 255 bytes before anything of it is sent", async () => {
    const { socket, heard } = await proxy(NO_PASSWORD);
    await assert.rejects(
      connectBySocks5(socket, { host: "a".repeat(256), port: 1 }, null),
      /hostname too long/,
    );
    assert.deepEqual(heard, [5, 1, 0]);
  });

  it("D20: a length byte of 255 is 255, and an answer that never ends is cut off in time", async () => {
    const long = [5, 0, 0, 3, 255, ...new Array(257).fill(65), 77];
    const { socket } = await proxy(NO_PASSWORD, long);
    const free = await connectBySocks5(socket, { host: "a", port: 1 }, null);
    const [rest] = await once(free, "data");
    assert.deepEqual([...(rest as Uint8Array)], [77]);

    const short = await proxy(NO_PASSWORD, long.slice(0, 100));
    const asking = connectBySocks5(short.socket, { host: "a", port: 1 }, null, 100);
    await assert.rejects(asking, /no answer in time/);
    assert.ok(short.socket.destroyed);
  });

  it("D20: every answer that breaks the protocol closes the connection", async () => {
    const bad: readonly (readonly number[])[][] = [
      [[4, 0]],
      [[5, 255]],
      [[5, 2]],
      [[5, 1]],
      [NO_PASSWORD, [4, 0, 0, 1]],
      [NO_PASSWORD, [5, 0, 1, 1]],
      [NO_PASSWORD, [5, 0, 0, 2]],
      [NO_PASSWORD, [5, 200, 0, 1]],
    ];
    for (const answers of bad) {
      const { socket } = await proxy(...answers);
      await assert.rejects(connectBySocks5(socket, { host: "a", port: 1 }, null, 1000));
      assert.ok(socket.destroyed);
    }
  });
});
