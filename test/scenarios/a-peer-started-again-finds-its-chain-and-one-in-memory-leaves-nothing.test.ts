import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Peer } from "@compeer/peer/peer";
import { startCompeerd } from "../testing/compeerd.ts";
import { addressOf, type Coins, callerOf, coinsOf, sameLedger, tipOf } from "../testing/peers.ts";
import { Purse } from "../testing/purse.ts";

const directory = mkdtempSync(join(tmpdir(), "compeer-again-"));
after(() => rmSync(directory, { recursive: true }));
const options = { par: 1 };

describe("a peer", () => {
  it("started again finds its chain, as a part of a program and as a daemon", async () => {
    const before = await growAndStop();
    await using again = await Peer.start({ dataDirectory: directory, options });
    assert.deepEqual(await coinsOf(callerOf(again)), before);
    assert.equal(await again.rpc("verifychain", 4, 0), true);
    await again.close();

    const daemon = await startCompeerd(directory, "-par=1", "-connect=0");
    assert.deepEqual(await coinsOf(daemon), before);
    await daemon.stop();
  });

  it("in memory lives side by side with others and is gone at the end of its block", async () => {
    const files = readdirSync(directory, { recursive: true }).length;
    const addresses: string[] = [];
    {
      await using a = await Peer.start({ options });
      await using b = await Peer.start({ options: { ...options, addnode: addressOf(a) } });
      await using apart = await Peer.start({ options });
      await new Purse(a).mine(5);
      await sameLedger(callerOf(a), callerOf(b));
      assert.equal(apart.chain.tip.height, 0);
      addresses.push(addressOf(a), addressOf(b));
    }
    await using late = await Peer.start({ options: { ...options, bind: addresses[0] as string } });
    assert.equal(late.chain.tip.height, 0);
    assert.equal(readdirSync(directory, { recursive: true }).length, files);
  });

  it("syncs from a daemon and the daemon from it", async () => {
    const daemon = await startCompeerd(mkdtempSync(join(directory, "other-")), "-par=1");
    await using peer = await Peer.start({ options: { ...options, addnode: daemon.address } });
    const purse = new Purse(peer);
    for (const miner of [daemon, callerOf(peer)]) {
      const [hash] = await purse.mine(1, miner);
      await sameLedger(callerOf(peer), daemon);
      assert.equal(await tipOf(daemon), hash);
    }
    await daemon.stop();
  });
});

async function growAndStop(): Promise<Coins> {
  await using peer = await Peer.start({ dataDirectory: directory, options });
  const purse = new Purse(peer);
  await purse.mine(105);
  await purse.fill();
  for (let i = 0; i < 5; i++) await purse.pay(20);
  await purse.mine(3);
  return await coinsOf(callerOf(peer));
}
