import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CoinCache } from "@compeer/peer/chain/coin-cache";
import { type BlockFiles, openBlockFiles } from "@compeer/peer/storage/block-files";
import { BlockIndexStore } from "@compeer/peer/storage/block-index-store";
import type { BlockRecord } from "@compeer/peer/storage/block-record";
import { encodeCoin } from "@compeer/peer/storage/coin-codec";
import { CoinStore } from "@compeer/peer/storage/coin-store";
import { openLevelStore } from "@compeer/peer/storage/level-store";
import { decodeUndo, encodeUndo } from "@compeer/peer/storage/undo-codec";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { encodeTransaction, finishTransaction } from "@compeer/protocol/bitcoin/transaction";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash, hashKey, parseHash } from "@compeer/protocol/bytes/hash";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import { freePort } from "../testing/free-port.ts";

const { COMPEER_BITCOIND } = process.env;
const skip =
  COMPEER_BITCOIND === undefined ? "BITCOIND MISSING: set COMPEER_BITCOIND to its path" : false;
if (skip !== false) process.stderr.write(`${skip}\n`);

const MAGIC = Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda);
const KEY = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const KEY_Y = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";
const TRUE_SCRIPT = Uint8Array.of(0x51);
/** Every form that a script can take on disk, spent and unspent. */
const SCRIPTS: readonly Uint8Array[] = [
  decodeHex(`76a914${"11".repeat(20)}88ac`),
  decodeHex(`a914${"22".repeat(20)}87`),
  decodeHex(`2102${KEY}ac`),
  decodeHex(`2103${KEY}ac`),
  decodeHex(`4104${KEY}${KEY_Y}ac`),
  decodeHex(`4104${KEY}${"33".repeat(32)}ac`), // not on the curve
  decodeHex(`0014${"44".repeat(20)}`),
  decodeHex(`5120${KEY}`),
  decodeHex(`6a04${"55".repeat(4)}`), // cannot be spent
  scriptOf(10_000), // the longest that can be
  scriptOf(10_001), // one too long
  new Uint8Array(0),
  TRUE_SCRIPT,
];

/** A script of some length that runs to true: large pushes, each dropped but the last. */
function scriptOf(length: number): Uint8Array {
  const script = new Uint8Array(length).fill(0x51);
  for (let at = 0; at + 524 < length - 1; at += 524) script.set([0x4d, 520 & 255, 520 >> 8], at);
  for (let at = 523; at < length - 1; at += 524) script[at] = 0x75;
  const rest = (length - 1) % 524;
  script[length - 1 - rest] = rest - 1;
  return script;
}

interface Everything {
  readonly records: Map<string, BlockRecord>;
  readonly blocks: Map<string, Block>;
  readonly undos: Map<string, Uint8Array>;
  /** Best chain, genesis first. */
  readonly chain: readonly BlockRecord[];
  readonly coins: Map<string, Uint8Array>;
  readonly best: Uint8Array;
  readonly fileCount: number;
}

describe("the data of bitcoind", { skip }, () => {
  const scratch = mkdtempSync(join(tmpdir(), "compeer-bitcoind-"));
  const theirs = join(scratch, "theirs");
  let wanted: TxOutSetInfo;
  let all: Everything;

  before(async () => {
    wanted = await makeChain(theirs);
    all = await readEverything(join(theirs, "regtest"));
  });

  after(() => rmSync(scratch, { recursive: true }));

  it("has every block of the index where the index says", () => {
    assert.equal(all.records.size, wanted.height + 1);
    assert.equal(all.chain.length, wanted.height + 1);
    assert.ok(all.fileCount > 3, `${all.fileCount} files`);
    for (const [key, block] of all.blocks) assert.equal(hashKey(block.hash), key);
  });

  it("has the coins that gettxoutsetinfo counts, and each is encoded to the same bytes", () => {
    assert.equal(formatHash(all.best), wanted.bestblock);
    assert.equal(all.coins.size, wanted.txouts);
  });

  it("has the undo data that we make of the same blocks", async () => {
    const spent = await replayInMemory(all);
    for (const [key, undo] of all.undos) {
      const block = all.blocks.get(key) as Block;
      const own = encodeUndo(block, spent.get(key) as SpentCoins);
      assert.equal(encodeHex(own), encodeHex(undo), formatHash(block.hash));
      assert.deepEqual(encodeUndo(block, decodeUndo(undo, block)), undo);
    }
  });

  it("passes verifychain 4 and has the same coins after we wrote all of it anew", async () => {
    const ours = join(scratch, "ours");
    await writeEverything(join(ours, "regtest"), all);
    const node = await startNode(ours);
    assert.equal(await node.call("verifychain", [4, 0]), true);
    assert.deepEqual(await coinSummary(node), wanted);
    await node.stop();
  });
});

