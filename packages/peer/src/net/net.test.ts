import assert from "node:assert/strict";
import { after, before, describe, it, mock } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { decodeHeader } from "@compeer/protocol/bitcoin/header";
import { concatBytes, equalBytes } from "@compeer/protocol/bytes/compare";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { encodeFrameHeader } from "@compeer/protocol/wire/frame";
import { MSG_BLOCK, MSG_TX, MSG_WITNESS_BLOCK, MSG_WTX } from "@compeer/protocol/wire/inventory";
import fc from "fast-check";
import type { BlockNode } from "../chain/block-node.ts";
import type { Chain } from "../chain/chain.ts";
import { draft } from "../mempool/testing/ledger.ts";
import { BlockRequests } from "./block-requests.ts";
import type { NetChain } from "./net-parts.ts";
import type { Peer } from "./peer.ts";
import { type MemoryNode, startMemoryNode } from "./testing/memory-node.ts";
import { grind, mineBlock, mineBlocks } from "./testing/mine-block.ts";
import { RawPeer } from "./testing/raw-peer.ts";
import { WantedBlocks } from "./wanted-blocks.ts";

const VERACK = "verack";
const ZERO = new Uint8Array(32);
const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

describe("Net", () => {
  let node: MemoryNode;
  let magic: Uint8Array;
  const hello = (version?: number): Promise<RawPeer> =>
    RawPeer.shakeHands(node.port, magic, version);
  const logged = (pattern: RegExp): boolean => node.lines.some((line) => pattern.test(line));

  before(async () => {
    node = await startMemoryNode();
    magic = node.network.magic;
    node.clock.setMock(node.chain.tip.time + 500);
    for (const block of mineBlocks(node.chain.tip, 110)) await node.chain.submitBlock(block);
    assert.equal(node.chain.tip.height, 110);
  });

  after(() => node.close());

  describe("the handshake", () => {
    it("answers version with version, wtxidrelay, sendaddrv2, verack; sendcmpct and ping follow", async () => {
      const peer = await RawPeer.open(node.port, magic);
      peer.sendVersion();
      await peer.received("verack");
      assert.deepEqual(
        peer.messages.map(({ type }) => type),
        ["version", "wtxidrelay", "sendaddrv2", "verack"],
      );
      peer.send({ type: "verack" });
      await peer.received("ping");
      assert.deepEqual(
        peer.messages.slice(4, 6).map(({ type }) => type),
        ["sendcmpct", "ping"],
      );
      peer.close();
    });

    it("says nothing to an old peer but version and verack, and turns away an obsolete one", async () => {
      const old = await RawPeer.open(node.port, magic);
      old.sendVersion(70015);
      await old.received("verack");
      assert.deepEqual(
        old.messages.map(({ type }) => type),
        ["version", "verack"],
      );
      old.close();
      const obsolete = await RawPeer.open(node.port, magic);
      obsolete.sendVersion(31799);
      await obsolete.closed();
      assert.ok(logged(/using obsolete version 31799, disconnecting peer=/));
    });

    it("hears nothing before verack", async () => {
      // Who greets with anything but version is taken for an encrypted peer where those are welcome.
      const plain = await startMemoryNode({ v2Transport: false });
      const peer = await RawPeer.open(plain.port, magic);
      peer.send({ type: "ping", nonce: 1n });
      peer.sendVersion();
      peer.send({ type: "ping", nonce: 2n });
      peer.send({ type: "getaddr" });
      peer.send({ type: "verack" });
      await peer.sync();
      assert.equal(peer.count("pong"), 1);
      const lines = plain.lines.join("\n");
      assert.match(lines, /non-version message before version handshake. Message "ping"/);
      assert.match(lines, /Unsupported message "ping" prior to verack/);
      peer.close();
      await plain.close();
    });

    it("finds out that it has connected to itself", async () => {
      void node.net.connectTo(`127.0.0.1:${node.port}`, "manual");
      while (!logged(/connected to self at/)) await sleep(5);
    });

    it("ends when wtxidrelay comes after verack", async () => {
      const peer = await hello();
      peer.send({ type: "wtxidrelay" });
      await peer.closed();
    });
  });

  describe("frames", () => {
    it("closes on a foreign magic and on a length over the limit (D01)", async () => {
      const header = encodeFrameHeader(magic, "ping", new Uint8Array(0));
      for (const bytes of [header.slice().fill(255, 0, 4), header.slice().fill(255, 16, 20)]) {
        const peer = await hello();
        peer.sendBytes(bytes);
        await peer.closed();
      }
      assert.ok(logged(/Header error: Wrong MessageStart ffffffff received/));
      assert.ok(logged(/Header error: Size too large \(ping, 4294967295 bytes\)/));
    });

    it("drops a message with a wrong checksum and keeps its sender", async () => {
      const peer = await hello();
      peer.sendBytes(encodeFrameHeader(magic, "getaddr", new Uint8Array(0)).fill(255, 20, 24));
      await peer.sync();
      assert.ok(logged(/Header error: Wrong checksum \(getaddr, 0 bytes\)/));
      peer.close();
    });

    it("counts the bytes of each command and of unknown ones together", async () => {
      const peer = await hello();
      peer.sendPayload("nonsense", new Uint8Array(6));
      await peer.sync();
      const info = node.net.peers().at(-1);
      assert.equal(info?.receivedByCommand["*other*"], 30);
      assert.equal(info?.receivedByCommand[VERACK], 24);
      assert.equal(info?.sentByCommand[VERACK], 24);
      assert.equal(info?.userAgent, "/raw:0.1/");
      peer.close();
    });
  });

  describe("hostile messages", () => {
    it("answers an inv of 50,000 unknown blocks with one getheaders (D03)", async () => {
      const peer = await hello();
      await peer.received("getheaders");
      const before = peer.count("getheaders");
      peer.send({ type: "headers", headers: [] });
      const items = Array.from({ length: 50_000 }, (_, i) => {
        const unknown = hash(7);
        unknown[0] = i;
        unknown[1] = i >> 8;
        return { kind: MSG_BLOCK, hash: unknown };
      });
      peer.send({ type: "inv", items });
      await peer.sync();
      assert.equal(peer.count("getheaders"), before + 1);
      peer.close();
    });

    it("gets through a getdata of 50,000 unknown kinds (D04)", async () => {
      const peer = await hello();
      const items = Array.from({ length: 50_000 }, () => ({ kind: 0, hash: ZERO }));
      peer.send({ type: "getdata", items });
      const { hash: tip } = node.chain.tip;
      peer.send({ type: "getdata", items: [{ kind: MSG_BLOCK, hash: tip }] });
      assert.deepEqual((await peer.received("block")).block.hash, tip);
      peer.close();
    });

    it("does not take a transaction with bytes behind it (D13)", async () => {
      const peer = await hello();
      const tx = draft([{ txid: hash(9), index: 0 }], [1000]);
      peer.sendPayload("tx", concatBytes(tx.raw, Uint8Array.of(0)));
      await peer.sync();
      assert.ok(logged(/Exception '1 bytes left over' caught/));
      assert.equal(node.net.orphanCount, 0);
      peer.close();
    });

    it("ignores 2,000 alerts (D15)", async () => {
      const peer = await hello();
      for (let i = 0; i < 2000; i++) peer.sendPayload("alert", new Uint8Array(20));
      await peer.sync();
      peer.close();
    });

    it("punishes an inv of 50,001 entries", async () => {
      const peer = await hello();
      const items = Array.from({ length: 50_001 }, () => ({ kind: MSG_BLOCK, hash: ZERO }));
      peer.send({ type: "inv", items });
      await peer.closed();
      assert.ok(logged(/Misbehaving: peer=\d+: inv message size = 50001/));
    });

    it("closes at most the connection of who sends random bytes, and serves others on (D27)", async () => {
      const honest = await hello();
      const commands = [
        "block",
        "tx",
        "headers",
        "inv",
        "getdata",
        "addrv2",
        "version",
        "cmpctblock",
      ];
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.constantFrom(...commands), fc.uint8Array({ maxLength: 200 })), {
            minLength: 1,
            maxLength: 20,
          }),
          async (messages) => {
            const peer = await hello();
            for (const [command, payload] of messages) peer.sendPayload(command, payload);
            await Promise.race([peer.sync().catch(() => {}), peer.closed()]);
            peer.close();
            await honest.sync();
          },
        ),
        { numRuns: 10 },
      );
      honest.close();
    });

    it("ends the connection over bloom filters, compact filters and mempool requests", async () => {
      for (const command of ["filterload", "filteradd", "filterclear", "mempool", "getcfilters"]) {
        const peer = await hello();
        peer.sendPayload(command, new Uint8Array(command === "getcfilters" ? 37 : 0));
        await peer.closed();
      }
    });
  });

  describe("headers and blocks", () => {
    it("serves headers to a locator of 101 hashes and closes at 102", async () => {
      const locator = Array.from({ length: 101 }, (_, i) => node.chain.at(110 - i)?.hash ?? ZERO);
      const peer = await hello();
      peer.send({ type: "getheaders", locator: [...locator].reverse().slice(50), stop: ZERO });
      const { headers } = await peer.received("headers");
      assert.deepEqual(headers.at(-1)?.hash, node.chain.tip.hash);
      peer.send({ type: "getblocks", locator: [...locator, ZERO], stop: ZERO });
      await peer.closed();
      assert.ok(logged(/getblocks locator size 102 > 101, disconnecting/));
    });

    it("answers a getheaders that came while blocks were read from files when that is done", async () => {
      const own = await startMemoryNode();
      const peer = await RawPeer.shakeHands(own.port, magic);
      const release = holdQueue(own.chain);
      const importing = own.chain.importBlocks(["/nowhere/none.blk"]);
      assert.equal(own.chain.isImporting, true);
      peer.send({ type: "getheaders", locator: [ZERO], stop: ZERO });
      await peer.sync();
      assert.equal(peer.count("headers"), 0);
      release();
      await importing;
      await peer.received("headers");
      peer.close();
      await own.close();
    });

    it("announces the blocks behind a getblocks by inv", async () => {
      const peer = await hello();
      peer.send({ type: "getblocks", locator: [node.chain.at(100)?.hash ?? ZERO], stop: ZERO });
      const { items } = await peer.received("inv");
      assert.equal(items.length, 10);
      peer.close();
    });

    it("asks for the parents of a header that does not connect, without blame", async () => {
      const peer = await hello();
      await peer.received("getheaders");
      peer.send({ type: "headers", headers: [] });
      const [, stranger] = mineBlocks(node.chain.tip, 2);
      peer.send({ type: "headers", headers: [stranger?.header as never] });
      await peer.sync();
      assert.equal(peer.count("getheaders"), 2);
      peer.close();
    });

    it("punishes a header without work and headers that do not follow each other", async () => {
      const [first, second, third] = mineBlocks(node.chain.tip, 3).map(({ header }) => header);
      assert.ok(first && second && third);
      const idle = decodeHeader(grind(first, false));
      for (const headers of [[idle], [first, third]]) {
        const peer = await hello();
        peer.send({ type: "headers", headers });
        await peer.closed();
      }
      assert.ok(logged(/Misbehaving: peer=\d+: header with invalid proof of work/));
      assert.ok(logged(/Misbehaving: peer=\d+: non-continuous headers sequence/));
    });

    it("fetches an announced block, and answers a ping behind it only when it is connected", async () => {
      const peer = await hello();
      const block = mineBlock(node.chain.tip);
      peer.send({ type: "headers", headers: [block.header] });
      const { items } = await peer.received("getdata");
      assert.deepEqual(items, [{ kind: MSG_WITNESS_BLOCK, hash: block.hash }]);
      peer.send({ type: "block", block });
      await peer.sync();
      assert.deepEqual(node.chain.tip.hash, block.hash);
      peer.close();
    });

    it("does not ask again for a block that came and is still being looked at", async () => {
      const peer = await hello();
      const block = mineBlock(node.chain.tip);
      let goOn = (): void => {};
      const looking = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const { chain } = node;
      const submit = chain.submitBlock.bind(chain);
      const slow = mock.method(chain, "submitBlock", async (...args: Parameters<typeof submit>) => {
        await looking;
        return submit(...args);
      });
      peer.send({ type: "headers", headers: [block.header] });
      await peer.received("getdata");
      peer.send({ type: "block", block });
      while (slow.mock.callCount() === 0) await sleep(5);
      node.net.forward(1);
      peer.send({ type: "headers", headers: [block.header] });
      await sleep(1500);
      assert.equal(peer.count("getdata"), 1);
      goOn();
      slow.mock.restore();
      await peer.sync();
      assert.deepEqual(chain.tip.hash, block.hash);
      assert.equal(peer.count("getdata"), 1);
      peer.close();
    });

    it("announces a new block by headers to who asked for these, else by inv", async () => {
      const modern = await hello();
      const plain = await hello();
      modern.send({ type: "sendheaders" });
      const { tip } = node.chain;
      modern.send({ type: "headers", headers: [decodeHeader(tip.header)] });
      await Promise.all([modern.sync(), plain.sync()]);
      const block = mineBlock(tip);
      await node.chain.submitBlock(block);
      const { headers } = await modern.received("headers", (message) => message.headers.length > 0);
      assert.deepEqual(
        headers.map((header) => header.hash),
        [block.hash],
      );
      const { items } = await plain.received("inv");
      assert.deepEqual(items, [{ kind: MSG_BLOCK, hash: block.hash }]);
      modern.close();
      plain.close();
    });

    it("serves a block that was announced before its scripts were checked, once they are", async () => {
      const peer = await hello();
      peer.send({ type: "sendcmpct", highBandwidth: true, version: 2n });
      const { tip } = node.chain;
      peer.send({ type: "headers", headers: [decodeHeader(tip.header)] });
      await peer.sync();
      let goOn = (): void => {};
      const held = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const busy = node.chain.exclusive(() => held);
      const block = mineBlock(tip);
      const verdict = node.chain.submitBlock(block);
      await peer.received("cmpctblock");
      assert.equal(node.chain.tip, tip);
      peer.send({ type: "getdata", items: [{ kind: MSG_WITNESS_BLOCK, hash: block.hash }] });
      await sleep(50);
      assert.equal(peer.count("block"), 0);
      goOn();
      await Promise.all([busy, verdict, peer.received("block")]);
      peer.close();
    });

    it("punishes the sender of an invalid block and remembers the reason", async () => {
      const peer = await hello();
      const block = mineBlock(node.chain.tip, { reward: 5_000_000_001 });
      peer.send({ type: "headers", headers: [block.header] });
      await peer.received("getdata");
      peer.send({ type: "block", block });
      await peer.closed();
      assert.ok(logged(/bad-cb-amount/));
    });

    it("keeps the request to B when A sends the block mutated (P03, CVE-2024-52921)", async () => {
      const [a, b] = [await hello(), await hello()];
      const block = mineBlock(node.chain.tip);
      b.send({ type: "headers", headers: [block.header] });
      await b.received("getdata");
      const coinbase = block.raw.subarray(81);
      const twice = concatBytes(block.header.raw, Uint8Array.of(2), coinbase, coinbase);
      a.sendPayload("block", twice);
      await a.closed();
      assert.deepEqual(node.net.peers().at(-1)?.inFlight, [block.height]);
      b.send({ type: "block", block });
      await b.sync();
      assert.deepEqual(node.chain.tip.hash, block.hash);
      b.close();
    });
  });

  describe("block download", () => {
    it("sends away who stops the window, and asks another for what it owed (P05)", async () => {
      const [staller, honest] = [await hello(), await hello()];
      const blocks = mineBlocks(node.chain.tip, 1100);
      const headers = blocks.map(({ header }) => header);
      staller.send({ type: "headers", headers });
      await staller.received("getdata");
      honest.send({ type: "headers", headers });
      void serve(honest, blocks);
      while (!logged(/Stall started peer=/)) await honest.sync();
      assert.equal(staller.isClosed, false);
      node.clock.setMock(node.clock.now() + 3);
      await staller.closed();
      assert.ok(logged(/Peer is stalling block download, disconnecting peer=/));
      while (node.chain.tip.height < (blocks.at(-1)?.height ?? 0)) await honest.sync();
      honest.close();
    });
  });

  describe("rotten blocks", () => {
    it("are never handed out, and fetched again from who has them", async () => {
      const peer = await hello();
      const lost = node.chain.at(50) as BlockNode;
      const { block } = await fetch(peer, lost.hash);
      peer.send({ type: "headers", headers: [decodeHeader(node.chain.tip.header)] });
      await peer.sync();
      lost.dataOffset += 1;
      assert.equal(await node.chain.readBlock(lost), null);
      assert.equal(lost.haveData, false);
      const items = [{ kind: MSG_WITNESS_BLOCK, hash: lost.hash }];
      assert.deepEqual((await peer.received("getdata")).items, items);
      peer.send({ type: "getdata", items });
      await peer.sync();
      assert.equal(peer.count("block"), 1);
      peer.send({ type: "block", block });
      await peer.sync();
      assert.deepEqual(await node.chain.readBlock(lost), block.raw);
      peer.close();
    });

    it("are asked for when somebody comes who has them, also after a new start", async () => {
      const lost = node.chain.at(60) as BlockNode;
      const raw = (await node.chain.readBlock(lost)) as Uint8Array;
      lost.dataOffset += 1;
      assert.equal(await node.chain.readBlock(lost), null);
      const again = new WantedBlocks(node.chain as NetChain);
      const peer = await hello();
      peer.send({ type: "headers", headers: [decodeHeader(node.chain.tip.header)] });
      const { items } = await peer.received("getdata");
      assert.deepEqual(items, [{ kind: MSG_WITNESS_BLOCK, hash: lost.hash }]);
      const next = (id: number, now: number): BlockNode[] => {
        const sync = { bestKnown: node.chain.tip, lastUnknown: null };
        const who = { id, sync, servesWitnesses: true };
        return again.next(who as unknown as Peer, 16, new BlockRequests(), now);
      };
      assert.deepEqual(next(1, 1000), [lost]);
      assert.deepEqual(next(1, 2000), [], "nobody is asked twice");
      assert.deepEqual(next(2, 3000), [lost]);
      peer.send({ type: "block", block: decodeBlock(raw) });
      await peer.sync();
      assert.equal(lost.haveData, true);
      assert.deepEqual(next(3, 4000), []);
      peer.close();
    });
  });

  describe("transactions", () => {
    it("asks the next announcer when the first is silent for a minute (P02, CVE-2024-52913)", async () => {
      const [one, other] = [await hello(), await hello()];
      const items = [{ kind: MSG_WTX, hash: hash(0x42) }];
      for (const peer of [one, other]) {
        peer.send({ type: "inv", items });
        await peer.sync();
      }
      node.clock.setMock(node.clock.now() + 3);
      // Of equals the lot decides who is asked first.
      while (one.count("getdata") + other.count("getdata") === 0) await sleep(5);
      const [silent, honest] = one.count("getdata") > 0 ? [one, other] : [other, one];
      await honest.sync();
      assert.equal(honest.count("getdata"), 0);
      node.clock.setMock(node.clock.now() + 61);
      assert.deepEqual((await honest.received("getdata")).items, items);
      silent.close();
      honest.close();
    });

    it("asks for the parents of an orphan by txid", async () => {
      const peer = await hello();
      peer.send({ type: "tx", tx: draft([{ txid: hash(0x43), index: 0 }], [1000]) });
      await peer.sync();
      assert.equal(node.net.orphanCount, 1);
      node.clock.setMock(node.clock.now() + 5);
      const { items } = await peer.received("getdata");
      assert.deepEqual(items[0]?.hash, hash(0x43));
      peer.close();
      while (node.net.orphanCount > 0) await sleep(5);
    });

    it("answers getdata for what it never announced with notfound", async () => {
      const peer = await hello();
      const items = [{ kind: MSG_TX, hash: hash(1) }];
      peer.send({ type: "getdata", items });
      assert.deepEqual((await peer.received("notfound")).items, items);
      peer.close();
    });
  });
});

/** No job of the chain begins before the returned function is called. */
function holdQueue(chain: Chain): () => void {
  let release = (): void => {};
  void chain.exclusive(
    () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  );
  return () => release();
}

async function fetch(peer: RawPeer, hash: Uint8Array): Promise<{ block: Block }> {
  peer.send({ type: "getdata", items: [{ kind: MSG_WITNESS_BLOCK, hash }] });
  return peer.received("block", ({ block }) => equalBytes(block.hash, hash));
}

/** Sends every block that is asked for. */
async function serve(peer: RawPeer, blocks: readonly Block[]): Promise<void> {
  const byHash = new Map(blocks.map((block) => [hashKey(block.hash), block]));
  for (let next = 0; !peer.isClosed; next++) {
    while (peer.messages.length <= next && !peer.isClosed) await peer.changed();
    const message = peer.messages[next];
    if (message?.type !== "getdata") continue;
    for (const { hash: wanted } of message.items) {
      const block = byHash.get(hashKey(wanted));
      if (block !== undefined) peer.send({ type: "block", block });
    }
  }
}
