import assert from "node:assert/strict";
import { it } from "node:test";
import { SimulatedCommunity } from "../simulator/simulated-community.ts";

const { COMPEER_SEED = "1", COMPEER_SIMULATED_PEERS = "40" } = process.env;
/** Addresses that each peer knows at first. */
const KNOWN = 20;
/** Simulated time to find connections, ms. */
const SETTLING_MS = 60_000;
/** Simulated time between two blocks, and for one to spread, ms. */
const BLOCK_MS = 20_000;
const BLOCKS = 5;

for (const share of [0.1, 0.3, 0.5])
  it(`when ${100 * share} % of all peers fail at once, blocks reach the rest`, async (t) => {
    const size = Number(COMPEER_SIMULATED_PEERS);
    const community = await SimulatedCommunity.start(Number(COMPEER_SEED), size, KNOWN);
    await community.simulation.run(SETTLING_MS);
    const links = community.peers.map((peer) => peer.net.peers().length);
    community.killShare(share);
    const reached: number[] = [];
    for (let i = 0; i < BLOCKS; i++) {
      reached.push(await community.spread(BLOCK_MS));
      await community.simulation.run(BLOCK_MS);
    }
    t.diagnostic(
      `${size} peers with ${Math.min(...links)} to ${Math.max(...links)} links; after ${100 * share} % failed the blocks reached ${reached.map((part) => `${Math.round(100 * part)} %`).join(", ")} of the rest within ${BLOCK_MS / 1000} s`,
    );
    assert.ok(Math.min(...reached) >= 0.99, reached.join());
    await community.close();
  });
