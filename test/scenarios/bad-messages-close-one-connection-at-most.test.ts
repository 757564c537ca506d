import assert from "node:assert/strict";
import { it } from "node:test";
import { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import { Peer } from "@compeer/peer/peer";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { Writer } from "@compeer/protocol/bytes/writer";
import { EMPTY_ADDRESS } from "@compeer/protocol/wire/address";
import { encodeMessage } from "@compeer/protocol/wire/encode-message";
import { type Frame, FrameReader } from "@compeer/protocol/wire/frame";
import { mutate } from "../testing/mutate.ts";
import { addressOf, type Caller, callerOf, sameTip, until } from "../testing/peers.ts";
import { Purse } from "../testing/purse.ts";
import { Random } from "../testing/random.ts";
import { SessionRecorder } from "../testing/session-recording.ts";

const ROUNDS = 50;
const COINBASE_MATURES = 101;
const SEQUENCES = 150;
const REPLAYS = 40;

/** Well-formed payloads of each command that this peer could get; what changes them has a place to start. */
async function payloads(caller: Caller): Promise<Map<string, Uint8Array[]>> {
  const tip = await caller.call<string>("getbestblockhash");
  const block = Buffer.from(await caller.call<string>("getblock", tip, 0), "hex");
  const hash = Uint8Array.from(Buffer.from(tip, "hex").reverse());
  const header = block.subarray(0, 80);
  const items = [
    { kind: 1, hash },
    { kind: 2, hash },
    { kind: 0x40000002, hash },
    { kind: 4, hash },
  ];
  const address = { network: 1, host: Uint8Array.of(8, 8, 8, 8), port: 8333 };
  const gossip = [{ time: 1_700_000_000, services: 9n, ...address }];
  const locator = [hash, new Uint8Array(32)];
  const stop = new Uint8Array(32);
  const version = encodeMessage({
    type: "version",
    version: 70016,
    services: 9n,
    time: 1_700_000_000,
    receiver: EMPTY_ADDRESS,
    nonce: 77n,
    userAgent: "/bad:1/",
    startHeight: 0,
    relay: true,
  });
  const shortIds = concatBytes(header, new Uint8Array(8), Uint8Array.of(1), new Uint8Array(6));
  const empty = new Uint8Array(0);
  const list = new Map<string, Uint8Array[]>([
    ["version", [version]],
    ["inv", [encodeMessage({ type: "inv", items })]],
    ["getdata", [encodeMessage({ type: "getdata", items })]],
    ["notfound", [encodeMessage({ type: "notfound", items })]],
    ["getheaders", [encodeMessage({ type: "getheaders", locator, stop })]],
    ["getblocks", [encodeMessage({ type: "getblocks", locator, stop })]],
    ["headers", [new Writer().compactSize(1).raw(header).u8(0).finish()]],
    ["block", [block]],
    ["tx", [block.subarray(81)]],
    ["addr", [encodeMessage({ type: "addr", addresses: gossip })]],
    ["addrv2", [encodeMessage({ type: "addrv2", addresses: gossip })]],
    ["ping", [new Uint8Array(8)]],
    ["pong", [new Uint8Array(8)]],
    ["feefilter", [new Uint8Array(8), new Uint8Array(8).fill(0xff)]],
    ["sendcmpct", [Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 0, 0)]],
    ["cmpctblock", [concatBytes(shortIds, Uint8Array.of(1, 0), block.subarray(81))]],
    ["getblocktxn", [concatBytes(hash, Uint8Array.of(1, 0))]],
    ["blocktxn", [concatBytes(hash, Uint8Array.of(1), block.subarray(81))]],
    ["filterload", [Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)]],
    ["filteradd", [Uint8Array.of(1, 0)]],
    ["merkleblock", [header]],
    ["sendtxrcncl", [new Uint8Array(12)]],
  ]);
  for (const command of ["getcfilters", "getcfheaders", "getcfcheckpt"])
    list.set(command, [concatBytes(Uint8Array.of(0), new Uint8Array(4), hash)]);
  for (const command of ["cfilter", "cfheaders", "cfcheckpt"])
    list.set(command, [concatBytes(Uint8Array.of(0), hash, Uint8Array.of(1, 0))]);
  const bare = ["verack", "wtxidrelay", "sendaddrv2", "sendheaders", "getaddr", "mempool"];
  for (const command of [...bare, "filterclear", "alert", "reject", "x", ""])
    list.set(command, [empty]);
  return list;
}

