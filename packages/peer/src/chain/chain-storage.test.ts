import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { Writer } from "@compeer/protocol/bytes/writer";
import { type BlockFileInfo, EMPTY_FILE_INFO } from "../storage/block-file-info.ts";
import type { BlockNode } from "./block-node.ts";
import type { Chain } from "./chain.ts";
import { mineBlock, mineChain, spend } from "./testing/mine-block.ts";
import { TestDisk } from "./testing/test-disk.ts";

describe("Chain on disk", () => {
  it("opens again where it was closed", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    const blocks = mineChain(chain.tip, 20);
    for (const block of blocks) await chain.submitBlock(block);
    await chain.close();
    const again = await disk.open();
    assert.deepEqual(again.tip.hash, blocks[19]?.hash);
    assert.equal(again.tip.chainTxCount, 21);
    assert.equal(await again.verify(4, 0), true);
    assert.deepEqual(await again.readBlock(again.tip), blocks[19]?.raw);
    await again.close();
  });

  it("keeps of two branches of equal work the one it stood on", async () => {
    for (const first of [1, 2]) {
      const disk = new TestDisk();
      const chain = await disk.open();
      const a = mineBlock(chain.tip, { tag: first });
      const b = mineBlock(chain.tip, { tag: 3 - first });
      await chain.submitBlock(a);
      await chain.submitBlock(b);
      await chain.close();
      const again = await disk.open();
      await again.exclusive(() => undefined);
      assert.deepEqual(again.tip.hash, a.hash);
      await again.close();
    }
  });

  it("connects after a start what was stored but not connected", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    const blocks = mineChain(chain.tip, 12);
    for (const block of blocks) await chain.submitBlock(block);
    await chain.close();
    await disk.wipe("coins");
    const again = await disk.open();
    assert.equal(again.tip.height, 0);
    await again.importBlocks();
    assert.equal(again.tip.height, 12);
    assert.equal(await again.verify(4, 0), true);
    await again.close();
  });

  it("refuses an index of another network", async () => {
    const disk = new TestDisk();
    await (await disk.open()).close();
    const other = new TestDisk({ network: networkByName("signet") });
    const signet = await other.open();
    await signet.close();
    Object.assign(other, { network: networkByName("regtest") });
    await assert.rejects(other.open(), /Wrong datadir|proof of work/);
  });

  it("K01 comes up right after being killed at any write of a flush, and goes on", async () => {
    for (let writes = 0; ; writes++) {
      const disk = new TestDisk({ coinBatchBytes: 200 });
      const chain = await disk.open();
      await growWithReorg(chain);
      const { tip } = chain;
      disk.writesLeft = writes;
      const survived = await chain.flush().then(
        () => true,
        () => false,
      );
      disk.writesLeft = Number.POSITIVE_INFINITY;
      await chain.close();
      const again = await disk.open();
      await again.importBlocks();
      // Blocks that the index did not learn of come again from the network.
      const known = again.node(tip.hash);
      if (known !== null) assert.equal(again.tip, known, `killed after ${writes} writes`);
      assert.equal(await again.verify(4, 0), true, `killed after ${writes} writes`);
      await again.submitBlock(mineBlock(again.tip));
      assert.equal(await again.verify(4, 0), true);
      await again.close();
      if (survived) {
        assert.ok(writes > 5, "the flush took several writes");
        return;
      }
    }
  });

  it("K03 stops when the disk fails, tells of it once, and loses nothing that was flushed", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    for (const block of mineChain(chain.tip, 5)) await chain.submitBlock(block);
    await chain.flush();
    const failures: Error[] = [];
    chain.fatal.on((error) => failures.push(error));
    disk.writesLeft = 1;
    await assert.rejects(chain.submitBlock(mineBlock(chain.tip)), /the disk is gone/);
    await assert.rejects(chain.submitBlock(mineBlock(chain.tip)), /The chain has failed/);
    assert.equal(chain.tip.height, 5);
    assert.equal(failures.length, 1);
    await chain.close();
    disk.writesLeft = Number.POSITIVE_INFINITY;
    const again = await disk.open();
    assert.equal(again.tip.height, 5);
    await again.close();
  });

  it("never hands out a rotten block, asks for it again, and is whole when it came", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    const blocks = mineChain(chain.tip, 3);
    for (const block of blocks) await chain.submitBlock(block);
    const node = chain.at(2) as BlockNode;
    await chain.flush();
    disk.flat.write("blk00000.dat", node.dataOffset + 120, Uint8Array.of(1, 2, 3, 4));
    const wanted: BlockNode[] = [];
    chain.wanted.on((lost) => wanted.push(lost));
    assert.equal(await chain.readBlock(node), null);
    assert.equal(node.haveData, false);
    assert.deepEqual(wanted, [node]);
    await chain.submitBlock(blocks[1] as Block, { force: true });
    assert.deepEqual(await chain.readBlock(node), blocks[1]?.raw);
    assert.equal(await chain.verify(4, 0), true);
    await chain.invalidate(chain.at(1) as BlockNode);
    assert.equal(chain.tip.height, 0);
    await chain.close();
  });

  it("keeps the undo data of a rotten block over a restart", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    const blocks = mineChain(chain.tip, 3);
    for (const block of blocks) await chain.submitBlock(block);
    const { dataOffset } = chain.at(2) as BlockNode;
    disk.flat.write("blk00000.dat", dataOffset + 120, Uint8Array.of(1, 2, 3, 4));
    assert.equal(await chain.readBlock(chain.at(2) as BlockNode), null);
    await chain.close();
    const again = await disk.open();
    assert.equal((again.at(2) as BlockNode).haveData, false);
    await again.submitBlock(blocks[1] as Block, { force: true });
    assert.equal(await again.verify(4, 0), true);
    await again.close();
  });

  it("leaves a rotten tip for a better branch only when it was fetched again", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    const blocks = mineChain(chain.tip, 3);
    for (const block of blocks) await chain.submitBlock(block);
    const { tip } = chain;
    disk.flat.write("blk00000.dat", tip.dataOffset + 120, Uint8Array.of(1, 2, 3, 4));
    const wanted: BlockNode[] = [];
    chain.wanted.on((lost) => wanted.push(lost));
    const better = mineChain(chain.at(1) as BlockNode, 4, { tag: 7 });
    for (const block of better) await chain.submitBlock(block, { force: true });
    assert.equal(chain.tip, tip);
    assert.deepEqual(wanted, [tip]);
    await chain.submitBlock(blocks[2] as Block, { force: true });
    assert.deepEqual(chain.tip.hash, better[3]?.hash);
    assert.equal(await chain.verify(4, 0), true);
    await chain.close();
  });

  it("verifychain finds coins that do not fit the blocks", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    const blocks = mineChain(chain.tip, 3);
    for (const block of blocks) await chain.submitBlock(block);
    assert.equal(await chain.verifyStore(3, 0), "good");
    const spentTwice = chain.coins.load(mineSpending(chain, blocks[0] as Block), 4);
    chain.coins.apply(mineSpending(chain, blocks[0] as Block), 4, await spentTwice);
    assert.equal(await chain.verifyStore(3, 0), "corrupted");
    assert.equal(await chain.verifyStore(2, 0), "good");
    disk.lines.length = 0;
    await chain.close();
  });
});

