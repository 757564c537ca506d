import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import type { Coin } from "@compeer/protocol/bitcoin/coin";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { Output } from "@compeer/protocol/bitcoin/transaction";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import fc from "fast-check";
import { CoinStore } from "../storage/coin-store.ts";
import { DiskSpaceError } from "../storage/disk-space.ts";
import type { KeyValueStore } from "../storage/key-value.ts";
import { memoryStore } from "../storage/memory-store.ts";
import { makeBlock, type Sketch, type Spend } from "../storage/testing/make-block.ts";
import { decodeUndo, encodeUndo } from "../storage/undo-codec.ts";
import { CoinCache } from "./coin-cache.ts";

const ZEROS = new Uint8Array(32);
const X = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const Y = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";
const SCRIPTS: readonly Uint8Array[] = [
  decodeHex(`76a914${"11".repeat(20)}88ac`),
  decodeHex(`0014${"22".repeat(20)}`),
  decodeHex(`4104${X}${Y}ac`),
  decodeHex("6a0101"), // cannot be spent
  new Uint8Array(900).fill(0x51),
  new Uint8Array(10_001).fill(0x51), // cannot be spent
];

function pay(value: number, kind = 0): Output {
  return { value, script: SCRIPTS[kind] as Uint8Array };
}

function isSpendable({ script }: Output): boolean {
  return script[0] !== 0x6a && script.length <= 10_000;
}

interface Step {
  readonly block: Block;
  readonly undo: Uint8Array;
}

/** A chain beside its coins in a plain map: what the cache must agree with. */
class Model {
  readonly coins = new Map<string, Coin>();
  readonly steps: Step[] = [];
  #mark = 0;

  get tip(): Uint8Array {
    return this.steps.at(-1)?.block.hash ?? ZEROS;
  }

  get height(): number {
    return this.steps.length;
  }

