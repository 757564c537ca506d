import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import { Peer } from "@compeer/peer/peer";
import { encodeCoin } from "@compeer/peer/storage/coin-codec";
import { coinKey } from "@compeer/peer/storage/coin-key";
import { CoinStore } from "@compeer/peer/storage/coin-store";
import { openLevelStore } from "@compeer/peer/storage/level-store";
import { AUDIT_FEATURE, encodeAudit } from "@compeer/protocol/wire/audit-messages";
import { compeer, run } from "../testing/command-line.ts";
import { addressOf, callerOf, sameTip, until } from "../testing/peers.ts";

const root = mkdtempSync(join(tmpdir(), "compeer-audit-"));
after(() => rmSync(root, { recursive: true }));

const OPTIONS = { par: 1, coinstatsindex: 1 };
const ANYONE = "raw(51)";
const OTHER = "raw(52)";
const BLOCKS = 20;

interface AuditedPeer {
  readonly id: number;
  readonly subver: string;
  readonly coins: string;
  readonly headers: string;
  readonly best_height?: number;
  readonly fork_height?: number;
  readonly says: string;
}

interface Report {
  readonly outcome: "agreed" | "differs" | "damaged";
  readonly height: number;
  readonly hash: string;
  readonly muhash?: string;
  readonly compared_with_index: boolean;
  readonly says: readonly string[];
  readonly peers: readonly AuditedPeer[];
}

function audit(peer: Peer, ...params: number[]): Promise<Report> {
  return callerOf(peer).call<Report>("auditpeers", ...params);
}

function only<T>(list: readonly T[]): T {
  assert.equal(list.length, 1);
  return list[0] as T;
}

async function meet(a: Peer, b: Peer): Promise<void> {
  await a.net.connectTo(addressOf(b), "manual");
  await sameTip(callerOf(a), callerOf(b));
  await until("hands are shaken", () => [a, b].every(hasShakenHands));
}

function hasShakenHands(peer: Peer): boolean {
  const peers = peer.net.peers();
  return peers.length > 0 && peers.every(({ receivedByCommand: { verack = 0 } }) => verack > 0);
}

