import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Block, blockTxid } from "@compeer/protocol/bitcoin/block";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { BlockNode } from "./block-node.ts";
import { BlockMissing, type Follower, follow } from "./follow.ts";
import { mineBlock, mineChain, spend } from "./testing/mine-block.ts";
import { TestDisk } from "./testing/test-disk.ts";

/** Notes the heights it is called with, and where it stands. */
class Notebook implements Follower {
  readonly name = "notebook";
  readonly needsSpent = true;
  readonly steps: string[] = [];
  readonly spentValues: number[] = [];
  position: Uint8Array | null = null;
  /** Heights that do not matter to it. */
  readonly dull = new Set<number>();

  async skip(node: BlockNode): Promise<boolean> {
    if (!this.dull.has(node.height)) return false;
    this.position = node.hash;
    return true;
  }

  connect(block: Block, node: BlockNode, spent: SpentCoins | null): void {
    this.steps.push(`+${node.height}`);
    for (let row = 1; spent !== null && row < block.table.inputCount; row++)
      this.spentValues.push(spent.value(row));
    this.position = node.hash;
  }

  disconnect(_: Block, node: BlockNode): void {
    this.steps.push(`-${node.height}`);
    this.position = (node.parent as BlockNode).hash;
  }
}

describe("follow", () => {
  it("walks from nothing to the tip and along with it", async () => {
    const chain = await new TestDisk().open();
    for (const block of mineChain(chain.tip, 2)) await chain.submitBlock(block);
    const notebook = new Notebook();
    const walk = follow(chain, notebook);
    await walk.synced();
    assert.deepEqual(notebook.steps, ["+0", "+1", "+2"]);
    await chain.submitBlock(mineBlock(chain.tip));
    await walk.synced();
    assert.equal(walk.height, 3);
    assert.deepEqual(notebook.steps, ["+0", "+1", "+2", "+3"]);
    await walk.close();
    await chain.close();
  });

  it("reads no block that the follower skips, and leaves it all the same", async () => {
    const chain = await new TestDisk().open();
    const start = chain.tip;
    for (const block of mineChain(start, 3, { tag: 1 })) await chain.submitBlock(block);
    const notebook = new Notebook();
    for (const height of [0, 2, 3]) notebook.dull.add(height);
    const walk = follow(chain, notebook);
    await walk.synced();
    assert.deepEqual(notebook.steps, ["+1"]);
    await walk.close();
    for (const block of mineChain(start, 4, { tag: 2 }))
      await chain.submitBlock(block, { force: true });
    notebook.steps.length = 0;
    const again = follow(chain, notebook);
    await again.synced();
    assert.deepEqual(notebook.steps, ["-3", "-2", "-1", "+1", "+4"]);
    await again.close();
    await chain.close();
  });

  it("goes back and over when the chain left its branch while it was away", async () => {
    const chain = await new TestDisk().open();
    const start = chain.tip;
    for (const block of mineChain(start, 2, { tag: 1 })) await chain.submitBlock(block);
    const notebook = new Notebook();
    const walk = follow(chain, notebook);
    await walk.synced();
    await walk.close();
    for (const block of mineChain(start, 3, { tag: 2 }))
      await chain.submitBlock(block, { force: true });
    notebook.steps.length = 0;
    const again = follow(chain, notebook);
    await again.synced();
    assert.deepEqual(notebook.steps, ["-2", "-1", "+1", "+2", "+3"]);
    await again.close();
    await chain.close();
  });

  it("hands over the coins that each block spent, whether it was just connected or is read", async () => {
    const chain = await new TestDisk().open();
    const base = mineChain(chain.tip, 101);
    for (const block of base) await chain.submitBlock(block);
    const live = new Notebook();
    const walk = follow(chain, live);
    await walk.synced();
    const coin = { txid: blockTxid(base[0] as Block, 0), index: 0 };
    await chain.submitBlock(mineBlock(chain.tip, { transactions: [spend([coin], [1])] }));
    await walk.synced();
    const late = new Notebook();
    const second = follow(chain, late);
    await second.synced();
    assert.deepEqual(live.spentValues, [50_0000_0000]);
    assert.deepEqual(late.spentValues, [50_0000_0000]);
    await walk.close();
    await second.close();
    await chain.close();
  });

  it("gives up when a block it needs is gone", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    for (const block of mineChain(chain.tip, 2)) await chain.submitBlock(block);
    await chain.flush();
    disk.flat.write("blk00000.dat", 400, new Uint8Array(200));
    const errors: Error[] = [];
    const walk = follow(chain, new Notebook(), (error) => errors.push(error));
    await assert.rejects(walk.synced(), BlockMissing);
    assert.equal(errors.length, 1);
    await walk.close();
    await chain.close();
  });
});