  /** A block that spends the coins at some places of the map, and some of its own. */
  sketchBlock(picks: readonly number[], kinds: readonly number[], chained: boolean): Block {
    const keys = [...this.coins.keys()];
    const chosen = new Set(picks.map((pick) => keys[pick % keys.length] as string));
    const outputs = kinds.map((kind, i) => pay(i + 1, kind));
    const sketches: Sketch[] = [{ spends: [], outputs: [pay(50, 2), pay(1, 3)] }];
    if (keys.length > 0 && chosen.size > 0)
      sketches.push({ spends: [...chosen].map(spendOf), outputs: [pay(5), ...outputs] });
    this.#mark++;
    const block = makeBlock(this.tip, sketches, this.#mark);
    if (!chained || sketches.length < 2) return block;
    const spends = [{ txid: blockTxid(block, 1), index: 0 }];
    return makeBlock(this.tip, [...sketches, { spends, outputs: [pay(4)] }], this.#mark);
  }

  connect(block: Block, coins: SpentCoins): void {
    const height = this.height + 1;
    for (const tx of block.transactions) {
      for (let i = 0; i < tx.inputCount && tx.index > 0; i++) {
        const key = keyOf(tx.prevTxid(i), tx.prevIndex(i));
        assert.deepEqual(coins.coin(tx.firstInput + i), this.coins.get(key), key);
        this.coins.delete(key);
      }
      for (let i = 0; i < tx.outputCount; i++) {
        const output = { value: tx.outputValue(i), script: tx.outputScript(i) };
        if (!isSpendable(output)) continue;
        const key = keyOf(blockTxid(block, tx.index), i);
        this.coins.set(key, { ...output, height, coinbase: tx.index === 0 });
      }
    }
    this.steps.push({ block, undo: encodeUndo(block, coins) });
  }

  disconnect(): Step {
    const step = this.steps.pop() as Step;
    const undo = decodeUndo(step.undo, step.block);
    for (const tx of [...step.block.transactions].reverse()) {
      for (let i = 0; i < tx.outputCount; i++)
        this.coins.delete(keyOf(blockTxid(step.block, tx.index), i));
      for (let i = 0; i < tx.inputCount && tx.index > 0; i++)
        this.coins.set(keyOf(tx.prevTxid(i), tx.prevIndex(i)), undo.coin(tx.firstInput + i));
    }
    return step;
  }
}

function keyOf(txid: Uint8Array, index: number): string {
  return `${encodeHex(txid)}:${index}`;
}

function spendOf(key: string): Spend {
  const [txid, index] = key.split(":") as [string, string];
  return { txid: decodeHex(txid), index: Number(index) };
}

async function stored(cache: CoinCache): Promise<Map<string, Coin>> {
  const found = new Map<string, Coin>();
  for await (const { txid, index, coin } of cache.entries()) found.set(keyOf(txid, index), coin);
  return found;
}

async function connect(cache: CoinCache, model: Model, block: Block): Promise<void> {
  const coins = await cache.load(block, model.height + 1);
  cache.apply(block, model.height + 1, coins);
  model.connect(block, coins);
}

async function assertAgree(cache: CoinCache, model: Model): Promise<void> {
  await cache.flush(true);
  assert.deepEqual(await stored(cache), model.coins);
}

interface Plan {
  readonly op: "connect" | "revert" | "flush" | "reopen" | "look";
  readonly picks: readonly number[];
  readonly kinds: readonly number[];
  readonly chained: boolean;
}

const plans: fc.Arbitrary<Plan> = fc.record({
  op: fc.constantFrom("connect", "connect", "connect", "revert", "flush", "reopen", "look"),
  picks: fc.array(fc.nat(), { maxLength: 6 }),
  kinds: fc.array(fc.nat(SCRIPTS.length - 1), { maxLength: 5 }),
  chained: fc.boolean(),
});
/** Memory for nothing: every flush drops the cache. */
const TINY = 1;
const AMPLE = 1 << 26;

/** Carries a plan out on both; returns the cache, which may be another one. */
async function carryOut(
  { op, picks, kinds, chained }: Plan,
  cache: CoinCache,
  model: Model,
  open: () => Promise<CoinCache>,
): Promise<CoinCache> {
  if (op === "connect") await connect(cache, model, model.sketchBlock(picks, kinds, chained));
  if (op === "revert" && model.height > 1) {
    const height = model.height;
    const { block, undo } = model.disconnect();
    assert.equal(cache.revert(block, height, decodeUndo(undo, block)), "ok");
  }
  if (op === "flush") await cache.flush(false);
  if (op === "look")
    for (const [key, coin] of model.coins) {
      const { txid, index } = spendOf(key);
      assert.deepEqual(await cache.get(txid, index), coin);
      assert.equal(await cache.get(txid, index + 1000), null);
    }
  if (op !== "reopen") return cache;
  await cache.flush(true);
  return open();
}

/** A store whose disk is full after so many writes more. */
class FillingStore {
  readonly store: KeyValueStore = memoryStore();
  writesLeft: number = Number.POSITIVE_INFINITY;

  constructor() {
    const write = this.store.write.bind(this.store);
    this.store.write = async (batch, sync) => {
      if (this.writesLeft-- <= 0) throw new DiskSpaceError();
      await write(batch, sync);
    };
  }
}

/** Ten blocks, the coins flushed at the fifth. */
async function halfFlushed(store: KeyValueStore): Promise<{ cache: CoinCache; model: Model }> {
  const cache = await CoinCache.open(new CoinStore(store, 60), { cacheBytes: AMPLE });
  const model = new Model();
  for (let i = 0; i < 10; i++) {
    await connect(cache, model, model.sketchBlock([i, 2 * i + 1], [0, 1, 2], i % 2 === 0));
    if (i === 4) await cache.flush(true);
  }
  return { cache, model };
}

describe("CoinCache", () => {
  for (const cacheBytes of [AMPLE, TINY])
    it(`agrees with a plain map through blocks, reverts, flushes and openings, with ${cacheBytes} bytes of memory`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(plans, { maxLength: 40 }), async (list) => {
          const store = memoryStore();
          const open = () => CoinCache.open(new CoinStore(store), { cacheBytes });
          let cache = await open();
          const model = new Model();
          for (const plan of list) cache = await carryOut(plan, cache, model, open);
          await assertAgree(cache, model);
          if (model.height > 0) assert.deepEqual(cache.bestBlock, model.tip);
        }),
        { numRuns: 60 },
      );
    });

