import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Peer } from "@compeer/peer/peer";
import { freePort } from "../testing/free-port.ts";
import { KilledPeer } from "../testing/killed-peer.ts";
import { addressOf, callerOf, sameTip, until } from "../testing/peers.ts";
import { Random } from "../testing/random.ts";
import { RpcFailure } from "../testing/rpc-client.ts";

const { COMPEER_SEED = "1" } = process.env;
const KILLS = 100;
/** So often everything that was promised is asked for. */
const CHECK_EVERY = 20;
/** Longest time that it works before it is killed, ms; some kills come while it starts. */
const LONGEST_LIFE = 700;
/** Core: RPC_WALLET_INSUFFICIENT_FUNDS. */
const INSUFFICIENT_FUNDS = -6;
/** More payments than the wallet ever makes here. */
const MANY = 10_000;
const MINE = "generatetodescriptor";
const ANYONE = "raw(51)";
/** wsh(OP_TRUE) */
const ANYBODY = "bcrt1qft5p2uhsdcdc3l2ua4ap5qqfg4pjaqlp250x7us7a8qqhrxrxfsqseac85";

const directory = mkdtempSync(join(tmpdir(), "compeer-wallet-killed-"));
after(() => rmSync(directory, { recursive: true }));

interface ListedPayment {
  readonly txid: string;
  readonly confirmations: number;
}

/** What the wallet has told its owner so far: none of it may ever be taken back. */
interface Promised {
  /** By address; two while a change was not acknowledged. */
  readonly labels: Map<string, readonly string[]>;
  readonly payments: Set<string>;
}

it("a wallet killed a hundred times loses no key, no label and no payment", async (t) => {
  const random = new Random(Number(COMPEER_SEED));
  await using feeder = await Peer.start({ options: { par: 1 } });
  const peer = new KilledPeer(directory, await freePort(), [
    "-listen=0",
    "-par=1",
    "-keypool=20",
    "-fallbackfee=0.0002",
    `-connect=${addressOf(feeder)}`,
  ]);
  peer.start();
  await peer.ready();
  await peer.call("createwallet", "kept", false, false, "", false, true, true);
  const promised: Promised = { labels: new Map(), payments: new Set() };
  const first = await peer.call<string>("getnewaddress", "first");
  promised.labels.set(first, ["first"]);
  await feeder.rpc("generatetoaddress", 20, first);
  await feeder.rpc(MINE, 101, ANYONE);
  await sameTip(callerOf(feeder), peer);

  for (let kill = 1; kill <= KILLS; kill++) {
    const working = work(peer, feeder, promised, random);
    await sleep(random.below(LONGEST_LIFE));
    await peer.kill();
    await working;
    peer.start();
    if (random.oneIn(4)) {
      await sleep(random.below(300));
      await peer.kill();
      peer.start();
    }
    await peer.ready();
    if (kill % CHECK_EVERY === 0) await check(peer, feeder, promised);
  }
  const counts = `${promised.labels.size} addresses, ${promised.payments.size} payments sent`;
  assert.ok(promised.labels.size > 10 && promised.payments.size > 5, counts);
  assert.doesNotMatch(peer.log, /[Cc]orrupt|rescan/);
  t.diagnostic(counts);
  await peer.kill();
});

/** Uses the wallet until it is gone. */
async function work(
  peer: KilledPeer,
  feeder: Peer,
  { labels, payments }: Promised,
  random: Random,
): Promise<void> {
  try {
    for (;;) {
      const step = random.below(5);
      if (step === 0) await feeder.rpc(MINE, 1, ANYONE);
      else if (step === 1) {
        const label = `label ${labels.size}`;
        const address = await peer.call<string>("getnewaddress", label);
        assert.ok(!labels.has(address), "an address was handed out twice");
        labels.set(address, [label]);
      } else if (step === 2) {
        const address = random.pick([...labels.keys()]);
        const label = `changed ${random.below(1000)}`;
        labels.set(address, [...(labels.get(address) ?? []), label]);
        await peer.call("setlabel", address, label);
        labels.set(address, [label]);
      } else if (step === 3) {
        const address = random.pick([...labels.keys()]);
        await send(peer, address, payments);
      } else await send(peer, ANYBODY, payments);
    }
  } catch (error) {
    // The connection ends with the process; what the wallet itself refuses is a fault.
    const text = error instanceof Error ? error.message : String(error);
    if (!/ECONNRESET|ECONNREFUSED|socket hang up|EPIPE|aborted/.test(text)) throw error;
  }
}

/** A payment; while the peer is behind its coins may not be there yet. */
async function send(peer: KilledPeer, address: string, payments: Set<string>): Promise<void> {
  try {
    payments.add(await peer.call<string>("sendtoaddress", address, 0.1));
  } catch (error) {
    if (!(error instanceof RpcFailure) || error.code !== INSUFFICIENT_FUNDS) throw error;
    await sleep(20);
  }
}

/**
 * Hands everything that the wallet has made to the miner, also what was made but not answered when it
 * was killed, and mines it; true when nothing is left.
 */
async function confirmAll(peer: KilledPeer, feeder: Peer): Promise<boolean> {
  const listed = await peer.call<ListedPayment[]>("listtransactions", "*", MANY);
  const waiting = listed.filter(({ confirmations }) => confirmations <= 0);
  for (const { txid } of waiting) {
    const { hex } = await peer.call<{ hex: string }>("gettransaction", txid);
    // Refused until what it spends has come; then it is tried again.
    await feeder.rpc("sendrawtransaction", hex).catch(() => undefined);
  }
  await feeder.rpc(MINE, 1, ANYONE);
  await sameTip(callerOf(feeder), peer);
  const mempool = (await feeder.rpc("getrawmempool")) as string[];
  return waiting.length === 0 && mempool.length === 0;
}

/** Everything promised is there, and the balance is what the chain itself says. */
async function check(peer: KilledPeer, feeder: Peer, promised: Promised): Promise<void> {
  for (const [address, labels] of promised.labels) {
    const info = await peer.call<{ ismine: boolean; labels: string[] }>("getaddressinfo", address);
    assert.ok(info.ismine, address);
    assert.ok(labels.includes(info.labels[0] ?? ""), `${address}: ${info.labels}`);
  }
  await until("every payment is in a block", () => confirmAll(peer, feeder));
  const { descriptors } = await peer.call<{ descriptors: { desc: string }[] }>("listdescriptors");
  const objects = descriptors.map(({ desc }) => ({ desc, range: 500 }));
  const { total_amount: total } = (await feeder.rpc("scantxoutset", "start", objects)) as {
    total_amount: number;
  };
  await until("the balance is that of the chain", async () => {
    const { mine } = await peer.call<{ mine: { trusted: number; immature: number } }>(
      "getbalances",
    );
    return Math.abs(mine.trusted + mine.immature - total) < 1e-9;
  });
  for (const txid of promised.payments) {
    const found = await peer.call<{ confirmations: number }>("gettransaction", txid);
    assert.ok(found.confirmations > 0, JSON.stringify(found));
  }
}
