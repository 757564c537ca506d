import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bitcoindMissing, startBitcoind } from "../testing/bitcoind.ts";
import { assertSameCoins, reaches } from "../testing/compare-nodes.ts";
import { startCompeerd } from "../testing/compeerd.ts";
import { ChainGrower, REWARD } from "../testing/grow-chain.ts";
import type { NodeProcess } from "../testing/node-process.ts";

const BLOCKS = 1000;
const REORG = 50;

type Start = (directory: string) => Promise<NodeProcess>;

const directions: readonly (readonly [string, Start, Start])[] = [
  ["bitcoind mines, compeer follows", startBitcoind, startCompeerd],
  ["compeer mines, bitcoind follows", startCompeerd, startBitcoind],
];

for (const [name, startMiner, startFollower] of directions) {
  describe(name, { skip: bitcoindMissing }, () => {
    let scratch: string;
    const nodes: NodeProcess[] = [];
    let miner: NodeProcess;
    let follower: NodeProcess;

    before(async () => {
      scratch = mkdtempSync(join(tmpdir(), "compeer-sync-"));
      miner = await startMiner(join(scratch, "miner"));
      nodes.push(miner);
      follower = await startFollower(join(scratch, "follower"));
      nodes.push(follower);
    });

    after(async () => {
      for (const node of nodes) await node.kill();
      rmSync(scratch, { recursive: true });
    });

    it(`for ${BLOCKS} blocks that spend every kind of script`, async () => {
      const grower = new ChainGrower(miner);
      await grower.mine(110);
      await grower.grow(BLOCKS - 110, 8);
      assert.equal(await miner.call("getblockcount"), BLOCKS);
      await follower.call("addnode", miner.address, "onetry");
      await reaches(follower, miner);
      const { height } = await assertSameCoins(follower, miner);
      assert.equal(height, BLOCKS);
    });

    it(`through a reorganisation of ${REORG} blocks`, async () => {
      const fork = await miner.call<string>("getblockhash", BLOCKS - REORG + 1);
      const old = await miner.call<string>("getbestblockhash");
      await miner.call("invalidateblock", fork);
      assert.equal(await miner.call("getblockcount"), BLOCKS - REORG);
      await miner.call("generatetodescriptor", REORG + 1, "raw(51)");
      await reaches(follower, miner);
      const { height } = await assertSameCoins(follower, miner);
      assert.equal(height, BLOCKS + 1);
      const tips = await follower.call<Tip[]>("getchaintips");
      assert.deepEqual(
        tips.find(({ hash }) => hash === old),
        { height: BLOCKS, hash: old, branchlen: REORG, status: "valid-fork" },
      );
    });

    it("through a reorganisation that the follower makes", async () => {
      // One block below where both branches so far part, so that neither is left to turn to.
      const below = BLOCKS - REORG;
      await follower.call("invalidateblock", await follower.call("getblockhash", below));
      assert.equal(await follower.call("getblockcount"), below - 1);
      await follower.call("generatetodescriptor", REORG + 3, REWARD);
      await reaches(miner, follower);
      const { height } = await assertSameCoins(follower, miner);
      assert.equal(height, BLOCKS + 2);
    });

    it("and both stop cleanly", async () => {
      await miner.stop();
      await follower.stop();
    });
  });
}

interface Tip {
  readonly height: number;
  readonly hash: string;
  readonly branchlen: number;
  readonly status: string;
}
