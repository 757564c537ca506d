import assert from "node:assert/strict";
import { it } from "node:test";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { SimulatedCommunity } from "../simulator/simulated-community.ts";

const { COMPEER_SEED = "1" } = process.env;
const SIZE = 24;
const KNOWN = 12;
const SETTLING_MS = 30_000;
const PARTED_MS = 120_000;
const HEALING_MS = 120_000;

function tips(community: SimulatedCommunity): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { chain } of community.running) {
    const tip = formatHash(chain.tip.hash);
    counts.set(tip, (counts.get(tip) ?? 0) + 1);
  }
  return counts;
}

it("each part goes on by itself, and the part with more work wins when they meet", async (t) => {
  const community = await SimulatedCommunity.start(Number(COMPEER_SEED), SIZE, KNOWN);
  const { simulation, internet, peers } = community;
  await simulation.run(SETTLING_MS);
  await community.spread(HEALING_MS);
  assert.equal(tips(community).size, 1);

  const small = new Set(peers.slice(0, SIZE / 3).map(({ host }) => host));
  internet.part(
    (host) => (small.has(host) ? 1 : 2),
    peers.map(({ host }) => host),
  );
  const [inSmall, inLarge] = [peers[0], peers[SIZE - 1]];
  for (let i = 0; i < 4; i++) {
    if (i < 2) inSmall?.mine();
    inLarge?.mine();
    await simulation.run(PARTED_MS / 4);
  }
  assert.equal(tips(community).size, 2, "one tip in each part");
  assert.equal(inSmall?.chain.tip.height, 3);
  assert.equal(inLarge?.chain.tip.height, 5);

  internet.heal();
  const healedAt = simulation.now;
  await simulation.run(HEALING_MS, () => tips(community).size === 1);
  t.diagnostic(`one tip ${Math.round(simulation.now - healedAt)} ms after the parts met`);
  assert.equal(tips(community).size, 1);
  assert.equal(inSmall?.chain.tip.height, 5);
  await community.close();
});

it("is replayed from its seed: the same links and the same course of blocks", async () => {
  const course = async (seed: number): Promise<string> => {
    const community = await SimulatedCommunity.start(seed, SIZE / 2, KNOWN / 2);
    const { simulation, peers } = community;
    const events: string[] = [];
    for (const { host, chain } of peers)
      chain.tipChanged.on(({ height }) => events.push(`${simulation.now} ${host} ${height}`));
    await simulation.run(SETTLING_MS);
    for (let i = 0; i < 3; i++) await community.spread(SETTLING_MS);
    const links = peers.map(({ net }) => net.peers().map(({ address }) => address));
    await community.close();
    return JSON.stringify({ links, events });
  };
  const first = await course(11);
  assert.equal(await course(11), first);
  assert.notEqual(await course(12), first);
});