  it("leaves a coin missing for the second input that spends it, within and across transactions (C11)", async () => {
    const cache = await CoinCache.open(new CoinStore(memoryStore()), { cacheBytes: AMPLE });
    const model = new Model();
    const first = makeBlock(ZEROS, [{ spends: [], outputs: [pay(1), pay(2)] }], 1);
    await connect(cache, model, first);
    const older = { txid: blockTxid(first, 0), index: 0 };
    const coinbase = { spends: [], outputs: [pay(3)] };
    const maker = { spends: [older, older], outputs: [pay(4)] };
    const own = { txid: blockTxid(makeBlock(first.hash, [coinbase, maker], 2), 1), index: 0 };
    const twice = { spends: [own, own, older], outputs: [pay(5)] };
    const block = makeBlock(first.hash, [coinbase, maker, twice], 2);
    const coins = await cache.load(block, 2);
    const missing = [0, 1, 2, 3, 4, 5].map((row) => coins.isMissing(row));
    assert.deepEqual(missing, [true, false, true, false, true, true]);
    assert.throws(() => cache.apply(block, 2, coins), /missing/);
  });

  it("does not give an output to a transaction that stands before its maker", async () => {
    const cache = await CoinCache.open(new CoinStore(memoryStore()), { cacheBytes: AMPLE });
    const coinbase = { spends: [], outputs: [pay(3)] };
    const maker = { spends: [{ txid: ZEROS, index: 1 }], outputs: [pay(4)] };
    const txid = blockTxid(makeBlock(ZEROS, [coinbase, maker], 2), 1);
    const user = { spends: [{ txid, index: 0 }], outputs: [pay(5)] };
    const wrong = await cache.load(makeBlock(ZEROS, [coinbase, user, maker], 2), 1);
    assert.ok(wrong.isMissing(1));
    const right = await cache.load(makeBlock(ZEROS, [coinbase, maker, user], 2), 1);
    assert.equal(right.value(2), 4);
    assert.equal(right.height(2), 1);
  });

  it("finds the first transaction that repeats an unspent output, in memory and on disk (C05)", async () => {
    for (const cacheBytes of [AMPLE, TINY]) {
      const cache = await CoinCache.open(new CoinStore(memoryStore()), { cacheBytes });
      const model = new Model();
      const block = makeBlock(ZEROS, [{ spends: [], outputs: [pay(1, 3), pay(2)] }], 1);
      assert.equal(await cache.duplicateIn(block), -1);
      await connect(cache, model, block);
      await cache.flush(true);
      assert.equal(await cache.duplicateIn(block), 0);
      const spend = { spends: [{ txid: blockTxid(block, 0), index: 1 }], outputs: [pay(1)] };
      const next = makeBlock(block.hash, [{ spends: [], outputs: [pay(1)] }, spend], 2);
      await connect(cache, model, next);
      assert.equal(await cache.duplicateIn(block), -1);
      assert.equal(await cache.duplicateIn(next), 0);
    }
  });

  it("lets a coinbase overwrite its like, and the coin is gone after both are reverted (C06)", async () => {
    const cache = await CoinCache.open(new CoinStore(memoryStore()), { cacheBytes: TINY });
    const sketch = [{ spends: [], outputs: [pay(50)] }];
    const first = makeBlock(ZEROS, sketch, 1);
    const second = makeBlock(first.hash, sketch, 1);
    const txid = blockTxid(first, 0);
    assert.ok(equalBytes(txid, blockTxid(second, 0)));
    cache.apply(first, 1, await cache.load(first, 1));
    await cache.flush(true);
    const coins = await cache.load(second, 2);
    cache.apply(second, 2, coins);
    await cache.flush(true);
    assert.equal((await cache.get(txid, 0))?.height, 2);
    assert.equal(cache.revert(second, 2, coins), "ok");
    assert.equal(await cache.get(txid, 0), null);
    assert.equal(cache.revert(first, 1, coins), "unclean");
    await cache.flush(true);
    assert.equal((await stored(cache)).size, 0);
  });

