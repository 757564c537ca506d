import assert from "node:assert/strict";
import { type Coins, coinsOf, tipOf, until } from "../peers.ts";
import type { Random } from "../random.ts";
import { RpcFailure } from "../rpc-client.ts";
import type { SoakMesh } from "./soak-mesh.ts";
import type { SoakNode } from "./soak-node.ts";
import { randomReward } from "./soak-purse.ts";

const PATIENCE_SECONDS = 180;
/** Why a node may lack what another has: what it holds spends the same, or already as much as may hang together. */
const CONFLICT =
  /mempool-conflict|insufficient fee|replacement-failed|spends-conflicting|too-large-cluster|conflict-in-package|TRUC-violation/;
/** Or what is lacking needs something that is lacking too, or is needed by it. */
const FAMILY = /missing-?inputs|missingorspent|fee not met/;

interface Entry {
  readonly depends: readonly string[];
  readonly spentby: readonly string[];
}

/** Waits until every node has the same tip; the clock goes on, for it drives what is retried. */
async function sameTips(mesh: SoakMesh, random: Random): Promise<void> {
  await mesh.whole();
  // Two branches of the same work are both right: the next block decides.
  await calm(mesh, 5, async () => new Set(await tips(mesh)).size === 1);
  const heights = await Promise.all(mesh.nodes.map((node) => node.call("getblockcount")));
  if (new Set(heights).size === 1 && new Set(await tips(mesh)).size > 1)
    await random.pick(mesh.nodes).call("generatetodescriptor", 1, randomReward(random));
  await patiently(mesh, "one tip", async () => new Set(await tips(mesh)).size === 1);
}

/** Waits for one tip and holds the coins of all against each other. */
export async function sameCoins(mesh: SoakMesh, random: Random): Promise<Coins> {
  await sameTips(mesh, random);
  await patiently(mesh, "all indexes are there", () => indexesAreThere(mesh));
  const [first, ...others] = await Promise.all(mesh.nodes.map((node) => coinsOf(node)));
  for (const coins of others) assert.deepEqual(coins, first);
  return first as Coins;
}

/**
 * Gives everybody what anybody has in its mempool, and holds the mempools against each other.
 *
 * A node that was killed has lost its mempool, as Core's would, for mempool.dat is written at a clean stop;
 * nobody announces again what it knew already, and a payment that only the killed one had is gone for good.
 * So the union of all is what everybody should have. Of two payments of one coin each node keeps the
 * better or, when neither is good enough to replace the other, the first: only such differences may stay.
 */
export async function sameMempools(mesh: SoakMesh): Promise<void> {
  for (const from of mesh.nodes) {
    const missing = await lackedByOthers(from, mesh.nodes);
    for (const [txid, nodes] of missing) {
      const hex = await from.call<string>("getrawtransaction", txid).catch(() => null);
      if (hex !== null) for (const node of nodes) await offer(node, [hex]);
    }
    await offerFamilies(from, mesh.nodes);
  }
  for (const from of mesh.nodes) await explainLacking(from, mesh.nodes);
}

/** @throws Error when a node lacks what `from` has for no good reason */
async function explainLacking(from: SoakNode, nodes: readonly SoakNode[]): Promise<void> {
  const entries = await from.call<Record<string, Entry>>("getrawmempool", true);
  const lacking = await lackedByOthers(from, nodes);
  for (const [txid, who] of lacking)
    for (const node of who) {
      const hex = await from.call<string>("getrawtransaction", txid);
      const why = await offer(node, [hex]);
      if (why === null || CONFLICT.test(why)) continue;
      const { depends, spentby } = entries[txid] as Entry;
      const family = [...depends, ...spentby];
      if (FAMILY.test(why) && family.some((id) => lacking.get(id)?.includes(node))) continue;
      throw new Error(`${node.name} lacks ${txid}, which ${from.name} has: ${why}`);
    }
}

