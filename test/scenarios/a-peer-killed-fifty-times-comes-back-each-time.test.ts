import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Peer } from "@compeer/peer/peer";
import { freePort } from "../testing/free-port.ts";
import { KilledPeer } from "../testing/killed-peer.ts";
import { addressOf, callerOf, sameLedger, sameTip } from "../testing/peers.ts";
import { Purse } from "../testing/purse.ts";
import { Random } from "../testing/random.ts";

const { COMPEER_SEED = "1" } = process.env;
const KILLS = 50;
/** So often it is let be until it has caught up. */
const CATCH_UP_EVERY = 10;
const BASE = 120;
/** As many as come back to the mempool. Core: InvalidateBlock. */
const MAX_REORG = 10;
/** Small writes tear a flush apart: a kill between them leaves the coins between two blocks. */
const options = ["-dbbatchsize=500", "-fastprune", "-par=1", "-checklevel=4"];

const directory = mkdtempSync(join(tmpdir(), "compeer-killed-"));
after(() => rmSync(directory, { recursive: true }));

it("a peer killed fifty times while it syncs and reorganises comes back each time", async (t) => {
  const random = new Random(Number(COMPEER_SEED));
  await using feeder = await Peer.start({ options: { par: 1 } });
  const purse = new Purse(feeder);
  await purse.mine(BASE);
  await purse.fill();
  for (let i = 0; i < 20; i++) await purse.pay(10);
  await purse.mine(1);

  const address = `127.0.0.1:${await freePort()}`;
  const peer = new KilledPeer(directory, await freePort(), [
    ...options,
    `-bind=${address}`,
    `-connect=${addressOf(feeder)}`,
  ]);
  const startMs = await measureStart(peer);
  const feeding = new Feeding(feeder, purse, random);
  for (let kill = 1; kill <= KILLS; kill++) {
    peer.start();
    if (kill % CATCH_UP_EVERY === 0) {
      await peer.ready();
      await feeding.pause();
      await sameLedger(callerOf(feeder), peer);
      feeding.resume();
    }
    if (random.oneIn(2)) await sleep(startMs * (0.3 + random.below(130) / 100));
    else await beginFlush(peer, random);
    await peer.kill();
  }
  await feeding.pause();
  await using follower = await Peer.start({ options: { par: 1 } });
  peer.start();
  await peer.ready();
  await sameTip(callerOf(feeder), peer);
  follower.net.addNode(address);
  await sameLedger(callerOf(feeder), peer, callerOf(follower));
  await peer.kill();
  assert.doesNotMatch(peer.log, /reindex|[Cc]orrupt|fatal/);
  const replays = peer.log.split("Replaying blocks").length - 1;
  t.diagnostic(`start ${startMs} ms, ${feeding.blocks} blocks, ${replays} torn flushes made whole`);
});

/** Until it answers, in milliseconds: the base is synced meanwhile or not. */
async function measureStart(peer: KilledPeer): Promise<number> {
  const from = performance.now();
  peer.start();
  await peer.ready();
  const ms = Math.round(performance.now() - from);
  await peer.kill();
  return ms;
}

/** Lets it sync for a moment, then asks for all its coins: that brings them to the disk first. */
async function beginFlush(peer: KilledPeer, random: Random): Promise<void> {
  await peer.ready();
  await sleep(random.below(400));
  peer.call("gettxoutsetinfo", "none").catch(() => undefined);
  await sleep(random.below(40));
}

/** Blocks with payments, one after the other, and a shorter branch left behind now and then. */
class Feeding {
  readonly #peer: Peer;
  readonly #purse: Purse;
  readonly #random: Random;
  #running = true;
  #work: Promise<void>;
  blocks = 0;

  constructor(peer: Peer, purse: Purse, random: Random) {
    this.#peer = peer;
    this.#purse = purse;
    this.#random = random;
    this.#work = this.#run();
  }

  async pause(): Promise<void> {
    this.#running = false;
    await this.#work;
  }

  resume(): void {
    this.#running = true;
    this.#work = this.#run();
  }

  async #run(): Promise<void> {
    while (this.#running) {
      if (this.#random.oneIn(6)) await this.#reorganise(1 + this.#random.below(MAX_REORG));
      else await this.#extend(1);
      await sleep(this.#random.below(300));
    }
  }

  async #extend(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await this.#purse.pay(1 + this.#random.below(3));
      await this.#purse.mine(1);
      this.blocks++;
    }
  }

  async #reorganise(depth: number): Promise<void> {
    const { tip } = this.#peer.chain;
    const first = this.#peer.chain.at(Math.max(BASE + 2, tip.height - depth + 1));
    if (first === null) return;
    await this.#peer.chain.invalidate(first);
    await this.#extend(tip.height - first.height + 2);
  }
}
