import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { Peer } from "@compeer/peer/peer";
import { freePort } from "../testing/free-port.ts";
import { KilledPeer } from "../testing/killed-peer.ts";
import { addressOf, callerOf, sameLedger } from "../testing/peers.ts";
import { Purse } from "../testing/purse.ts";

const DEPTH = 150;

const directory = mkdtempSync(join(tmpdir(), "compeer-deep-"));
after(() => rmSync(directory, { recursive: true }));

it("a deep reorganisation reaches every peer, in this process and in another", async () => {
  const options = { par: 1 };
  await using here = await Peer.start({ options });
  await using there = await Peer.start({ options });
  await using behind = await Peer.start({ options: { ...options, addnode: addressOf(here) } });
  const other = new KilledPeer(directory, await freePort(), [
    "-par=1",
    "-listen=0",
    `-connect=${addressOf(here)}`,
  ]);
  other.start();
  await other.ready();

  // One history up to here, then two: each with its own payments, one a block longer.
  const purse = new Purse(here);
  await purse.mine(140);
  await there.net.connectTo(addressOf(here), "manual");
  await sameLedger(callerOf(here), callerOf(there), callerOf(behind), other);
  const fork = here.chain.tip;
  there.net.disconnect(addressOf(here));
  await branch(purse, DEPTH, 3);
  await branch(new Purse(there), DEPTH + 1, 4);
  await sameLedger(callerOf(here), callerOf(behind), other);
  const left = here.chain.tip;
  assert.equal(left.height, fork.height + DEPTH);

  let disconnected = 0;
  behind.chain.blockDisconnected.on(() => disconnected++);
  await there.net.connectTo(addressOf(here), "manual");
  await sameLedger(callerOf(there), callerOf(here), callerOf(behind), other);
  assert.equal(here.chain.tip.height, fork.height + DEPTH + 1);
  assert.equal(here.chain.findFork(left), here.chain.node(fork.hash));
  assert.equal(disconnected, DEPTH);
  assert.equal(await here.rpc("verifychain", 4, 0), true);
  assert.equal(await other.call("verifychain", 4, 0), true);
  await other.kill();
});

/** `length` blocks, some with payments in so many parts: else both branches would be the same. */
async function branch(purse: Purse, length: number, parts: number): Promise<void> {
  await purse.fill();
  for (let left = length; left > 0; left -= 5) {
    await purse.pay(parts);
    await purse.mine(Math.min(5, left));
  }
}