/** What the peer logs above debug from now on. */
function watchLog(peer: Peer): string[] {
  const lines: string[] = [];
  for (const level of ["info", "warning", "error"] as const) {
    const write = peer.log[level].bind(peer.log);
    peer.log[level] = (text) => {
      lines.push(`${level}: ${text}`);
      write(text);
    };
  }
  return lines;
}

function badPayload(random: Random, good: readonly Uint8Array[]): Uint8Array {
  const start = random.pick(good);
  switch (random.below(4)) {
    case 0:
      return random.bytes(random.below(200));
    case 1:
      return concatBytes(start, random.bytes(1 + random.below(9)));
    default:
      return mutate(start, random);
  }
}

it("D27 a random or changed message of any command closes one connection at most, and others are served", async (t) => {
  const random = new Random(2_026_1122);
  await using peer = await Peer.start();
  await callerOf(peer).call("generatetodescriptor", COINBASE_MATURES, "raw(51)");
  const port = Number(addressOf(peer).split(":").at(-1));
  const open = (): Promise<RawPeer> => RawPeer.shakeHands(port, peer.network.magic);
  const honest = await open();
  const tip = await callerOf(peer).call<string>("getbestblockhash");
  const lines = watchLog(peer);
  let sent = 0;
  let closed = 0;
  let offender = await open();
  for (const [command, good] of await payloads(callerOf(peer))) {
    for (let round = 0; round < ROUNDS; round++) {
      offender.sendPayload(command, badPayload(random, good));
      sent++;
      if (random.oneIn(3)) continue;
      await offender.sync().catch(() => undefined);
      if (!offender.isClosed) continue;
      closed++;
      offender = await open();
    }
    await honest.sync();
  }
  await offender.sync().catch(() => undefined);
  offender.close();
  await honest.sync();
  assert.equal(honest.isClosed, false);
  assert.equal(await callerOf(peer).call("getbestblockhash"), tip);
  assert.ok(closed > 20, "some of them must have been noticed");
  const ours = lines.filter((line) => line.includes("could not be handled"));
  assert.deepEqual(ours, [], "a bad message is never a fault of ours");
  assert.ok(lines.length <= closed, `no more than a line an offender: ${lines.join("\n")}`);
  t.diagnostic(`${sent} bad messages, ${closed} connections closed, ${lines.length} lines logged`);
  honest.close();
});

it("D27 random bytes before or instead of a handshake close that connection, and others are served", async () => {
  const random = new Random(7);
  await using peer = await Peer.start();
  const port = Number(addressOf(peer).split(":").at(-1));
  const { magic } = peer.network;
  const honest = await RawPeer.shakeHands(port, magic);
  const frame = (length: number, command = "ping"): Uint8Array => {
    const name = new Uint8Array(12);
    name.set(Buffer.from(command, "latin1"));
    return new Writer().raw(magic).raw(name).u32(length).u32(0).finish();
  };
  const starts = [
    frame(0xffffffff),
    frame(4_000_001),
    frame(0, "\u0001ping"),
    frame(0, "pi\0ng"),
    concatBytes(magic, random.bytes(20)),
    ...Array.from({ length: 20 }, () => random.bytes(1 + random.below(300))),
  ];
  for (const bytes of starts) {
    const raw = await RawPeer.open(port, magic);
    raw.sendBytes(bytes);
    raw.sendBytes(random.bytes(64));
    await honest.sync();
    raw.close();
  }
  await honest.sync();
  assert.equal(honest.isClosed, false);
  honest.close();
});

