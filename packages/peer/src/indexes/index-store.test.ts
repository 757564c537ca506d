import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BlockNode } from "../chain/block-node.ts";
import type { Chain } from "../chain/chain.ts";
import { mineChain } from "../chain/testing/mine-block.ts";
import { TestDisk } from "../chain/testing/test-disk.ts";
import { memoryStore } from "../storage/memory-store.ts";
import { IndexStore } from "./index-store.ts";

const LENGTH = 5;

/** An index that has followed a chain to its tip. */
async function followed(chain: Chain): Promise<IndexStore> {
  const store = await IndexStore.open(memoryStore(), chain);
  for (let height = 0; height <= chain.tip.height; height++)
    await store.move(store.records.batch(), chain.at(height) as BlockNode, chain);
  return store;
}

describe("IndexStore", () => {
  it("opens where it stood, also on a branch that the chain has left", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    const start = chain.tip;
    for (const block of mineChain(start, LENGTH, { tag: 1 })) await chain.submitBlock(block);
    const { records, position } = await followed(chain);
    for (const block of mineChain(start, LENGTH + 1, { tag: 2 }))
      await chain.submitBlock(block, { force: true });
    assert.equal((await IndexStore.open(records, chain)).position, position);
    await chain.close();
  });

  it("opens on the chain when a crash has left the headers only of the blocks behind", async () => {
    const disk = new TestDisk();
    const first = await disk.open();
    const blocks = mineChain(first.tip, LENGTH);
    first.acceptHeaders(blocks.map(({ header }) => header));
    await first.close();
    const lost = await disk.open();
    for (const block of blocks) await lost.submitBlock(block, { force: true });
    const { records } = await followed(lost);
    // It is never closed: what it has not flushed is gone.
    const chain = await disk.open();
    assert.equal(chain.tip.height, 0);
    assert.equal(chain.bestHeader.height, LENGTH);
    assert.equal((await IndexStore.open(records, chain)).position, chain.tip);
    await chain.close();
  });
});
