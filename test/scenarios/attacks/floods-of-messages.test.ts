import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { draft } from "@compeer/peer/mempool/testing/ledger";
import { mineBlock } from "@compeer/peer/net/testing/mine-block";
import type { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import type { Block } from "@compeer/protocol/bitcoin/block";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { Writer } from "@compeer/protocol/bytes/writer";
import { encodeMessage } from "@compeer/protocol/wire/encode-message";
import { encodeFrameHeader } from "@compeer/protocol/wire/frame";
import { MSG_BLOCK, MSG_WITNESS_BLOCK, MSG_WTX } from "@compeer/protocol/wire/inventory";
import { floodOfAddresses, inventory } from "../../testing/attack/payloads.ts";
import { Victim } from "../../testing/attack/victim.ts";
import { until } from "../../testing/peers.ts";
import { Random } from "../../testing/random.ts";

/** All that an inv or a getdata may name. */
const MANY = 50_000;
const MAX_PAYLOAD = 4_000_000;
const ANSWERING_MS = 3000;
/**
 * Of each of twenty: 5 MB that wait to be handled, the 1.8 MB of a message whose questions are being
 * answered, and the answers that wait. The honest peer waits while blocks are read for everybody.
 */
const LARGE_QUESTIONS = { megabytes: 20 * 12, pingMs: 2000 };

describe("attacks with floods of messages", () => {
  let victim: Victim;
  const closesOn = async (send: (peer: RawPeer) => void): Promise<void> => {
    const peer = await victim.hello();
    send(peer);
    await peer.closed();
  };

  before(async () => {
    victim = await Victim.start("-peerbloomfilters");
    await victim.call("generatetodescriptor", 5, "raw(51)");
  });

  after(() => victim.close());

  it("D01: 40 peers that claim the longest message and send none of it, and others that claim more", (t) =>
    victim.suffers(t, "D01", { megabytes: 4 }, async () => {
      const header = (length: number): Uint8Array => {
        const bytes = encodeFrameHeader(victim.magic, "block", new Uint8Array(0));
        new DataView(bytes.buffer, bytes.byteOffset).setUint32(16, length, true);
        return bytes;
      };
      for (const length of [MAX_PAYLOAD + 1, 0xffffffff])
        await closesOn((peer) => peer.sendBytes(header(length)));
      const claiming = await victim.hellos(40);
      for (const peer of claiming) peer.sendBytes(header(MAX_PAYLOAD));
      await victim.hello();
      assert.ok(claiming.every(({ isClosed }) => !isClosed));
      return "disconnected over 4,000,000 bytes; nothing reserved below";
    }));

  it("D02: 300 messages of 1,000 addresses each", (t) =>
    victim.suffers(t, "D02", {}, async () => {
      const flooders = await victim.hellos(10);
      for (let round = 0; round < 30; round++)
        for (const [i, flooder] of flooders.entries()) {
          flooder.sendPayload("addr", floodOfAddresses(1000 * (10 * round + i), 1000));
          await flooder.sync();
        }
      const { all_networks } = await victim.call<{
        all_networks: { total: number };
      }>("getaddrmaninfo");
      assert.ok(all_networks.total <= 10 * 7, `${all_networks.total} addresses`);
      return `ignored but for ${all_networks.total} of 300,000 addresses`;
    }));

  it("D03: an inv of 50,000 unknown blocks", (t) =>
    victim.suffers(t, "D03", {}, async () => {
      const peer = await victim.hello();
      peer.send({ type: "headers", headers: [] });
      await peer.sync();
      const before = peer.count("getheaders");
      for (let i = 0; i < 5; i++) peer.sendPayload("inv", inventory(MSG_BLOCK, i * MANY, MANY));
      await peer.sync();
      const asked = peer.count("getheaders") - before;
      assert.ok(asked <= 5, `${asked} questions`);
      return `${asked} getheaders for 5 inv`;
    }));

  it("D04: getdata of 50,000 kinds that nobody knows, ten times", (t) =>
    victim.suffers(t, "D04", {}, async () => {
      const peer = await victim.hello();
      for (let i = 0; i < 10; i++) peer.sendPayload("getdata", inventory(0x77, i * MANY, MANY));
      await peer.sync();
      assert.equal(peer.count("block") + peer.count("tx"), 0);
      return "skipped; what comes behind is answered";
    }));

  it("D12: 20 peers that announce 50,000 transactions each", (t) =>
    victim.suffers(t, "D12", { megabytes: 60 }, async () => {
      const flooders = await victim.hellos(20);
      for (const [i, flooder] of flooders.entries()) {
        flooder.sendPayload("inv", inventory(MSG_WTX, i * MANY, MANY));
        await flooder.sync();
      }
      return "5,000 remembered of each; the rest ignored";
    }));

  it("D13: 1,000 transactions with a byte behind their end", (t) =>
    victim.suffers(t, "D13", {}, async () => {
      const peer = await victim.hello();
      for (let i = 0; i < 1000; i++) {
        const tx = draft([{ txid: new Uint8Array(32).fill(9), index: i }], [1000]);
        peer.sendPayload("tx", concatBytes(tx.raw, Uint8Array.of(0)));
      }
      await peer.sync();
      assert.deepEqual(await victim.call("getorphantxs"), []);
      assert.equal(peer.isClosed, false);
      return "dropped; the sender stays";
    }));

  it("D14: bloom filters without bytes, and what they match", (t) =>
    victim.suffers(t, "D14", {}, async () => {
      const peer = await victim.hello();
      const { hash } = await victim.tip();
      for (const functions of [0, 1, 50]) {
        const filter = new Writer().u8(0).u32(functions).u32(0).u8(1).finish();
        peer.sendPayload("filterload", filter);
        peer.sendPayload("filteradd", Uint8Array.of(3, 1, 2, 3));
        peer.send({ type: "getdata", items: [{ kind: 3, hash }] });
        peer.send({ type: "mempool" });
      }
      await peer.sync();
      assert.equal(peer.count("merkleblock"), 3);
      return "matches everything; served on";
    }));

  it("D15: 100,000 alerts", (t) =>
    victim.suffers(t, "D15", {}, async () => {
      const peer = await victim.hello();
      const payload = new Uint8Array(100);
      const alert = concatBytes(encodeFrameHeader(victim.magic, "alert", payload), payload);
      const thousand = concatBytes(...Array.from({ length: 1000 }, () => alert));
      for (let i = 0; i < 100; i++) peer.sendBytes(thousand);
      await peer.sync();
      return "ignored";
    }));

  it("D16: 20 peers that ask for a large block without end and read no answer", (t) =>
    victim.suffers(t, "D16", LARGE_QUESTIONS, async () => {
      const script = new Uint8Array(900_000).fill(0x6a);
      const block = mineBlock(await victim.tip(), { script });
      const giver = await victim.hello();
      giver.send({ type: "block", block });
      await giver.sync();
      assert.equal((await victim.tip()).height, block.height);
      const question = { kind: MSG_WITNESS_BLOCK, hash: block.hash };
      const items = new Array<typeof question>(MANY).fill(question);
      const payload = encodeMessage({ type: "getdata", items });
      const peers = await victim.hellos(20);
      for (const peer of peers) {
        peer.pause();
        for (let i = 0; i < 4; i++) peer.sendPayload("getdata", payload);
      }
      // Time in which it could answer much more than it may hold.
      await sleep(ANSWERING_MS);
      return "reads no more of who takes no answers: less than 12 MB each";
    }));

  it("D17: 1,000 peers that misbehave, one after the other", (t) =>
    victim.suffers(t, "D17", {}, async () => {
      const payload = inventory(MSG_BLOCK, 0, MANY + 1);
      for (let i = 0; i < 100; i++)
        await Promise.all(
          Array.from({ length: 10 }, async () => {
            const peer = await victim.dial();
            peer.sendVersion();
            peer.send({ type: "verack" });
            peer.sendPayload("inv", payload.subarray(0, 3));
            peer.sendPayload("addrv2", Uint8Array.of(0xfd, 0xe9, 0x03));
            peer.sendPayload("headers", Uint8Array.of(0xfd, 0xd1, 0x07));
            await peer.closed();
          }),
        );
      return "disconnected; remembered in fixed memory";
    }));

  it("D18: 1,000 connections that pretend to be the victim itself", (t) =>
    victim.suffers(t, "D18", {}, async () => {
      const nonce = await nonceOf(victim);
      const before = statSync(logOf(victim)).size;
      for (let i = 0; i < 50; i++)
        await Promise.all(
          Array.from({ length: 20 }, async () => {
            const peer = await victim.dial();
            peer.sendVersion(70016, nonce);
            await peer.closed();
          }),
        );
      const grown = statSync(logOf(victim)).size - before;
      assert.ok(grown < 1_048_576, `${grown} bytes logged`);
      return `disconnected; ${Math.round(grown / 1000)} kB logged`;
    }));

  it("D19: 100 blocks that break a rule, each sent 21 times", (t) =>
    victim.suffers(t, "D19", {}, async () => {
      const tip = await victim.tip();
      const before = statSync(logOf(victim)).size;
      const blocks: Block[] = [];
      for (let salt = 0; salt < 100; salt++) {
        const block = mineBlock(tip, { reward: 5_000_000_001 + salt });
        await closesOn((peer) => peer.send({ type: "block", block }));
        blocks.push(block);
        // Who repeats what is known to be bad may have been told by the first; it is not stored again.
        const again = await victim.hello();
        for (let i = 0; i < 20; i++) again.send({ type: "block", block });
        await again.sync();
        again.close();
      }
      const grown = statSync(logOf(victim)).size - before;
      assert.ok(grown < 1_048_576, `${grown} bytes logged`);
      assert.deepEqual(await victim.tip(), tip);
      const file = blockFileOf(victim);
      for (const { header } of blocks) {
        const first = file.indexOf(header.raw);
        assert.equal(file.indexOf(header.raw, first + 1), -1, "none is stored twice");
      }
      return `disconnected, repeats ignored; ${Math.round(grown / 1000)} kB logged, none stored twice`;
    }));

  it("D27: 20,000 messages of random bytes under every name", (t) =>
    victim.suffers(t, "D27", {}, async () => {
      const random = new Random(27);
      let closed = 0;
      for (let round = 0; round < 200; round++) {
        const peer = await victim.hello();
        for (let i = 0; i < 100; i++)
          peer.sendPayload(random.pick(COMMANDS), random.bytes(random.below(200)));
        await Promise.race([peer.sync().catch(() => undefined), peer.closed()]);
        if (peer.isClosed) closed++;
        peer.close();
      }
      assert.doesNotMatch(victim.log, /could not be handled/);
      return `at most that connection closed (${closed} of 200)`;
    }));

  it("P01: 120 peers whose clocks stand at the ends of time, before a good block", (t) =>
    victim.suffers(t, "P01", {}, async () => {
      for (const bits of [0x7fff_ffff_ffff_ffffn, -0x8000_0000_0000_0000n, 0n, 0xffff_ffffn])
        for (let i = 0; i < 30; i++) {
          const peer = await victim.dial();
          peer.sendPayload("version", versionAt(bits));
          peer.send({ type: "verack" });
          await peer.received("verack");
        }
      const block = mineBlock(await victim.tip());
      const peer = await victim.hello();
      peer.send({ type: "block", block });
      await until(
        "the good block is taken",
        async () => (await victim.tip()).height === block.height,
        5,
      );
      return "its own clock counts: the block behind is taken";
    }));
});

const COMMANDS = (
  "version verack addr addrv2 inv getdata getblocks getheaders headers tx block mempool ping pong " +
  "notfound filterload filteradd filterclear sendheaders feefilter sendcmpct cmpctblock getblocktxn " +
  "blocktxn getcfilters getcfheaders getcfcheckpt wtxidrelay sendaddrv2 sendtxrcncl feature merkleblock"
).split(" ");

function logOf(victim: Victim): string {
  return join(victim.directory, "regtest", "debug.log");
}

function blockFileOf(victim: Victim): Buffer {
  return readFileSync(join(victim.directory, "regtest", "blocks", "blk00000.dat"));
}

/** A version message whose clock stands at `time`, of 64 bits. */
function versionAt(time: bigint): Uint8Array {
  const bytes = new Uint8Array(86);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 70016, true);
  view.setBigUint64(4, 9n, true);
  view.setBigInt64(12, BigInt.asIntN(64, time), true);
  view.setBigUint64(72, 77n, true);
  view.setInt32(81, -1, true);
  return bytes;
}

/** The nonce by which the victim knows itself, as it tells one whom it dials and who answers nothing. */
async function nonceOf(victim: Victim): Promise<bigint> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  const met = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await until("the trap listens", () => server.listening);
  const { port } = server.address() as { port: number };
  void victim.call("addnode", `127.0.0.1:${port}`, "onetry", false).catch(() => undefined);
  const socket = await met;
  server.close();
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => undefined);
  await until("the victim says version", () => Buffer.concat(chunks).length >= 24 + 80);
  return Buffer.concat(chunks).readBigUInt64LE(24 + 72);
}