  it("refuses to overwrite an unspent coin by anything but a coinbase", async () => {
    const cache = await CoinCache.open(new CoinStore(memoryStore()), { cacheBytes: AMPLE });
    const model = new Model();
    const first = makeBlock(ZEROS, [{ spends: [], outputs: [pay(1), pay(2)] }], 1);
    await connect(cache, model, first);
    const spend = { spends: [{ txid: blockTxid(first, 0), index: 0 }], outputs: [pay(1)] };
    const block = makeBlock(first.hash, [{ spends: [], outputs: [pay(1)] }, spend], 2);
    const coins = await cache.load(block, 2);
    cache.apply(block, 2, coins);
    assert.throws(() => cache.apply(block, 3, coins), /overwritten/);
  });

  it("takes a block with 200,000 distinct prevouts and values of 10,000 bytes (C09)", async () => {
    const store = memoryStore();
    const cache = await CoinCache.open(new CoinStore(store), { cacheBytes: TINY });
    const outputs = Array.from({ length: 200_000 }, (_, i) => pay(i));
    outputs.push({ value: 7, script: new Uint8Array(10_000).fill(0x52) });
    const first = makeBlock(ZEROS, [{ spends: [], outputs }], 1);
    cache.apply(first, 1, await cache.load(first, 1));
    await cache.flush(true);
    const txid = blockTxid(first, 0);
    const spends = outputs.map((_, index) => ({ txid, index }));
    const block = makeBlock(
      first.hash,
      [
        { spends: [], outputs: [pay(1)] },
        { spends, outputs: [pay(2)] },
      ],
      2,
    );
    const coins = await cache.load(block, 2);
    for (let i = 0; i < outputs.length; i++) assert.equal(coins.value(i + 1), outputs[i]?.value);
    assert.equal(coins.script(outputs.length).length, 10_000);
    cache.apply(block, 2, coins);
    await cache.flush(true);
    assert.equal((await stored(cache)).size, 2);
  });
});

/** Flushes the second five blocks onto a disk that takes only some writes; true when all went well. */
async function cutOff(disk: FillingStore, cache: CoinCache, writes: number): Promise<boolean> {
  disk.writesLeft = writes;
  try {
    await cache.flush(true);
    return true;
  } catch (error) {
    assert.ok(error instanceof DiskSpaceError);
    return false;
  } finally {
    disk.writesLeft = Number.POSITIVE_INFINITY;
  }
}

describe("a flush that is cut off (K01, K03)", () => {
  it("is repaired by replaying the blocks between, wherever it stopped", async () => {
    for (let writes = 0; ; writes++) {
      const disk = new FillingStore();
      const { cache, model } = await halfFlushed(disk.store);
      if (await cutOff(disk, cache, writes)) {
        assert.ok(writes > 5, `${writes} writes`);
        return;
      }
      const repaired = await CoinCache.open(new CoinStore(disk.store), { cacheBytes: AMPLE });
      const start = model.steps[4]?.block.hash;
      assert.deepEqual(repaired.bestBlock, writes === 0 ? start : null);
      assert.deepEqual(repaired.headBlocks, writes === 0 ? null : { to: model.tip, from: start });
      for (const [i, { block }] of model.steps.entries()) if (i > 4) repaired.replay(block, i + 1);
      await assertAgree(repaired, model);
      assert.equal(repaired.headBlocks, null);
    }
  });

  it("loses nothing: once there is space the same cache writes all of it", async () => {
    const disk = new FillingStore();
    const { cache, model } = await halfFlushed(disk.store);
    assert.equal(await cutOff(disk, cache, 2), false);
    await assertAgree(cache, model);
    assert.deepEqual(await new CoinStore(disk.store).bestBlock(), model.tip);
  });

  it("is noticed when the blocks that are replayed lead elsewhere", async () => {
    const disk = new FillingStore();
    const { cache, model } = await halfFlushed(disk.store);
    assert.equal(await cutOff(disk, cache, 2), false);
    const repaired = await CoinCache.open(new CoinStore(disk.store), { cacheBytes: AMPLE });
    repaired.replay((model.steps[5] as Step).block, 6);
    await assert.rejects(repaired.flush(true), /inconsistent/);
  });
});
