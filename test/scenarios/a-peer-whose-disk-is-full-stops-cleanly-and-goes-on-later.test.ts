import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { Peer } from "@compeer/peer/peer";
import { freePort } from "../testing/free-port.ts";
import { daemonWith, KilledPeer } from "../testing/killed-peer.ts";
import { addressOf, callerOf, sameLedger } from "../testing/peers.ts";
import { Purse } from "../testing/purse.ts";

/** What a peer leaves free, and a little more. */
const ALMOST_FULL = 50 * 1024 * 1024 + 5000;
const ROOMY = 2 ** 40;

const directory = mkdtempSync(join(tmpdir(), "compeer-full-"));
after(() => rmSync(directory, { recursive: true }));

it("a peer whose disk is full stops cleanly, says why, and goes on when there is room", async () => {
  const free = join(directory, "free-bytes");
  writeFileSync(free, String(ROOMY));
  await using healthy = await Peer.start({ options: { par: 1 } });
  const purse = new Purse(healthy);
  await purse.mine(110);
  await purse.fill();

  const hook = new URL("../testing/small-disk.js", import.meta.url).href;
  Object.assign(process.env, { COMPEER_FREE_BYTES: free });
  const options = ["-par=1", "-fastprune", "-listen=0", `-connect=${addressOf(healthy)}`];
  const peer = new KilledPeer(directory, await freePort(), options, daemonWith("--import", hook));
  peer.start();
  await peer.ready();
  await sameLedger(callerOf(healthy), peer);

  writeFileSync(free, String(ALMOST_FULL));
  const ended = peer.ended();
  for (let i = 0; i < 10; i++) {
    await purse.pay(400);
    await purse.mine(1);
  }
  const { status, output } = await ended;
  assert.equal(status, 1);
  assert.match(output, /Disk space is too low!/);
  assert.match(peer.log, /Shutdown done\s*$/);

  // As long as nothing has changed it does not start, and nothing is lost by trying.
  peer.start();
  await peer.ended();
  writeFileSync(free, String(ROOMY));
  peer.start();
  await peer.ready();
  await sameLedger(callerOf(healthy), peer);
  assert.equal(await peer.call("verifychain", 4, 0), true);
  assert.doesNotMatch(peer.log, /reindex|[Cc]orrupt/);
  await peer.kill();
});