describe("an audit", () => {
  it("finds that two compeers agree, at the tip and before it", async () => {
    await using one = await Peer.start({ options: OPTIONS });
    await using other = await Peer.start({ options: { par: 1, coinstatsindex: 1 } });
    await one.rpc("generatetodescriptor", BLOCKS, ANYONE);
    await meet(one, other);
    const report = await audit(one);
    assert.equal(report.outcome, "agreed", JSON.stringify(report));
    assert.equal(report.height, BLOCKS);
    assert.equal(report.compared_with_index, true);
    const peer = only(report.peers);
    assert.deepEqual([peer.coins, peer.headers], ["agrees", "same"]);
    const { muhash } = await callerOf(one).call<Report>("gettxoutsetinfo", "muhash", 7);
    const before = await audit(one, 7);
    assert.deepEqual([before.outcome, before.muhash], ["agreed", muhash]);
    await assert.rejects(audit(one, BLOCKS + 1), /no block at height/);
  });

  it("is answered at the tip without an index, but not before it, and counted again only later", async () => {
    await using one = await Peer.start({ options: OPTIONS });
    await using plain = await Peer.start({ options: { par: 1 } });
    await one.rpc("generatetodescriptor", BLOCKS, ANYONE);
    await meet(one, plain);
    assert.equal(only((await audit(one)).peers).coins, "agrees");
    const before = await audit(one, 3);
    assert.deepEqual([before.outcome, only(before.peers).coins], ["agreed", "not-kept"]);
    await one.rpc("generatetodescriptor", 1, ANYONE);
    await sameTip(callerOf(one), callerOf(plain));
    assert.equal(only((await audit(one)).peers).coins, "busy");
    await assert.rejects(audit(plain, 3), /needs -coinstatsindex/);
  });

  it("tells a peer whose coins were changed behind its back, which heals when it is started again", async () => {
    await using healthy = await Peer.start({ options: OPTIONS });
    await healthy.rpc("generatetodescriptor", BLOCKS, ANYONE);
    const dataDirectory = mkdtempSync(join(root, "changed-"));
    {
      await using victim = await Peer.start({ dataDirectory, options: OPTIONS });
      await meet(healthy, victim);
      await until("the index is there", () => isIndexed(victim));
    }
    await changeCoin(dataDirectory, (coin) => ({ ...coin, value: coin.value + 1 }));
    {
      await using victim = await Peer.start({ dataDirectory, options: OPTIONS });
      await meet(healthy, victim);
      const seen = await audit(healthy);
      assert.equal(seen.outcome, "differs");
      assert.equal(only(seen.peers).coins, "damaged");
      const own = await audit(victim);
      assert.equal(own.outcome, "damaged");
      assert.match(own.says.join("\n"), /Start again: they will be built anew/);
      assert.ok(existsSync(join(dataDirectory, "regtest", "coins-damaged")));
    }
    await using healed = await Peer.start({ dataDirectory, options: OPTIONS });
    assert.equal(existsSync(join(dataDirectory, "regtest", "coins-damaged")), false);
    await meet(healthy, healed);
    await until("the index is there", () => isIndexed(healed));
    const report = await audit(healed);
    assert.equal(report.outcome, "agreed", JSON.stringify(report));
  });

  it("finds other coins at a peer that keeps no index, and it finds itself alone", async () => {
    await using healthy = await Peer.start({ options: OPTIONS });
    await healthy.rpc("generatetodescriptor", BLOCKS, ANYONE);
    const dataDirectory = mkdtempSync(join(root, "plain-"));
    {
      await using victim = await Peer.start({ dataDirectory, options: { par: 1 } });
      await meet(healthy, victim);
    }
    await changeCoin(dataDirectory, (coin) => ({ ...coin, height: coin.height + 1 }));
    await using victim = await Peer.start({ dataDirectory, options: { par: 1 } });
    await meet(healthy, victim);
    const seen = await audit(healthy);
    assert.deepEqual([seen.outcome, only(seen.peers).coins], ["differs", "differs"]);
    const own = await audit(victim);
    assert.deepEqual([own.outcome, only(own.peers).coins], ["differs", "differs"]);
    assert.match(own.says.join("\n"), /Most compeers have other coins.*-reindex-chainstate/);
  });

  it("tells a peer on another branch, where it parted and what to do", async () => {
    await using one = await Peer.start({ options: OPTIONS });
    await using other = await Peer.start({ options: OPTIONS });
    await one.rpc("generatetodescriptor", BLOCKS, ANYONE);
    await meet(one, other);
    one.net.setActive(false);
    await one.rpc("generatetodescriptor", 2, ANYONE);
    await other.rpc("generatetodescriptor", 2, OTHER);
    one.net.setActive(true);
    await one.net.connectTo(addressOf(other), "manual");
    await until("both told their headers", () =>
      one.net.peers().some(({ syncedHeaders }) => syncedHeaders === BLOCKS + 2),
    );
    await until("the index is there", () => isIndexed(one));
    const report = await audit(one);
    assert.equal(report.outcome, "differs");
    const peer = only(report.peers);
    assert.deepEqual(
      [peer.coins, peer.headers, peer.fork_height],
      ["other-block", "equal-work", BLOCKS],
    );
    assert.match(peer.says, /another branch since block 20/);
    const before = await audit(one, BLOCKS);
    assert.equal(only(before.peers).coins, "agrees");
  });

  it("goes only to who agreed to it in the handshake, and takes a question from no one else", async () => {
    await using one = await Peer.start({ options: OPTIONS });
    await one.rpc("generatetodescriptor", BLOCKS, ANYONE);
    const core = await shakeHands(one, false);
    core.sendPayload("getaudit", Uint8Array.of(3, 0, 0, 0));
    core.sendPayload("audit", new Uint8Array(121));
    const report = await audit(one);
    assert.deepEqual([report.outcome, only(report.peers).coins], ["agreed", "not-asked"]);
    await core.sync();
    assert.equal(core.count("getaudit") + core.count("audit"), 0);
    core.close();
  });

  it("takes no harm from answers that mean nothing, other heights and silence", async () => {
    await using one = await Peer.start({ options: OPTIONS });
    await one.rpc("generatetodescriptor", BLOCKS, ANYONE);
    const bad = await shakeHands(one, true);
    const answered = async (payload: Uint8Array): Promise<string> => {
      const asked = bad.count("getaudit");
      const report = audit(one);
      await until("it was asked", () => bad.count("getaudit") > asked);
      bad.sendPayload("audit", payload);
      return only((await report).peers).coins;
    };
    assert.equal(await answered(new Uint8Array(120)), "unreadable");
    assert.equal(await answered(new Uint8Array(100_000)), "unreadable");
    assert.equal(await answered(new Uint8Array(121).fill(255)), "unreadable");
    assert.equal(await answered(answerAt(BLOCKS - 1)), "unreadable");
    assert.equal(await answered(answerAt(BLOCKS)), "other-block");
    bad.sendPayload("getaudit", new Uint8Array(3));
    bad.sendPayload("getaudit", Uint8Array.of(255, 255, 255, 255));
    bad.sendPayload("audit", answerAt(BLOCKS));
    await bad.sync();
    const unknown = await bad.received("audit");
    assert.equal(unknown.payload[4], 2);
    const silent = audit(one);
    await until("it was asked", () => bad.count("getaudit") === 6);
    bad.close();
    assert.equal(only((await silent).peers).coins, "gone");
    assert.equal((await audit(one)).outcome, "agreed");
  });

  it("is asked for on the command line, and the exit status says how it ended", async () => {
    const dataDirectory = mkdtempSync(join(root, "cli-"));
    const options = { ...OPTIONS, rpcuser: "me", rpcpassword: "secret" };
    await using one = await Peer.start({ dataDirectory, options });
    await using other = await Peer.start({ options: OPTIONS });
    await one.rpc("generatetodescriptor", BLOCKS, ANYONE);
    await meet(one, other);
    const ask = (...args: string[]) =>
      run(compeer, [
        "audit",
        `-rpcport=${one.rpcPort}`,
        "-rpcuser=me",
        "-rpcpassword=secret",
        ...args,
      ]);
    const all = await ask("--height", "5");
    assert.equal(all.status, 0, all.stderr);
    assert.match(all.stdout, /1 of 1 peers have the same coins/);
    one.net.setActive(false);
    await other.rpc("generatetodescriptor", 2, OTHER);
    await one.rpc("generatetodescriptor", 2, ANYONE);
    one.net.setActive(true);
    await one.net.connectTo(addressOf(other), "manual");
    await until("both told their headers", () =>
      one.net.peers().some(({ syncedHeaders }) => syncedHeaders === BLOCKS + 2),
    );
    assert.equal((await ask()).status, 1);
    assert.equal((await ask("--height=x")).status, 3);
  });
});

