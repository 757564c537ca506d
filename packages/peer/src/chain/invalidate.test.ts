import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Block } from "@compeer/protocol/bitcoin/block";
import type { BlockNode } from "./block-node.ts";
import type { Chain } from "./chain.ts";
import { mineBlock, mineChain } from "./testing/mine-block.ts";
import { TestDisk } from "./testing/test-disk.ts";

describe("invalidateblock", () => {
  it("leaves the block for the best branch without it, and reconsiderblock returns", async () => {
    const { chain, a, b } = await twoBranches(5, 3);
    await chain.invalidate(nodeOf(chain, a[1]));
    assert.equal(chain.tip, nodeOf(chain, b[2]));
    assert.equal(chain.bestHeader, chain.tip);
    for (const block of a.slice(1)) assert.equal(nodeOf(chain, block).isFailed, true);
    assert.equal(nodeOf(chain, a[0]).isFailed, false);
    const child = mineBlock(nodeOf(chain, a[4]));
    assert.equal((await chain.submitBlock(child)).fault?.reason, "bad-prevblk");
    await chain.reconsider(nodeOf(chain, a[3]));
    assert.equal(chain.tip, nodeOf(chain, a[4]));
    assert.equal(chain.bestHeader, chain.tip);
    assert.equal(chain.bestInvalid, null);
    assert.equal(await chain.verify(4, 0), true);
    await chain.close();
  });

  it("works on a block beside the chain and on one whose data is not here", async () => {
    const { chain, a, b } = await twoBranches(3, 2);
    await chain.invalidate(nodeOf(chain, b[0]));
    assert.equal(chain.tip, nodeOf(chain, a[2]));
    assert.equal(nodeOf(chain, b[1]).isFailed, true);
    const header = mineBlock(chain.tip).header;
    chain.acceptHeaders([header]);
    await chain.invalidate(chain.bestHeader);
    assert.equal(chain.bestHeader, chain.tip);
    await chain.close();
  });

  it("falls back to the genesis block and is remembered over a start", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    const blocks = mineChain(chain.tip, 4);
    for (const block of blocks) await chain.submitBlock(block);
    await chain.invalidate(nodeOf(chain, blocks[0]));
    assert.equal(chain.tip.height, 0);
    await chain.close();
    const again = await disk.open();
    await again.importBlocks();
    assert.equal(again.tip.height, 0);
    await again.reconsider(nodeOf(again, blocks[0]));
    assert.equal(again.tip.height, 4);
    await again.close();
  });

  it("gives up the transactions of blocks more than ten below the tip", async () => {
    const chain = await new TestDisk().open();
    const blocks = mineChain(chain.tip, 12);
    for (const block of blocks) await chain.submitBlock(block);
    const revived: number[] = [];
    chain.blockDisconnected.on(({ node, revives }) => {
      if (revives) revived.push(node.height);
    });
    await chain.invalidate(nodeOf(chain, blocks[0]));
    assert.deepEqual(revived, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    await chain.close();
  });

  it("cannot be done to the genesis block", async () => {
    const chain = await new TestDisk().open();
    await assert.rejects(chain.invalidate(chain.tip), /genesis/);
    await chain.close();
  });
});

describe("preciousblock", () => {
  it("prefers a block of equal work, and again the other", async () => {
    const { chain, a, b } = await twoBranches(2, 2);
    assert.equal(chain.tip, nodeOf(chain, a[1]));
    await chain.precious(nodeOf(chain, b[1]));
    assert.equal(chain.tip, nodeOf(chain, b[1]));
    await chain.precious(nodeOf(chain, a[1]));
    assert.equal(chain.tip, nodeOf(chain, a[1]));
    await chain.precious(nodeOf(chain, b[0]));
    assert.equal(chain.tip, nodeOf(chain, a[1]));
    await chain.close();
  });
});

async function twoBranches(
  long: number,
  short: number,
): Promise<{ chain: Chain; a: Block[]; b: Block[] }> {
  const chain = await new TestDisk().open();
  const a = mineChain(chain.tip, long, { tag: 1 });
  const b = mineChain(chain.tip, short, { tag: 2 });
  for (const block of [...a, ...b]) await chain.submitBlock(block, { force: true });
  return { chain, a, b };
}

function nodeOf(chain: Chain, block: Block | undefined): BlockNode {
  return chain.node((block as Block).hash) as BlockNode;
}