describe("-reindex", () => {
  it("builds index and coins from the block files, whatever the order in them", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    const blocks = mineChain(chain.tip, 10);
    chain.acceptHeaders(blocks.map((block) => block.header));
    for (const block of [...blocks.slice(5), ...blocks.slice(0, 5)])
      await chain.submitBlock(block, { force: true });
    await chain.close();
    await disk.wipe("all");
    const again = await disk.open({ reindex: true });
    assert.equal(again.tip.height, 0);
    assert.equal(again.isImporting, true);
    await again.importBlocks();
    assert.equal(again.isImporting, false);
    assert.deepEqual(again.tip.hash, blocks[9]?.hash);
    assert.equal(await again.verify(4, 0), true);
    await again.close();
    const third = await disk.open();
    assert.deepEqual(third.tip.hash, blocks[9]?.hash);
    await third.close();
  });

  it("is taken up again after it was broken off", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    for (const block of mineChain(chain.tip, 10)) await chain.submitBlock(block);
    await chain.close();
    await disk.wipe("all");
    const broken = await disk.open({ reindex: true });
    await broken.importBlocks([], AbortSignal.abort());
    await broken.close();
    const again = await disk.open();
    assert.equal(again.isImporting, true);
    await again.importBlocks();
    assert.equal(again.tip.height, 10);
    await again.close();
  });
});

describe("-reindex with -prune", () => {
  it("deletes all undo files and the block files behind a gap before it reads", async () => {
    const disk = new TestDisk({ fastPrune: true });
    const chain = await disk.open({ prune: "manual" });
    await grow(chain, 700);
    await chain.close();
    const names = disk.flat.names();
    assert.ok(names.includes("blk00002.dat") && names.includes("rev00001.dat"));
    disk.flat.remove("blk00001.dat");
    await disk.wipe("all");
    const again = await disk.open({ prune: "manual", reindex: true });
    assert.deepEqual(disk.flat.names().toSorted(), ["blk00000.dat", "xor.dat"]);
    await again.importBlocks();
    assert.ok(again.tip.height > 100 && again.tip.height < 500, `${again.tip.height}`);
    assert.equal(await again.verify(4, 0), true);
    await again.close();
  });
});