async function isIndexed(peer: Peer): Promise<boolean> {
  const info = await callerOf(peer).call<{
    coinstatsindex: { synced: boolean; best_block_height: number };
  }>("getindexinfo");
  const { synced, best_block_height: height } = info.coinstatsindex;
  return synced && height === peer.chain.tip.height;
}

/** Somebody who speaks by hand, with the feature agreed on or not. */
async function shakeHands(peer: Peer, agrees: boolean): Promise<RawPeer> {
  const port = Number(addressOf(peer).split(":")[1]);
  const raw = await RawPeer.open(port, peer.network.magic);
  raw.sendVersion(70017);
  if (agrees) raw.send({ type: "feature", id: AUDIT_FEATURE, data: new Uint8Array(0) });
  raw.send({ type: "wtxidrelay" });
  raw.send({ type: "verack" });
  await raw.received("verack");
  await raw.sync();
  return raw;
}

function answerAt(height: number): Uint8Array {
  const hash = new Uint8Array(32).fill(7);
  const coins = { hash, count: 1, amount: 1 };
  return encodeAudit({
    height,
    state: "kept",
    tipHeight: 1,
    tipHash: hash,
    blockHash: hash,
    coins,
  });
}

type Coin = Parameters<typeof encodeCoin>[0];

/** Changes one old coin in the database of a peer that is not running. */
async function changeCoin(directory: string, change: (coin: Coin) => Coin): Promise<void> {
  const path = join(directory, "regtest", "chainstate");
  const store = new CoinStore(await openLevelStore(path, { obfuscate: true }));
  const best = await store.bestBlock();
  assert.ok(best);
  for await (const { txid, index, coin } of store.entries()) {
    if (coin.height > 5) continue;
    const write = await store.startWrite(best);
    write.put(coinKey(txid, index), encodeCoin(change(coin)));
    await write.finish(true);
    break;
  }
  await store.close();
}
