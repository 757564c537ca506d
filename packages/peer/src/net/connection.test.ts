import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, it } from "node:test";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { encodeFrameHeader } from "@compeer/protocol/wire/frame";
import { Clock } from "../clock/clock.ts";
import { Connection } from "./connection.ts";

const MAGIC = Uint8Array.of(1, 2, 3, 4);
const PING = new Uint8Array(8);
const FRAME = concatBytes(encodeFrameHeader(MAGIC, "ping", PING), PING);

/** A connection whose other end takes nothing in. */
function connect(limits: { receiveBuffer: number; sendBuffer: number }): {
  readonly connection: Connection;
  readonly socket: Socket;
} {
  const stream = new Duplex({ read() {}, write() {} });
  const socket = Object.assign(stream, { setNoDelay() {}, destroySoon() {} }) as unknown as Socket;
  const log = { info() {}, warning() {}, error: assert.fail, debug() {} };
  const parts = { magic: MAGIC, transport: "v1", record() {}, clock: new Clock(), log } as const;
  return { connection: new Connection(0, socket, { ...parts, limits }), socket };
}

describe("Connection", () => {
  it("leaves the socket unread while more waits to be handled than -maxreceivebuffer", () => {
    const { connection, socket } = connect({ receiveBuffer: 500, sendBuffer: 0 });
    socket.emit("data", concatBytes(FRAME, FRAME));
    assert.equal(socket.isPaused(), false);
    socket.emit("data", FRAME);
    assert.equal(socket.isPaused(), true);
    assert.equal(connection.next()?.command, "ping");
    assert.equal(socket.isPaused(), false);
  });

  it("is full while more waits to be sent than -maxsendbuffer", () => {
    const { connection } = connect({ receiveBuffer: 0, sendBuffer: 2 * FRAME.length });
    connection.sendPayload("ping", PING);
    connection.sendPayload("ping", PING);
    assert.equal(connection.isSendBufferFull, false);
    connection.sendPayload("ping", PING);
    assert.equal(connection.isSendBufferFull, true);
  });
});