interface TxOutSetInfo {
  readonly height: number;
  readonly bestblock: string;
  readonly txouts: number;
  readonly hash_serialized_3: string;
}

interface Node {
  call(method: string, params?: unknown[]): Promise<unknown>;
  stop(): Promise<void>;
}

/** Mines blocks that spend and make outputs of every form. */
async function makeChain(dir: string): Promise<TxOutSetInfo> {
  const node = await startNode(dir);
  const hashes = (await node.call("generatetodescriptor", [120, "raw(51)#8lvh9jxk"])) as string[];
  for (let i = 0; i < 12; i++) {
    const made = decodeBlock(decodeHex((await node.call("getblock", [hashes[i], 0])) as string));
    const funding = finishTransaction({
      version: 2,
      inputs: [spend(made.txids.slice(0, 32), 0)],
      outputs: SCRIPTS.map((script, n) => ({ value: 1000 * 10 ** (n % 5) + n, script })),
      lockTime: 0,
    });
    const last = SCRIPTS.length - 1;
    const inSameBlock = encodeTransaction({
      version: 2,
      inputs: [spend(funding.txid, last), spend(funding.txid, 9)],
      outputs: [{ value: 77, script: TRUE_SCRIPT }],
      lockTime: 0,
    });
    const transactions = [encodeHex(funding.raw), ...(i % 2 ? [encodeHex(inSameBlock)] : [])];
    await node.call("generateblock", ["raw(51)#8lvh9jxk", transactions]);
  }
  await node.call("generatetodescriptor", [3, "raw(51)#8lvh9jxk"]);
  const summary = await coinSummary(node);
  await node.stop();
  return summary;
}

function spend(txid: Uint8Array, index: number) {
  const script = new Uint8Array(0);
  return { prevout: { txid, index }, script, sequence: 0xffffffff, witness: [] };
}

async function coinSummary(node: Node): Promise<TxOutSetInfo> {
  const info = (await node.call("gettxoutsetinfo")) as TxOutSetInfo;
  const { height, bestblock, txouts, hash_serialized_3 } = info;
  return { height, bestblock, txouts, hash_serialized_3 };
}

async function readEverything(dir: string): Promise<Everything> {
  const index = new BlockIndexStore(
    await openLevelStore(join(dir, "blocks", "index"), { obfuscate: false }),
  );
  const files = openBlockFiles(join(dir, "blocks"), MAGIC, { info: await index.files() });
  const store = new CoinStore(await openLevelStore(join(dir, "chainstate"), { obfuscate: true }));
  const records = new Map<string, BlockRecord>();
  for await (const record of index.blocks()) records.set(hashKey(record.hash), record);
  const blocks = new Map<string, Block>();
  const undos = new Map<string, Uint8Array>();
  for (const [key, record] of records) await readOne(files, key, record, blocks, undos);
  const coins = new Map<string, Uint8Array>();
  for await (const { txid, index, coin } of store.entries())
    coins.set(`${formatHash(txid)}:${index}`, encodeCoin(coin));
  const best = (await store.bestBlock()) as Uint8Array;
  const chain: BlockRecord[] = [];
  for (let at = records.get(hashKey(best)); at !== undefined; ) {
    chain.unshift(at);
    at = records.get(hashKey(at.header80.subarray(4, 36)));
  }
  const fileCount = files.files().length;
  await index.close();
  await store.close();
  files.close();
  return { records, blocks, undos, chain, coins, best, fileCount };
}