describe("-loadblock", () => {
  it("takes blocks from a file, past bytes that are none, and leaves those it knows", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    const blocks = mineChain(chain.tip, 6);
    await chain.submitBlock(blocks[0] as Block);
    const folder = mkdtempSync(join(tmpdir(), "loadblock-"));
    const path = join(folder, "some.blk");
    const junk = Uint8Array.from([1, 2, 3, ...disk.network.magic, 80, 0]);
    writeFileSync(path, concatBytes(junk, ...blocks.map((block) => framed(disk, block))));
    await chain.importBlocks([path, join(folder, "none.blk")]);
    rmSync(folder, { recursive: true });
    assert.deepEqual(chain.tip.hash, blocks[5]?.hash);
    assert.ok(disk.hasLogged("Loaded 5 blocks from external file"));
    assert.equal(chain.isImporting, false);
    await chain.close();
  });
});

describe("-prune", () => {
  it("by hand removes files below the height, but never the last 288 blocks", async () => {
    const disk = new TestDisk({ fastPrune: true });
    const chain = await disk.open({ prune: "manual" });
    await grow(chain, 700);
    const kept = await chain.pruneTo(700);
    assert.equal(chain.isPruned, true);
    assert.ok(kept > 100 && kept <= 700 - 288 + 1, `${kept}`);
    assert.equal(await chain.readBlock(chain.at(kept - 1) as BlockNode), null);
    assert.notEqual(await chain.readBlock(chain.at(kept) as BlockNode), null);
    await chain.close();
    const again = await disk.open({ prune: "manual" });
    assert.equal(again.pruneHeight, kept);
    assert.equal(again.isPruned, true);
    assert.equal(await again.verifyStore(4, 0), "skipped");
    await again.close();
  });

  it("spares what a follower still needs", async () => {
    const disk = new TestDisk({ fastPrune: true });
    const chain = await disk.open({ prune: "manual" });
    await grow(chain, 700);
    chain.lockPruning("index", 50);
    assert.ok((await chain.pruneTo(700)) <= 50);
    chain.lockPruning("index", null);
    assert.ok((await chain.pruneTo(700)) > 100);
    await chain.close();
  });
});

describe("-prune with a target", () => {
  it("removes the oldest files, and no more of them than must go", async () => {
    const disk = new TestDisk({ network: networkByName("regtest", { fastPrune: true }) });
    const info = Array.from({ length: 20 }, (_, file) => fullFile(file));
    const chain = await disk.open({ prune: 550 * MIB }, info);
    await grow(chain, 287);
    assert.equal(chain.isPruned, false, "there are not 288 blocks above any file yet");
    assert.equal(chain.diskUsage() > 1000 * MIB, true);
    await grow(chain, 200);
    const used = chain.diskUsage();
    assert.ok(used > (550 - 17 - 60) * MIB && used < (550 - 17) * MIB, `${used}`);
    await chain.close();
  });

  it("forgets a file before it deletes it, so that a crash in between leaves no index of nothing", async () => {
    const disk = new TestDisk({ fastPrune: true });
    const chain = await disk.open({ prune: "manual" });
    await grow(chain, 700);
    await chain.flush();
    disk.removesLeft = 0;
    await assert.rejects(chain.pruneTo(700), /the disk is gone/);
    disk.removesLeft = Number.POSITIVE_INFINITY;
    await chain.close();
    const again = await disk.open({ prune: "manual" });
    assert.ok(again.pruneHeight > 100);
    assert.equal(again.tip.height, 700);
    await again.close();
  });
});

const MIB = 1 << 20;

/** A file of 60 MiB that holds the blocks of ten heights. */
function fullFile(file: number): BlockFileInfo {
  const [heightFirst, heightLast] = [10 * file, 10 * file + 9];
  return { ...EMPTY_FILE_INFO, blocks: 10, size: 60 * MIB, heightFirst, heightLast };
}

async function grow(chain: Chain, count: number): Promise<void> {
  for (const block of mineChain(chain.tip, count, { outputs: 20 })) await chain.submitBlock(block);
}

/** Some blocks on disk, then a reorganisation and spends that are in memory only. */
async function growWithReorg(chain: Chain): Promise<void> {
  const base = mineChain(chain.tip, 101, { outputs: 3 });
  for (const block of base) await chain.submitBlock(block);
  const fork = chain.tip;
  for (const block of mineChain(fork, 2, { tag: 1, outputs: 3 })) await chain.submitBlock(block);
  await chain.flush();
  for (const block of mineChain(fork, 3, { tag: 2, outputs: 40 }))
    await chain.submitBlock(block, { force: true });
  await chain.submitBlock(mineSpending(chain, base[0] as Block));
}

/** As blocks stand in a file: magic, length, block. */
function framed({ network }: TestDisk, { raw }: Block): Uint8Array {
  return concatBytes(network.magic, new Writer(4).u32(raw.length).finish(), raw);
}

function mineSpending(chain: Chain, from: Block): Block {
  const coin = { txid: blockTxid(from, 0), index: 0 };
  return mineBlock(chain.tip, { transactions: [spend([coin], [1000])] });
}
