import assert from "node:assert/strict";
import { test } from "node:test";
import { type Block, blockTxid, decodeBlock } from "@compeer/protocol/bitcoin/block";
import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { decodeHeader } from "@compeer/protocol/bitcoin/header";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { decodeHex } from "@compeer/protocol/bytes/hex";
import { type ChainPoint, medianTimePast } from "@compeer/protocol/consensus/chain-point";
import { checkBlock } from "@compeer/protocol/consensus/check-block";
import { checkBlockContext } from "@compeer/protocol/consensus/check-block-context";
import {
  checkHeaderContext,
  checkHeaderProofOfWork,
} from "@compeer/protocol/consensus/check-header";
import { connectBlock } from "@compeer/protocol/consensus/connect-block";
import { needsDuplicateCheck } from "@compeer/protocol/consensus/duplicate-transactions";
import { blockScriptFlags } from "@compeer/protocol/consensus/script-flags";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import { TransactionContext } from "@compeer/protocol/script/transaction-context";
import { verifyInput } from "@compeer/protocol/script/verify-input";
import { readVector, vectorsMissing } from "../testing/vectors.ts";

const LATER = 2_000_000_000;

/** A header of a chain kept in an array. */
class Point implements ChainPoint {
  readonly hash: Uint8Array;
  readonly height: number;
  readonly version: number;
  readonly time: number;
  readonly bits: number;
  readonly parent: Point | null;
  readonly medianTimePast: number;
  readonly chain: Point[];

  constructor(raw: Uint8Array, chain: Point[]) {
    const header = decodeHeader(raw);
    this.hash = header.hash;
    this.version = header.version;
    this.time = header.time;
    this.bits = header.bits;
    this.height = chain.length;
    this.parent = chain.at(-1) ?? null;
    this.chain = chain;
    this.medianTimePast = medianTimePast(this.time, this.parent);
    chain.push(this);
  }

  ancestor(height: number): Point | null {
    return height <= this.height ? (this.chain[height] ?? null) : null;
  }
}

/** Coins in a Map, the plainest set there is. */
class Coins {
  readonly coins = new Map<string, Coin>();

  spentBy(block: Block): SpentCoins {
    const spent = new SpentCoins(block.table.inputCount);
    for (const tx of block.transactions.slice(1))
      for (let i = 0; i < tx.inputCount; i++) {
        const coin = this.coins.get(`${hashKey(tx.prevTxid(i))}:${tx.prevIndex(i)}`);
        if (coin !== undefined) spent.setCoin(tx.firstInput + i, coin);
      }
    return spent;
  }

  duplicateIn(block: Block): number {
    return block.transactions.findIndex((tx) => {
      const id = hashKey(blockTxid(block, tx.index));
      for (let i = 0; i < tx.outputCount; i++) if (this.coins.has(`${id}:${i}`)) return true;
      return false;
    });
  }

  apply(block: Block, height: number): void {
    for (const tx of block.transactions) {
      for (let i = 0; i < tx.inputCount; i++)
        this.coins.delete(`${hashKey(tx.prevTxid(i))}:${tx.prevIndex(i)}`);
      const id = hashKey(blockTxid(block, tx.index));
      for (let i = 0; i < tx.outputCount; i++) {
        const coin = { value: tx.outputValue(i), script: tx.outputScript(i) };
        this.coins.set(`${id}:${i}`, { ...coin, height, coinbase: tx.index === 0 });
      }
    }
  }
}

test("main from its first block to 175 is valid, and its coins add up", {
  skip: vectorsMissing,
}, (t) => {
  const network = networkByName("main");
  const lines = readVector("blocks/main-0-175.hex").toString("latin1").trim().split("\n");
  assert.deepEqual(decodeHex(lines[0] as string), network.genesis);
  const chain: Point[] = [];
  const coins = new Coins();
  let inputs = 0;
  let scripts = 0;
  for (const [height, line] of lines.entries()) {
    const block = decodeBlock(decodeHex(line));
    assert.equal(checkBlock(block, network), null);
    const parent = chain.at(-1);
    new Point(block.header.raw, chain);
    if (parent === undefined) continue;
    assert.equal(checkHeaderContext(block.header, parent, network, LATER), null);
    assert.equal(checkBlockContext(block, parent, network), null);
    const flags = blockScriptFlags(block.hash, height, network);
    assert.equal(needsDuplicateCheck(height, block.hash, parent, network), true);
    const duplicate = coins.duplicateIn(block);
    const spent = coins.spentBy(block);
    const result = connectBlock(block, spent, { height, parent, network, flags, duplicate });
    assert.equal(result.fault, null);
    for (const tx of block.transactions.slice(1)) {
      const context = new TransactionContext(tx, spent, signatureBackend());
      for (let i = 0; i < tx.inputCount; i++, scripts++)
        assert.equal(verifyInput(context, i, flags), null);
    }
    inputs += result.inputs;
    coins.apply(block, height);
    assert.equal(
      connectBlock(block, spent, {
        height,
        parent,
        network,
        flags,
        duplicate: coins.duplicateIn(block),
      }).fault?.reason,
      "bad-txns-BIP30",
    );
  }
  // Block 0's coins were never spendable; nobody left fees or claimed less in these blocks.
  const total = [...coins.coins.values()].reduce((sum, coin) => sum + coin.value, 0);
  assert.equal(total, 175 * 50e8);
  t.diagnostic(`${lines.length} blocks, ${inputs} inputs, ${scripts} scripts`);
});

for (const [file, name, count] of [
  ["blocks/main-headers-0-10236.bin", "main", 10_237],
  ["blocks/signet-headers-0-2015.bin", "signet", 2016],
] as const)
  test(`the first ${count} headers of ${name} are accepted`, { skip: vectorsMissing }, (t) => {
    const network = networkByName(name);
    const bytes = readVector(file);
    const chain: Point[] = [];
    for (let at = 0; at < bytes.length; at += 80) {
      const header = decodeHeader(bytes.subarray(at, at + 80));
      assert.equal(checkHeaderProofOfWork(header, network), null);
      const parent = chain.at(-1);
      if (parent === undefined) assert.deepEqual(header.hash, network.genesisHash);
      else {
        assert.deepEqual(Buffer.from(header.prevHash), Buffer.from(parent.hash));
        assert.equal(checkHeaderContext(header, parent, network, LATER), null);
      }
      new Point(header.raw, chain);
    }
    assert.equal(chain.length, count);
    t.diagnostic(`${chain.length} headers`);
  });
