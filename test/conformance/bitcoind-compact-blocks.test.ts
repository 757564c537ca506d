import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { finishTransaction } from "@compeer/protocol/bitcoin/transaction";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { bitcoindMissing, startBitcoind } from "../testing/bitcoind.ts";
import { reaches } from "../testing/compare-nodes.ts";
import { startCompeerd } from "../testing/compeerd.ts";
import { ChainGrower, REWARD, type Unspent } from "../testing/grow-chain.ts";
import type { NodeProcess } from "../testing/node-process.ts";
import { inputOf, SPENDABLE, signSpend } from "../testing/script-kinds.ts";

const SCRIPT = SPENDABLE.get("p2wpkh") as Uint8Array;
const FEE = 5000;
const FAN_OUT = 40;
/** Blocks that are found on each side. */
const BLOCKS = 5;

interface PeerInfo {
  readonly bip152_hb_to: boolean;
  readonly bip152_hb_from: boolean;
  readonly bytessent_per_msg: Readonly<Record<string, number>>;
  readonly bytesrecv_per_msg: Readonly<Record<string, number>>;
}

describe("compact blocks between bitcoind and compeer", { skip: bitcoindMissing }, () => {
  let scratch: string;
  let bitcoind: NodeProcess;
  let compeerd: NodeProcess;
  let grower: ChainGrower;
  let coins: Unspent[] = [];

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), "compeer-compact-"));
    // Transactions are announced at once to who is trusted.
    bitcoind = await startBitcoind(join(scratch, "bitcoind"), "-whitelist=noban@127.0.0.1");
    compeerd = await startCompeerd(join(scratch, "compeerd"), "-whitelist=noban@127.0.0.1");
    grower = new ChainGrower(bitcoind);
    await grower.mine(110);
    await compeerd.call("addnode", bitcoind.address, "onetry");
    await reaches(compeerd, bitcoind);
    const [tx, outputs] = spend(await grower.takeReward(), FAN_OUT);
    await bitcoind.call("sendrawtransaction", tx);
    coins = outputs;
    await mempoolsAgree([bitcoind, compeerd], 1);
    await find(bitcoind, compeerd);
    await find(compeerd, bitcoind);
  });

  after(async () => {
    await bitcoind?.kill();
    await compeerd?.kill();
    rmSync(scratch, { recursive: true });
  });

  it("both ask each other for new blocks at once", async () => {
    for (const node of [bitcoind, compeerd]) {
      const { bip152_hb_to, bip152_hb_from } = await onlyPeer(node);
      assert.deepEqual(
        { bip152_hb_to, bip152_hb_from },
        { bip152_hb_to: true, bip152_hb_from: true },
      );
    }
  });

  it(`${BLOCKS} blocks of bitcoind's are put together by compeer without getblocktxn`, async () => {
    await passes(bitcoind, compeerd);
  });

  it(`${BLOCKS} blocks of compeer's are put together by bitcoind without getblocktxn`, async () => {
    await passes(compeerd, bitcoind);
  });

  it("what one side lacks is asked for, and nothing else, both ways", async () => {
    for (const [miner, taker] of [
      [bitcoind, compeerd],
      [compeerd, bitcoind],
    ] as const) {
      const before = await onlyPeer(taker);
      const secret = spend(coins.shift() as Unspent, 1)[0];
      const shared = await send(miner, 10);
      await mempoolsAgree([miner, taker], shared);
      // Of this one only the miner knows.
      const ids = await miner.call<string[]>("getrawmempool");
      await miner.call("generateblock", REWARD, [...ids, secret]);
      await reaches(taker, miner);
      const now = await onlyPeer(taker);
      assert.equal(sent(now, "getblocktxn") > sent(before, "getblocktxn"), true);
      assert.equal(received(now, "block"), received(before, "block"));
      assert.equal(received(now, "blocktxn") - received(before, "blocktxn") < 600, true);
    }
  });

  async function passes(miner: NodeProcess, taker: NodeProcess): Promise<void> {
    const before = await onlyPeer(taker);
    for (let i = 0; i < BLOCKS; i++) {
      await mempoolsAgree([miner, taker], await send(i % 2 === 0 ? miner : taker, 5));
      await find(miner, taker);
    }
    const now = await onlyPeer(taker);
    assert.ok(received(now, "cmpctblock") > received(before, "cmpctblock"));
    assert.equal(sent(now, "getblocktxn"), sent(before, "getblocktxn"));
    assert.equal(received(now, "block"), received(before, "block"));
    assert.deepEqual(await taker.call("getrawmempool"), []);
  }

  /** Sends so many payments to a node; returns how many. */
  async function send(node: NodeProcess, count: number): Promise<number> {
    for (let i = 0; i < count; i++) {
      const [tx, outputs] = spend(coins.shift() as Unspent, 1);
      await node.call("sendrawtransaction", tx);
      coins.push(...outputs);
    }
    return count;
  }
});

async function find(miner: NodeProcess, taker: NodeProcess): Promise<void> {
  await miner.call("generatetodescriptor", 1, REWARD);
  await reaches(taker, miner);
}

/** Waits until the mempools hold the same `count` transactions. */
async function mempoolsAgree(nodes: readonly NodeProcess[], count: number): Promise<void> {
  for (const node of nodes) {
    const until = Date.now() + 60_000;
    while ((await node.call<string[]>("getrawmempool")).length !== count) {
      if (Date.now() > until) throw new Error(`${node.name} did not hear of all transactions`);
      await sleep(50);
    }
  }
}

/** A payment of one coin in equal parts, as hex, and its outputs. */
function spend(coin: Unspent, parts: number): [string, Unspent[]] {
  const value = Math.floor((coin.coin.value - FEE * parts) / parts);
  const outputs = Array.from({ length: parts }, () => ({ value, script: SCRIPT }));
  const body = { version: 2, inputs: [inputOf(coin)], outputs, lockTime: 0 };
  const tx = finishTransaction(signSpend(body, [coin.coin]));
  const made = outputs.map((output, index) => ({
    txid: tx.txid,
    index,
    coin: { ...output, height: 0, coinbase: false },
  }));
  return [encodeHex(tx.raw), made];
}

async function onlyPeer(node: NodeProcess): Promise<PeerInfo> {
  const [peer] = await node.call<PeerInfo[]>("getpeerinfo");
  if (peer === undefined) throw new Error(`${node.name} has no peer`);
  return peer;
}

function sent(peer: PeerInfo, command: string): number {
  return peer.bytessent_per_msg[command] ?? 0;
}

function received(peer: PeerInfo, command: string): number {
  return peer.bytesrecv_per_msg[command] ?? 0;
}
