import assert from "node:assert/strict";
import { test } from "node:test";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { decodeHeader, encodeHeader, type HeaderFields } from "@compeer/protocol/bitcoin/header";
import { merkleRoot } from "@compeer/protocol/bitcoin/merkle";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { finishTransaction, type TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { decodeHex } from "@compeer/protocol/bytes/hex";
import { type ChainPoint, medianTimePast } from "@compeer/protocol/consensus/chain-point";
import { checkBlock } from "@compeer/protocol/consensus/check-block";
import { checkBlockContext, heightPush } from "@compeer/protocol/consensus/check-block-context";
import {
  checkHeaderContext,
  checkHeaderProofOfWork,
} from "@compeer/protocol/consensus/check-header";
import { checkTransaction } from "@compeer/protocol/consensus/check-transaction";
import { decodeTarget, difficulty, nextWorkRequired } from "@compeer/protocol/consensus/difficulty";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

const LATER = 2_000_000_000;
const MAIN = networkByName("main");

/** A header whose ancestors are found by walking. */
class Point implements ChainPoint {
  readonly hash: Uint8Array;
  readonly height: number;
  readonly version: number;
  readonly time: number;
  readonly bits: number;
  readonly parent: Point | null;
  readonly medianTimePast: number;

  constructor(raw: Uint8Array, parent: Point | null) {
    const header = decodeHeader(raw);
    this.hash = header.hash;
    this.version = header.version;
    this.time = header.time;
    this.bits = header.bits;
    this.parent = parent;
    this.height = parent === null ? 0 : parent.height + 1;
    this.medianTimePast = medianTimePast(this.time, parent);
  }

  ancestor(height: number): Point | null {
    let at: Point | null = this;
    while (at !== null && at.height > height) at = at.parent;
    return at?.height === height ? at : null;
  }
}

/** Reason of the first header that is refused, or the last point. */
function extend(parent: Point, raws: readonly string[], network: Network): Point | string {
  let at = parent;
  for (const hex of raws) {
    const header = decodeHeader(decodeHex(hex));
    assert.deepEqual(header.prevHash, at.hash);
    const fault =
      checkHeaderProofOfWork(header, network) ?? checkHeaderContext(header, at, network, LATER);
    if (fault !== null) return fault.reason;
    at = new Point(header.raw, at);
  }
  return at;
}

test("2,016 blocks of another main raise the difficulty to 4", { skip: vectorsMissing }, (t) => {
  type Alternative = { timestamps: number[]; nonces: number[] };
  const { timestamps, nonces } = readJsonVector<Alternative>("core/functional/mainnet_alt.json");
  const script = decodeHex("76a914eadbac7f36c37e39361168b7aaee3cb24a25312d88ac");
  let parent = new Point(MAIN.genesis.subarray(0, 80), null);
  for (const [i, time] of timestamps.entries()) {
    const height = i + 1;
    const coinbase = coinbaseAt(height, script);
    const merkle = merkleRoot(finishTransaction(coinbase).txid).root;
    const bits = height < 2016 ? 0x1d00ffff : 0x1c3fffc0;
    const nonce = nonces[i] as number;
    const header: HeaderFields = {
      version: 0x20000000,
      prevHash: parent.hash,
      merkleRoot: merkle,
      time,
      bits,
      nonce,
    };
    const block = blockOf(header, coinbase);
    assert.equal(checkHeaderContext(block.header, parent, MAIN, LATER), null);
    assert.equal(checkBlock(block, MAIN), null);
    assert.equal(checkBlockContext(block, parent, MAIN), null);
    parent = new Point(block.header.raw, parent);
  }
  assert.equal(difficulty(parent.bits), 4);
  assert.equal(nextWorkRequired(parent, 0, MAIN), parent.bits);
  t.diagnostic(`${timestamps.length} blocks`);
});

function coinbaseAt(height: number, script: Uint8Array): TransactionBody {
  const push = heightPush(height);
  const inputScript = height <= 16 ? Uint8Array.of(...push, 0) : push;
  return {
    version: 2,
    inputs: [
      {
        prevout: { txid: new Uint8Array(32), index: 0xffffffff },
        script: inputScript,
        sequence: 0xffffffff,
        witness: [],
      },
    ],
    outputs: [{ value: 50e8, script }],
    lockTime: 0,
  };
}

function blockOf(header: HeaderFields, coinbase: TransactionBody): Block {
  const { raw } = finishTransaction(coinbase);
  return decodeBlock(new Uint8Array(Buffer.concat([encodeHeader(header), Buffer.of(1), raw])));
}

/** A tree of header chains, each with what BIP54 would say of it. */
interface Extension {
  readonly block_headers: string[];
  readonly valid?: boolean;
  readonly comment?: string;
  readonly extensions?: Extension[];
}

test("header chains of BIP54: main takes timewarps, BIP94 does not (C23)", {
  skip: vectorsMissing,
}, (t) => {
  const tree = readJsonVector<Extension>("bips/bip-0054/test_vectors/timestamps.json");
  const bip94 = { ...MAIN, enforceBip94: true };
  const counts = { chains: 0, warped: 0 };
  const genesis = new Point(decodeHex(tree.block_headers[0] as string), null);
  assert.deepEqual(genesis.hash, MAIN.genesisHash);
  const walk = (parent: Point, branch: Extension) => {
    const after = extend(parent, branch.block_headers, MAIN);
    assert.ok(after instanceof Point, `${branch.comment}: ${String(after)}`);
    if (branch.valid !== undefined) counts.chains++;
    const strict = extend(parent, branch.block_headers, bip94);
    const warps = timewarps(after, parent.height);
    assert.equal(typeof strict === "string" ? strict : null, warps ? "time-timewarp-attack" : null);
    if (warps) counts.warped++;
    for (const next of branch.extensions ?? []) walk(after, next);
  };
  walk(genesis, { ...tree, block_headers: tree.block_headers.slice(1) });
  assert.ok(counts.chains > 2 && counts.warped > 0);
  t.diagnostic(`${counts.chains} chains, ${counts.warped} of them with a timewarp`);
});

/** Does a period above `height` begin more than 600 seconds before its parent? */
function timewarps(tip: Point, height: number): boolean {
  for (let at: Point | null = tip; at !== null && at.height > height; at = at.parent)
    if (at.height % 2016 === 0 && at.parent !== null && at.time < at.parent.time - 600) return true;
  return false;
}

test("coinbases of BIP54: today only a lock time not reached is refused", {
  skip: vectorsMissing,
}, (t) => {
  type Case = { block_chain: string[]; valid: boolean; comment: string };
  const cases = readJsonVector<Case[]>("bips/bip-0054/test_vectors/coinbases.json");
  for (const { block_chain, comment } of cases) {
    let parent = new Point(decodeHex(block_chain[0] as string).subarray(0, 80), null);
    for (const hex of block_chain.slice(1)) {
      const block = decodeBlock(decodeHex(hex));
      assert.equal(checkBlock(block, MAIN), null, comment);
      assert.equal(checkHeaderContext(block.header, parent, MAIN, LATER), null, comment);
      const [coinbase] = block.transactions;
      const lockTime = coinbase?.lockTime ?? 0;
      const height = parent.height + 1;
      const reached = lockTime < (lockTime < 500_000_000 ? height : block.header.time);
      const final = lockTime === 0 || reached || coinbase?.sequence(0) === 0xffffffff;
      const reason = checkBlockContext(block, parent, MAIN)?.reason;
      assert.equal(reason, final ? undefined : "bad-txns-nonfinal", comment);
      parent = new Point(block.header.raw, parent);
    }
  }
  t.diagnostic(`${cases.length} chains`);
});

test("transactions of 64 bytes, which BIP54 would refuse, are valid and told by their size (C08)", {
  skip: vectorsMissing,
}, (t) => {
  type Case = { tx: string; valid: boolean; comment: string };
  const cases = readJsonVector<Case[]>("bips/bip-0054/test_vectors/txsize.json");
  for (const { tx, valid, comment } of cases) {
    const view = parseTransaction(decodeHex(tx));
    assert.equal(checkTransaction(view), null, comment);
    assert.equal(view.strippedSize !== 64, valid, comment);
  }
  t.diagnostic(`${cases.length} transactions`);
});

test("targets and block headers that bitcoinjs knows", { skip: vectorsMissing }, (t) => {
  type Vectors = {
    targets: { bits: string; expected: string }[];
    valid: {
      id: string;
      hash: string;
      version: number;
      timestamp: number;
      bits: number;
      nonce: number;
      hex: string;
    }[];
  };
  const { targets, valid } = readJsonVector<Vectors>("bitcoinjs/block.json");
  for (const { bits, expected } of targets)
    assert.equal(decodeTarget(Number.parseInt(bits, 16)).target, BigInt(`0x${expected}`));
  for (const each of valid) {
    const header = decodeHeader(decodeHex(each.hex).subarray(0, 80));
    assert.equal(Buffer.from(header.hash).toString("hex"), each.hash);
    const { version, time, bits, nonce } = header;
    assert.deepEqual(
      [version, time, bits, nonce],
      [each.version, each.timestamp, each.bits, each.nonce],
    );
    if (each.hex.length > 160)
      assert.equal(decodeBlock(decodeHex(each.hex)).raw.length * 2, each.hex.length);
  }
  t.diagnostic(`${targets.length} targets, ${valid.length} headers`);
});
