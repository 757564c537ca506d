import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { buildBlock, withNonce } from "@compeer/peer/mining/build-block";
import { grind } from "@compeer/peer/mining/grind";
import { Peer } from "@compeer/peer/peer";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { HEADER_SIZE } from "@compeer/protocol/bitcoin/header";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { expandTransaction, finishTransaction } from "@compeer/protocol/bitcoin/transaction";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { encodeSecretKey } from "@compeer/protocol/bitcoin/wif";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import { findCommitment } from "@compeer/protocol/consensus/witness-commitment";
import { publicKey } from "@compeer/protocol/crypto/keys";
import { scriptOf } from "@compeer/protocol/script/build-script";
import { bitcoindMissing, startSignetBitcoind } from "../testing/bitcoind.ts";
import { addressOf, callerOf, sameLedger, until } from "../testing/peers.ts";
import { Random } from "../testing/random.ts";

const [OP_2, OP_3, OP_CHECKMULTISIG] = [0x52, 0x53, 0xae];
const REFUSED = "bad-signet-blksig";
/** A signet's easiest block takes about 2^22 hashes: as many as it may take and more. */
const TRIES = 2 ** 31 - 1;
const BLOCKS = 3;

/** Three people, two of whom sign each block. */
interface Community {
  readonly challenge: string;
  /** In wallet import format. */
  readonly keys: readonly string[];
}

function community(seed: number): Community {
  const random = new Random(seed);
  const secrets = [random.bytes(32), random.bytes(32), random.bytes(32)];
  const [a, b, c] = secrets.map((secret) => publicKey(secret)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const signet = networkByName("signet");
  return {
    challenge: encodeHex(scriptOf(OP_2, a, b, c, OP_3, OP_CHECKMULTISIG)),
    keys: secrets.map((secret) => encodeSecretKey({ secret, compressed: true }, signet)),
  };
}

function start({ challenge, keys }: Community, options: object = {}): Promise<Peer> {
  return Peer.start({
    chain: "signet",
    options: { par: 1, signetchallenge: challenge, signetminingkey: keys, ...options },
  });
}

function mine(peer: Peer, count: number): Promise<unknown> {
  return peer.rpc("generatetodescriptor", count, "raw(51)", TRIES);
}

async function blockAt(peer: Peer, height: number): Promise<Block> {
  const hash = await peer.rpc("getblockhash", height);
  return decodeBlock(decodeHex((await peer.rpc("getblock", hash, 0)) as string));
}

/** The block with one bit of its signers' solution changed, and the work done again. */
async function withWrongSolution(block: Block): Promise<Block> {
  const view = block.transactions[0] as TransactionView;
  const coinbase = expandTransaction(view);
  const position = findCommitment(view);
  const outputs = coinbase.outputs.map((output, i) => {
    if (i !== position) return output;
    const script = output.script.slice();
    script[script.length - 10] = (script.at(-10) as number) ^ 1;
    return { ...output, script };
  });
  const changed = buildBlock(block.header, [finishTransaction({ ...coinbase, outputs })]);
  const header = changed.raw.subarray(0, HEADER_SIZE);
  const nonce = await grind(header, block.header.bits, TRIES);
  assert.ok(nonce !== null);
  return withNonce(changed, nonce);
}

describe("a community's signet, whose blocks two of three people sign", () => {
  const ours = community(1);
  const twoKeys = { ...ours, keys: ours.keys.slice(1) };
  const others = community(2);
  const directory = mkdtempSync(join(tmpdir(), "compeer-signet-"));
  let miner: Peer;
  before(async () => {
    miner = await start(twoKeys);
  });
  after(async () => {
    await miner.close();
    rmSync(directory, { recursive: true });
  });

  it("grows by real work, done in a thread: the peer answers meanwhile", async () => {
    let isMining = true;
    const mining = mine(miner, BLOCKS).finally(() => {
      isMining = false;
    });
    let answers = 0;
    await until("the blocks are mined", async () => {
      await miner.rpc("getblockcount");
      answers++;
      return !isMining;
    });
    await mining;
    assert.ok(answers > 10, `${answers} answers`);
    assert.equal(miner.chain.tip.height, BLOCKS);
    assert.equal(miner.chain.tip.bits, 0x1e0377ae);
  });

  it("is followed by who knows its challenge, also without a key", async () => {
    await using follower = await start({ ...ours, keys: [] });
    await follower.net.connectTo(addressOf(miner));
    await sameLedger(callerOf(miner), callerOf(follower));
    await mine(miner, 1);
    await sameLedger(callerOf(miner), callerOf(follower));
    await assert.rejects(mine(follower, 1), /keys at hand do not meet the signet's challenge/);
    await using signer = await start({ ...ours, keys: ours.keys.slice(0, 1) });
    await assert.rejects(mine(signer, 1), /keys at hand do not meet the signet's challenge/);
  });

  it("does not talk to who has another challenge", async () => {
    await using stranger = await start(others);
    // Encrypted, they would wait a minute for a greeting that neither can read.
    await stranger.net.connectTo(addressOf(miner), "manual", false);
    await until("somebody called", () => stranger.net.totals.sent > 0);
    await until("both have hung up", () =>
      [stranger, miner].every(({ net }) => net.peers().length === 0),
    );
    assert.equal(stranger.chain.tip.height, 0);
    const block = encodeHex((await blockAt(miner, 1)).raw);
    assert.equal(await stranger.rpc("submitblock", block), REFUSED);
  });

  it("refuses a block that the wrong people signed, and one whose signature is wrong", async () => {
    await using stranger = await start(others);
    await mine(stranger, 1);
    const theirs = encodeHex((await blockAt(stranger, 1)).raw);
    assert.equal(await miner.rpc("submitblock", theirs), REFUSED);
    const wrong = await withWrongSolution(await blockAt(miner, 1));
    await using fresh = await start(ours);
    assert.equal(await fresh.rpc("submitblock", encodeHex(wrong.raw)), REFUSED);
    assert.equal(fresh.chain.tip.height, 0);
    const right = encodeHex((await blockAt(miner, 1)).raw);
    assert.equal(await fresh.rpc("submitblock", right), null);
    assert.equal(fresh.chain.tip.height, 1);
  });

  it("is followed by bitcoind, which refuses what we refuse", {
    skip: bitcoindMissing,
  }, async () => {
    const bitcoind = await startSignetBitcoind(
      directory,
      `-signetchallenge=${ours.challenge}`,
      `-connect=${addressOf(miner)}`,
    );
    try {
      await sameLedger(callerOf(miner), bitcoind);
      await mine(miner, 1);
      await sameLedger(callerOf(miner), bitcoind);
      const wrong = await withWrongSolution(await blockAt(miner, 1));
      assert.equal(await bitcoind.call("submitblock", encodeHex(wrong.raw)), REFUSED);
      await bitcoind.stop();
    } finally {
      await bitcoind.kill();
    }
  });
});
