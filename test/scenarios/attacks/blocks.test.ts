import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { draft } from "@compeer/peer/mempool/testing/ledger";
import { type MineOn, mineBlock, mineBlocks } from "@compeer/peer/net/testing/mine-block";
import type { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import { Peer } from "@compeer/peer/peer";
import type { Block } from "@compeer/protocol/bitcoin/block";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { concatBytes, equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { encodeBlockTransactions } from "@compeer/protocol/wire/block-transactions";
import { encodeCompactBlock } from "@compeer/protocol/wire/compact-block";
import { headerFlood } from "../../testing/attack/payloads.ts";
import { COIN_VALUE, fund } from "../../testing/attack/purse.ts";
import { Victim } from "../../testing/attack/victim.ts";
import { addressOf, callerOf, coinsOf, sameTip, until } from "../../testing/peers.ts";

const FULL_HEADERS = 2000;
const MESSAGES = 50;

describe("attacks with blocks", () => {
  let victim: Victim;
  let coins: { txid: Uint8Array; index: number }[];
  const hello = async (): Promise<RawPeer> => {
    const peer = await victim.hello();
    peer.send({ type: "sendcmpct", highBandwidth: true, version: 2n });
    return peer;
  };
  /** A block on the tip with a transaction that no mempool knows. */
  const secretBlock = async (): Promise<Block & MineOn> => {
    const coin = coins.pop();
    if (coin === undefined) throw new Error("all coins are spent");
    const secret = draft([coin], [COIN_VALUE - 1000], { witness: [] });
    return mineBlock(await victim.tip(), { transactions: [secret] });
  };
  const isTip = async ({ hash }: Block): Promise<boolean> =>
    equalBytes((await victim.tip()).hash, hash);

  before(async () => {
    victim = await Victim.start();
    // Blocks of `mineBlock` commit to no witnesses.
    coins = await fund(victim, 6, Uint8Array.of(0x51));
  });

  after(() => victim.close());

  it("D09: the missing transactions of a block, sent three times", (t) =>
    victim.suffers(t, "D09", {}, async () => {
      const peer = await hello();
      const block = await secretBlock();
      peer.sendPayload("cmpctblock", encodeCompactBlock(block, 1n));
      await peer.received("getblocktxn");
      const transactions = [block.transactions[1] as TransactionView];
      const answer = encodeBlockTransactions({ hash: block.hash, transactions });
      for (let i = 0; i < 3; i++) peer.sendPayload("blocktxn", answer);
      await peer.sync();
      assert.ok(await isTip(block));
      return "the second and third are ignored";
    }));

  it("P03: a changed copy of a block, while another peer is asked for it", (t) =>
    victim.suffers(t, "P03", {}, async () => {
      const [liar, honest] = [await hello(), await hello()];
      const block = mineBlock(await victim.tip());
      honest.send({ type: "headers", headers: [block.header] });
      await honest.received("getdata");
      const coinbase = block.raw.subarray(81);
      const twice = concatBytes(block.header.raw, Uint8Array.of(2), coinbase, coinbase);
      liar.sendPayload("block", twice);
      await liar.closed();
      honest.send({ type: "block", block });
      await honest.sync();
      assert.ok(await isTip(block));
      return "the liar disconnected; the request to the other stands";
    }));

  it("P04: three that announce a block and keep its transactions back, and an honest one that was dialled", (t) =>
    victim.suffers(t, "P04", { megabytes: 12 }, async () => {
      await using honest = await Peer.start({ options: { par: 1 } });
      await victim.call("addconnection", addressOf(honest), "outbound-full-relay", false);
      await sameTip(victim, callerOf(honest));
      await callerOf(honest).call("generatetodescriptor", 1, "raw(51)");
      await sameTip(callerOf(honest), victim);
      const silent = [await hello(), await hello(), await hello()];
      const block = await secretBlock();
      for (const peer of silent) peer.sendPayload("cmpctblock", encodeCompactBlock(block, 1n));
      await Promise.all(silent.map((peer) => peer.sync()));
      const started = performance.now();
      await callerOf(honest).call("submitblock", encodeHex(block.raw));
      await until("the block is taken", () => isTip(block), 5);
      const seconds = (performance.now() - started) / 1000;
      return `fetched elsewhere beside them: ${seconds.toFixed(1)} s`;
    }));

  it("P05: one that announces 1,100 blocks and sends none that it is asked for", (t) =>
    victim.suffers(t, "P05", { megabytes: 20 }, async () => {
      const [staller, honest] = [await victim.hello(), await victim.hello()];
      const blocks = mineBlocks(await victim.tip(), 1100);
      const headers = blocks.map(({ header }) => header);
      staller.send({ type: "headers", headers });
      await staller.received("getdata");
      honest.send({ type: "headers", headers });
      const started = performance.now();
      void serve(honest, blocks);
      await staller.closed();
      const seconds = (performance.now() - started) / 1000;
      await until("all are there", () => isTip(blocks.at(-1) as Block));
      return `disconnected after ${seconds.toFixed(1)} s; the other sent the rest`;
    }));

  it("P13: one that is asked for blocks and is silent for ever, within the window", (t) =>
    victim.suffers(t, "P13", { megabytes: 20 }, async () => {
      const [silent, honest] = [await victim.hello(), await victim.hello()];
      const blocks = mineBlocks(await victim.tip(), 30);
      const headers = blocks.map(({ header }) => header);
      silent.send({ type: "headers", headers });
      await silent.received("getdata");
      honest.send({ type: "headers", headers });
      void serve(honest, blocks);
      await honest.received("getdata");
      await victim.call("setmocktime", Math.floor(Date.now() / 1000) + 16 * 60);
      await silent.closed();
      await until("all are there", () => isTip(blocks.at(-1) as Block));
      return "several are asked at once; disconnected after 15 minutes, its share asked of the other";
    }));
});

describe("an attack with headers", () => {
  it("D07, D08: 100,000 headers of little work", async (t) => {
    const victim = await Victim.start("-minimumchainwork=0x100000000");
    try {
      await victim.suffers(t, "D07, D08", { megabytes: 5 }, async () => {
        const peer = await victim.hello();
        await peer.received("getheaders");
        const { hash, time } = await victim.tip();
        const flood = headerFlood(hash, time, FULL_HEADERS);
        for (let round = 0; round < MESSAGES; round++) {
          peer.sendPayload("headers", flood.next().value as Uint8Array);
          await peer.sync();
        }
        const { headers } = await victim.call<{ headers: number }>("getblockchaininfo");
        assert.equal(headers, 0);
        const peers = await victim.call<{ presynced_headers: number }[]>("getpeerinfo");
        const presynced = peers.map((info) => info.presynced_headers);
        assert.ok(presynced.includes(MESSAGES * FULL_HEADERS), presynced.join());
        return "a bit kept of every 275th, no header stored";
      });
    } finally {
      await victim.close();
    }
  });
});

describe("an attack on what is on the disk", () => {
  it("P14: kill -9 while blocks come in, and a good block that was marked invalid", async (t) => {
    const victim = await Victim.start("-dbbatchsize=500", "-checklevel=4");
    try {
      await using source = await Peer.start({ options: { par: 1 } });
      await callerOf(source).call("generatetodescriptor", 300, "raw(51)");
      for (let kill = 0; kill < 3; kill++) {
        await victim.call("addnode", addressOf(source), "onetry", false);
        const enough = 60 + kill * 80;
        await until(`${enough} blocks have come`, async () => (await victim.tip()).height > enough);
        victim.call("gettxoutsetinfo", "none").catch(() => undefined);
        await victim.kill();
        await victim.run();
      }
      await victim.suffers(t, "P14", { megabytes: 20 }, async () => {
        await victim.call("addnode", addressOf(source), "onetry", false);
        await sameTip(callerOf(source), victim);
        assert.deepEqual(await coinsOf(victim), await coinsOf(callerOf(source)));
        const hash = await victim.call<string>("getblockhash", 250);
        await victim.call("invalidateblock", hash);
        assert.equal((await victim.tip()).height, 249);
        await victim.call("reconsiderblock", hash);
        await sameTip(callerOf(source), victim);
        assert.doesNotMatch(victim.log, /reindex|[Cc]orrupt/);
        return "same coins after each kill; the mark is taken back";
      });
    } finally {
      await victim.close();
    }
  });
});

/** Answers every getdata with what it asks for, while the connection stands. */
async function serve(peer: RawPeer, blocks: readonly Block[]): Promise<void> {
  const byHash = new Map(blocks.map((block) => [formatHash(block.hash), block]));
  for (let next = 0; !peer.isClosed; await peer.changed())
    for (; next < peer.messages.length; next++) {
      const message = peer.messages[next];
      if (message?.type !== "getdata") continue;
      for (const { hash } of message.items) {
        const block = byHash.get(formatHash(hash));
        if (block !== undefined) peer.send({ type: "block", block });
      }
    }
}
