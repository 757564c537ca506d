import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mineChain } from "./testing/mine-block.ts";
import { TestDisk } from "./testing/test-disk.ts";

const BLOCKS = 60;
const OUTPUTS = 500;
const COIN_BYTES = 150;

describe("flush", () => {
  it("K06 writes while it syncs, so that the end has no more to write than the cache may hold", async () => {
    const disk = new TestDisk();
    const cacheBytes = 1_000_000;
    const chain = await disk.open({ cacheBytes });
    const blocks = mineChain(chain.tip, BLOCKS, { outputs: OUTPUTS });
    let largest = 0;
    for (const block of blocks) {
      assert.equal((await chain.submitBlock(block)).fault, null);
      largest = Math.max(largest, chain.coins.bytes);
    }
    assert.ok(BLOCKS * OUTPUTS * COIN_BYTES > 4 * cacheBytes, "the coins are more than the cache");
    assert.ok(largest > cacheBytes / 4 && largest < 2 * cacheBytes, `${largest} bytes`);
    await chain.close();
  });

  it("K06 at the end leaves nothing: the next start replays no block", async () => {
    const disk = new TestDisk();
    const chain = await disk.open();
    for (const block of mineChain(chain.tip, 20)) await chain.submitBlock(block);
    await chain.close();
    disk.lines.length = 0;
    const again = await disk.open();
    assert.equal(again.tip.height, 20);
    assert.equal(disk.hasLogged("Rolling"), false);
    await again.close();
  });
});
