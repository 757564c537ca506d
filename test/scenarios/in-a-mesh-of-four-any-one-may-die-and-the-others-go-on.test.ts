import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { Peer } from "@compeer/peer/peer";
import { freePort } from "../testing/free-port.ts";
import { KilledPeer } from "../testing/killed-peer.ts";
import { type Caller, callerOf, sameLedger, sameTip, until } from "../testing/peers.ts";
import { Purse } from "../testing/purse.ts";

/** A block that takes longer than this to reach everybody was held up by the dead. */
const PAUSE_MS = 4000;

const directory = mkdtempSync(join(tmpdir(), "compeer-mesh-"));
after(() => rmSync(directory, { recursive: true }));

/** One of the mesh: it can be stopped at once and come back with its data. */
interface Member extends Caller {
  start(): Promise<void>;
  die(): Promise<void>;
}

/** Two peers are processes of their own, which die by SIGKILL; two live in this process. */
it("in a mesh of four any one may die and the others go on", async (t) => {
  const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  const members: Member[] = [];
  for (const [i, address] of addresses.entries()) {
    const folder = mkdtempSync(join(directory, "peer-"));
    const others = addresses.filter((other) => other !== address);
    const make = i < 2 ? processMember : inProcessMember;
    members.push(await make(folder, address, others));
  }
  await using mint = await Peer.start();
  const purse = new Purse(mint);
  for (const member of members) await member.start();
  for (const member of members) await isConnectedTo(member, 3);
  const [first, ...rest] = members as [Member, ...Member[]];
  await purse.mine(101, first);
  await sameLedger(first, ...rest);

  const slowest: number[] = [];
  for (const victim of members) {
    const [one, ...others] = members.filter((member) => member !== victim) as [Member, ...Member[]];
    const dying = victim.die();
    const from = performance.now();
    for (const miner of [one, ...others]) {
      await purse.mine(1, miner);
      await sameTip(one, ...others);
    }
    slowest.push((performance.now() - from) / 3);
    await dying;
    await victim.start();
    await sameLedger(one, ...others, victim);
    await isConnectedTo(victim, 3);
  }
  for (const member of members) await member.die();
  t.diagnostic(`a block everywhere after ${slowest.map(Math.round).join(", ")} ms`);
  assert.ok(Math.max(...slowest) < PAUSE_MS);
});

async function processMember(
  folder: string,
  address: string,
  others: readonly string[],
): Promise<Member> {
  const peer = new KilledPeer(folder, await freePort(), [
    "-par=1",
    `-bind=${address}`,
    ...others.map((other) => `-addnode=${other}`),
    "-connect=0",
  ]);
  return {
    call: (method, ...params) => peer.call(method, ...params),
    start: () => {
      peer.start();
      return peer.ready();
    },
    die: () => peer.kill(),
  };
}

async function inProcessMember(
  folder: string,
  address: string,
  others: readonly string[],
): Promise<Member> {
  let peer: Peer | null = null;
  return {
    call: (method, ...params) => callerOf(peer as Peer).call(method, ...params),
    start: async () => {
      const options = { par: 1, bind: address, addnode: [...others] };
      peer = await Peer.start({ dataDirectory: folder, options });
    },
    die: () => (peer as Peer).close(),
  };
}

/** Each pair may be connected both ways. */
async function isConnectedTo(member: Caller, count: number): Promise<void> {
  await until(`${count} connections`, async () => {
    const { connections } = await member.call<{ connections: number }>("getnetworkinfo");
    return connections >= count;
  });
}