async function readOne(
  files: BlockFiles,
  key: string,
  record: BlockRecord,
  blocks: Map<string, Block>,
  undos: Map<string, Uint8Array>,
): Promise<void> {
  const { file, dataOffset, undoOffset, header80 } = record;
  blocks.set(key, decodeBlock(await files.readBlock({ file, offset: dataOffset })));
  if (record.height === 0) return;
  undos.set(key, await files.readUndo({ file, offset: undoOffset }, header80.subarray(4, 36)));
}

/** The coins that each block spends, by our own cache. */
async function replayInMemory(all: Everything): Promise<Map<string, SpentCoins>> {
  const { memoryStore } = await import("@compeer/peer/storage/memory-store");
  const cache = await CoinCache.open(new CoinStore(memoryStore()), { cacheBytes: 1 << 26 });
  return applyAll(cache, all);
}

async function applyAll(cache: CoinCache, all: Everything): Promise<Map<string, SpentCoins>> {
  const spent = new Map<string, SpentCoins>();
  for (const { hash, height } of all.chain) {
    const block = all.blocks.get(hashKey(hash)) as Block;
    const coins = await cache.load(block, height);
    cache.apply(block, height, coins);
    spent.set(hashKey(hash), coins);
    if (height % 50 === 20) await cache.flush(true);
  }
  return spent;
}

/** A data folder of our own making with the same chain. */
async function writeEverything(dir: string, all: Everything): Promise<void> {
  const files = openBlockFiles(join(dir, "blocks"), MAGIC, { fastPrune: true });
  const index = new BlockIndexStore(
    await openLevelStore(join(dir, "blocks", "index"), { obfuscate: false }),
  );
  const store = new CoinStore(await openLevelStore(join(dir, "chainstate"), { obfuscate: true }));
  const cache = await CoinCache.open(store, { cacheBytes: 1 << 26 });
  const spent = await applyAll(cache, all);
  const records: BlockRecord[] = [];
  for (const record of all.chain) {
    const block = all.blocks.get(hashKey(record.hash)) as Block;
    const at = files.appendBlock(block.raw, record.height, block.header.time);
    const undo = encodeUndo(block, spent.get(hashKey(record.hash)) as SpentCoins);
    const undoOffset =
      record.height === 0 ? 0 : files.appendUndo(at.file, undo, block.header.prevHash);
    records.push({ ...record, file: at.file, dataOffset: at.offset, undoOffset });
  }
  await files.flush();
  const { lastFile } = files;
  await index.write({ blocks: records, files: files.takeChanged(), lastFile });
  await cache.flush(true);
  assert.ok(equalBytes(cache.bestBlock as Uint8Array, parseHash(formatHash(all.best))));
  files.close();
  await index.close();
  await cache.close();
}

async function startNode(dir: string): Promise<Node> {
  const { mkdir } = await import("node:fs/promises");
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  const child = spawn(
    COMPEER_BITCOIND as string,
    ["-regtest", `-datadir=${dir}`, `-rpcport=${port}`, "-listen=0", "-fastprune", "-server"],
    { stdio: "ignore" },
  );
  const node = new RpcNode(child, port, join(dir, "regtest", ".cookie"));
  await node.ready();
  return node;
}

class RpcNode implements Node {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #cookie: string;

  constructor(child: ChildProcess, port: number, cookie: string) {
    this.#child = child;
    this.#url = `http://127.0.0.1:${port}/`;
    this.#cookie = cookie;
  }

  async ready(): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await this.call("getblockcount");
        return;
      } catch (error) {
        if (tries > 300 || this.#child.exitCode !== null) throw error;
        await sleep(100);
      }
    }
  }

  async call(method: string, params: unknown[] = []): Promise<unknown> {
    const login = Buffer.from(readFileSync(this.#cookie, "utf8")).toString("base64");
    const reply = await fetch(this.#url, {
      method: "POST",
      headers: { authorization: `Basic ${login}` },
      body: JSON.stringify({ method, params, id: 1 }),
    });
    const { result, error } = (await reply.json()) as { result: unknown; error: unknown };
    if (error !== null && error !== undefined)
      throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    await this.call("stop");
    await ended;
  }
}
