import { randomBytes } from "node:crypto";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { createSwiftKeys } from "@compeer/protocol/crypto/elligator-swift";
import { encodeFrameHeader, FrameReader } from "@compeer/protocol/wire/frame";
import { V2Cipher } from "@compeer/protocol/wire/v2-cipher";
import { V2Session } from "@compeer/protocol/wire/v2-session";
import { median, print } from "./report.ts";

/** What the two transports cost, in processor time of one thread: `node bench/dist/transport.js`. */
const MAGIC = Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda);
/** As much as a socket gives at once. */
const CHUNK = 65_536;
const ROUNDS = 5;
const NOTHING = new Uint8Array(0);

/** One direction of a connection. */
interface Way {
  send(payload: Uint8Array): Uint8Array;
  /** The number of messages that `bytes` complete. */
  receive(bytes: Uint8Array): number;
}

function v1Way(): Way {
  const reader = new FrameReader(MAGIC);
  return {
    send: (payload) => concatBytes(encodeFrameHeader(MAGIC, "block", payload), payload),
    receive: (bytes) => reader.push(bytes).length,
  };
}

function v2Way(): Way {
  const open = (initiating: boolean): V2Session =>
    new V2Session({
      initiating,
      magic: MAGIC,
      keys: createSwiftKeys(randomBytes),
      garbage: NOTHING,
    });
  const [ours, theirs] = [open(true), open(false)];
  theirs.push(ours.hello);
  ours.push(theirs.hello);
  theirs.push(ours.takeReply() ?? NOTHING);
  return {
    send: (payload) => ours.encode("block", payload),
    receive: (bytes) => theirs.push(bytes).length,
  };
}

/** Milliseconds of processor that `work` takes. */
function spent<T>(work: () => T): { ms: number; result: T } {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return { ms: (user + system) / 1000, result };
}

function throughput(name: string, way: Way, size: number, count: number): number {
  const payload = randomBytes(size);
  const [sending, receiving]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const sent = spent(() => Array.from({ length: count }, () => way.send(payload)));
    const stream = Buffer.concat(sent.result);
    const received = spent(() => {
      let messages = 0;
      for (let at = 0; at < stream.length; at += CHUNK)
        messages += way.receive(stream.subarray(at, at + CHUNK));
      return messages;
    });
    if (received.result !== count) throw new Error("a message was lost");
    sending.push((size * count) / sent.ms / 1000);
    receiving.push((size * count) / received.ms / 1000);
  }
  const rate = (rates: readonly number[]): string => median(rates).toFixed(0).padStart(5);
  const what = `${name}, messages of ${size.toLocaleString("en")} bytes`;
  print(`${what.padEnd(44)} send ${rate(sending)} MB/s, receive ${rate(receiving)} MB/s`);
  return median(receiving);
}

function handshake(): void {
  const count = 300;
  const keys = Array.from({ length: count + 1 }, () => createSwiftKeys(randomBytes));
  const agree = (i: number): V2Cipher => {
    const [ours, theirs] = [keys[i], keys[i + 1]];
    if (ours === undefined || theirs === undefined) throw new Error("too few keys");
    return new V2Cipher(ours, theirs.encoded, i % 2 === 0, MAGIC);
  };
  const each = (work: (i: number) => unknown): string => {
    const times = Array.from({ length: ROUNDS }, () => {
      const { ms } = spent(() => {
        for (let i = 0; i < count; i++) work(i);
      });
      return ms / count;
    });
    return median(times).toFixed(3);
  };
  print(
    `handshake with keys made ahead ${each(agree)} ms, making them ${each(() => createSwiftKeys(randomBytes))} ms`,
  );
}

handshake();
// The last is an inv of one entry.
for (const [size, count] of [
  [1_000_000, 40],
  [30_000, 1000],
  [3_000, 4000],
  [300, 20_000],
  [37, 20_000],
] as const) {
  const v1 = throughput("v1", v1Way(), size, count);
  const v2 = throughput("v2", v2Way(), size, count);
  print(`received by v2 over received by v1: ${(v2 / v1).toFixed(2)}`);
}