it("D27 valid messages in every wrong order, before, within and after the handshake, end nothing but that connection", async (t) => {
  const random = new Random(20_261);
  await using peer = await Peer.start();
  await callerOf(peer).call("generatetodescriptor", COINBASE_MATURES, "raw(51)");
  const port = Number(addressOf(peer).split(":").at(-1));
  const { magic } = peer.network;
  const honest = await RawPeer.shakeHands(port, magic);
  const tip = await callerOf(peer).call<string>("getbestblockhash");
  const lines = watchLog(peer);
  const valid = [...(await payloads(callerOf(peer)))].flatMap(([command, good]) =>
    good.map((payload) => ({ command, payload })),
  );
  let sent = 0;
  const say = (raw: RawPeer, count: number): void => {
    for (let i = 0; i < count; i++, sent++) {
      const { command, payload } = random.pick(valid);
      raw.sendPayload(command, payload);
    }
  };
  for (let round = 0; round < SEQUENCES; round++) {
    const raw = await RawPeer.open(port, magic);
    // Each stage of the handshake may be left out or come twice, with anything between.
    for (const step of ["version", "wtxidrelay", "sendaddrv2", "verack", "ping"] as const) {
      if (random.oneIn(3)) say(raw, random.below(6));
      for (let times = random.pick([0, 1, 1, 1, 1, 1, 1, 2]); times > 0; times--)
        if (step === "version") raw.sendVersion(random.pick([70016, 70016, 70015, 60001, 31800]));
        else raw.sendPayload(step, new Uint8Array(step === "ping" ? 8 : 0));
    }
    say(raw, random.below(30));
    if (random.oneIn(4)) raw.close();
    await honest.sync();
    raw.close();
  }
  await honest.sync();
  assert.equal(honest.isClosed, false);
  assert.equal(await callerOf(peer).call("getbestblockhash"), tip);
  assert.deepEqual(
    lines.filter((line) => line.includes("could not be handled")),
    [],
  );
  t.diagnostic(`${sent} messages in ${SEQUENCES} orders`);
  honest.close();
});

it("D27 changed recordings of a real session end nothing but that connection", async (t) => {
  const random = new Random(31_415);
  const plain = { v2transport: "0", whitelist: "noban@127.0.0.1" };
  await using peer = await Peer.start({ options: plain });
  const { magic } = peer.network;
  const port = Number(addressOf(peer).split(":").at(-1));
  const frames = await recordSession(peer, plain);
  assert.ok(new Set(frames.map(({ command }) => command)).size >= 10, "most kinds were said");
  const honest = await RawPeer.shakeHands(port, magic);
  const tip = await callerOf(peer).call<string>("getbestblockhash");
  const lines = watchLog(peer);
  for (let round = 0; round < REPLAYS; round++) {
    const raw = await RawPeer.open(port, magic);
    for (const { command, payload } of changedOrder(frames, random)) {
      // Now and then the frame itself is broken, which ends the connection.
      if (random.oneIn(200)) raw.sendBytes(random.bytes(1 + random.below(40)));
      raw.sendPayload(command, random.oneIn(4) ? mutate(payload, random) : payload);
    }
    await honest.sync();
    raw.close();
  }
  await honest.sync();
  assert.equal(honest.isClosed, false);
  assert.equal(await callerOf(peer).call("getbestblockhash"), tip);
  assert.deepEqual(
    lines.filter((line) => line.includes("could not be handled")),
    [],
  );
  t.diagnostic(`${frames.length} messages recorded, ${REPLAYS} changed replays`);
  honest.close();
});

/** What one of two peers says that find each other, exchange blocks and payments, and part. */
async function recordSession(
  peer: Peer,
  options: Readonly<Record<string, string>>,
): Promise<Frame[]> {
  const recorder = await SessionRecorder.start(Number(addressOf(peer).split(":").at(-1)));
  const purse = new Purse(peer);
  await purse.mine(110);
  await purse.fill();
  {
    const addnode = `127.0.0.1:${recorder.port}`;
    await using other = await Peer.start({ options: { ...options, addnode } });
    await sameTip(callerOf(peer), callerOf(other));
    await purse.mine(2, callerOf(other));
    const txid = await purse.pay(2, callerOf(other));
    await until("the payment came over", async () =>
      (await callerOf(peer).call<string[]>("getrawmempool")).includes(txid),
    );
    await purse.mine(1, callerOf(peer));
    await sameTip(callerOf(peer), callerOf(other));
  }
  recorder.close();
  const reader = new FrameReader(peer.network.magic);
  return recorder.recordings.flat().flatMap((chunk) => [...reader.push(chunk)]);
}

/** The messages with some left out, said twice, or exchanged with another. */
function changedOrder(frames: readonly Frame[], random: Random): Frame[] {
  const changed: Frame[] = [];
  for (const frame of frames) {
    if (random.oneIn(12)) continue;
    changed.push(frame);
    if (random.oneIn(12)) changed.push(random.pick(frames));
  }
  for (let swaps = random.below(6); swaps > 0; swaps--) {
    const [a, b] = [random.below(changed.length), random.below(changed.length)];
    [changed[a], changed[b]] = [changed[b] as Frame, changed[a] as Frame];
  }
  return changed;
}