/** Waits until all mempools hold the same, and so many at least, without any help. */
export async function mempoolsMeet(mesh: SoakMesh, atLeast: number): Promise<readonly string[]> {
  let pools: string[] = [];
  await patiently(mesh, `one mempool of ${atLeast} or more`, async () => {
    pools = await Promise.all(mesh.nodes.map(async (node) => (await poolOf(node)).join(" ")));
    return new Set(pools).size === 1 && (pools[0] as string).split(" ").length >= atLeast;
  });
  return (pools[0] as string).split(" ");
}

/** Mines at one node until its mempool holds nothing that its miner takes. */
export async function mineAll(mesh: SoakMesh, random: Random): Promise<void> {
  const node = random.pick(mesh.nodes);
  for (let i = 0; i < 5; i++) {
    const before = (await poolOf(node)).length;
    await node.call("generatetodescriptor", 1, randomReward(random));
    if ((await poolOf(node)).length === before) break;
  }
  await sameTips(mesh, random);
}

async function poolOf(node: SoakNode): Promise<string[]> {
  return (await node.call<string[]>("getrawmempool")).toSorted();
}

/** What a node has in its mempool and who lacks it, parents before children. */
async function lackedByOthers(
  from: SoakNode,
  nodes: readonly SoakNode[],
): Promise<Map<string, SoakNode[]>> {
  const entries = await from.call<Record<string, Entry>>("getrawmempool", true);
  const pools = new Map<SoakNode, Set<string>>();
  for (const node of nodes) if (node !== from) pools.set(node, new Set(await poolOf(node)));
  const lacked = new Map<string, SoakNode[]>();
  const visit = (txid: string): void => {
    if (lacked.has(txid)) return;
    for (const parent of entries[txid]?.depends ?? []) visit(parent);
    lacked.set(
      txid,
      [...pools].filter(([, pool]) => !pool.has(txid)).map(([node]) => node),
    );
  };
  for (const txid of Object.keys(entries)) visit(txid);
  return new Map([...lacked].filter(([, who]) => who.length > 0));
}

/** What pays too little alone goes with the child that pays for it. */
async function offerFamilies(from: SoakNode, nodes: readonly SoakNode[]): Promise<void> {
  const entries = await from.call<Record<string, Entry>>("getrawmempool", true);
  for (const [txid, who] of await lackedByOthers(from, nodes)) {
    const { depends } = entries[txid] ?? { depends: [] };
    if (depends.length === 0) continue;
    const family = await Promise.all(
      [...depends, txid].map((id) => from.call<string>("getrawtransaction", id).catch(() => null)),
    );
    if (family.includes(null)) continue;
    for (const node of who) await offer(node, family as string[]);
  }
}

/** Why a node refuses what it is offered; null when it takes it. */
async function offer(node: SoakNode, hexes: readonly string[]): Promise<string | null> {
  try {
    if (hexes.length === 1) await node.call("sendrawtransaction", hexes[0]);
    else await node.call("submitpackage", hexes);
    return null;
  } catch (error) {
    if (error instanceof RpcFailure) return error.message;
    throw error;
  }
}

interface IndexInfo {
  readonly synced: boolean;
  readonly best_block_height: number;
}

async function indexesAreThere({ nodes }: SoakMesh): Promise<boolean> {
  for (const node of nodes) {
    const height = await node.call<number>("getblockcount");
    const indexes = Object.values(await node.call<Record<string, IndexInfo>>("getindexinfo"));
    if (!indexes.every((each) => each.synced && each.best_block_height === height)) return false;
  }
  return true;
}

function tips(mesh: SoakMesh): Promise<string[]> {
  return Promise.all(mesh.nodes.map((node) => tipOf(node)));
}

async function patiently(
  mesh: SoakMesh,
  what: string,
  test: () => Promise<boolean>,
): Promise<void> {
  await until(
    what,
    async () => {
      if (await test()) return true;
      await mesh.advance(1);
      await mesh.heal();
      return false;
    },
    PATIENCE_SECONDS,
  );
}

/** Waits at most so many seconds. */
async function calm(mesh: SoakMesh, seconds: number, test: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    if (await test()) return;
    await mesh.advance(1);
  }
}
