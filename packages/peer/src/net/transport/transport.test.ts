import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { encodeFrameHeader, type Frame } from "@compeer/protocol/wire/frame";
import { makeTransport, type TransportChoice } from "./make-transport.ts";
import type { Transport } from "./transport.ts";

const MAGIC = Uint8Array.of(1, 2, 3, 4);
const NOTHING = new Uint8Array(0);
const VERACK = concatBytes(encodeFrameHeader(MAGIC, "verack", NOTHING), NOTHING);
const VERSION = encodeFrameHeader(MAGIC, "version", NOTHING);

interface End {
  readonly transport: Transport;
  readonly written: Uint8Array[];
  readonly commands: (string | null)[];
  readonly lines: string[];
}

function open(choice: TransportChoice): End {
  const written: Uint8Array[] = [];
  const commands: (string | null)[] = [];
  const lines: string[] = [];
  const transport = makeTransport(choice, {
    magic: MAGIC,
    write: (pieces, command) => {
      written.push(...pieces);
      commands.push(command);
    },
    log: (text) => lines.push(text),
  });
  return { transport, written, commands, lines };
}

/** Hands over what either end has written until both are silent. */
function exchange(a: End, b: End): { atA: Frame[]; atB: Frame[] } {
  const [atA, atB]: [Frame[], Frame[]] = [[], []];
  while (a.written.length + b.written.length > 0) {
    for (const piece of a.written.splice(0)) atB.push(...b.transport.receive(piece));
    for (const piece of b.written.splice(0)) atA.push(...a.transport.receive(piece));
  }
  return { atA, atB };
}

describe("the transports", () => {
  it("v2 sends what waited for the other end's key, in order, and both ends name one session", () => {
    const caller = open("v2");
    const called = open("answering");
    caller.transport.start();
    caller.transport.send("version", new Uint8Array(100));
    caller.transport.send("verack", NOTHING);
    assert.equal(caller.transport.waitingBytes, 100);
    assert.deepEqual([caller.transport.kind, called.transport.kind], ["detecting", "detecting"]);
    const { atB } = exchange(caller, called);
    assert.deepEqual(
      atB.map(({ command }) => command),
      ["version", "verack"],
    );
    assert.deepEqual([caller.transport.kind, called.transport.kind], ["v2", "v2"]);
    assert.match(caller.transport.sessionId, /^[0-9a-f]{64}$/);
    assert.equal(called.transport.sessionId, caller.transport.sessionId);
    assert.equal(caller.transport.waitingBytes, 0);
    assert.deepEqual(caller.commands, [null, null, "version", "verack"]);
    assert.deepEqual(caller.lines, ["start sending v2 handshake to"]);
  });

  it("who is called says nothing until 16 bytes tell v1, or one tells v2", () => {
    const { transport, written } = open("answering");
    for (const byte of VERSION.subarray(0, 15)) transport.receive(Uint8Array.of(byte));
    assert.equal(transport.kind, "detecting");
    assert.equal(written.length, 0);
    transport.receive(VERSION.subarray(15, 16));
    assert.equal(transport.kind, "v1");
    const frames = transport.receive(concatBytes(VERSION.subarray(16), VERACK));
    assert.deepEqual(
      frames.map(({ command }) => command),
      ["version", "verack"],
    );

    const other = open("answering");
    other.transport.receive(MAGIC);
    assert.equal(other.written.length, 0);
    other.transport.receive(Uint8Array.of(0));
    assert.ok((other.written[0]?.length ?? 0) >= 64);
  });

  it("a caller closed on before it heard anything tries the old transport, and otherwise not", () => {
    const caller = open("v2");
    assert.ok(!caller.transport.shouldRetryV1);
    caller.transport.start();
    assert.ok(caller.transport.shouldRetryV1);
    caller.transport.receive(Uint8Array.of(7));
    assert.ok(!caller.transport.shouldRetryV1);
    for (const choice of ["v1", "answering"] as const)
      assert.ok(!open(choice).transport.shouldRetryV1);
  });

  it("v1 tells how much of a message it holds", () => {
    const { transport } = open("v1");
    const payload = new Uint8Array(1_000_000);
    transport.receive(encodeFrameHeader(MAGIC, "block", payload));
    assert.equal(transport.partialBytes, 0);
    transport.receive(payload.subarray(0, 5000));
    assert.ok(transport.partialBytes >= 5000 && transport.partialBytes <= 10_000);
  });

  it("v1 that greets with anything but version is taken for v2, as in Core", () => {
    const { transport } = open("answering");
    transport.receive(VERACK);
    assert.equal(transport.kind, "detecting");
    assert.throws(() => transport.receive(new Uint8Array(64 + 4095 + 16)), DecodeError);
  });
});
