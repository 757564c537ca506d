// How fast we serve blocks to a bitcoind, beside how fast a bitcoind serves the same blocks to one.
//   node bench/dist/serve-blocks.js --bitcoind PATH --chain FILE [--tip HASH] [--runs 3]
// FILE holds regtest blocks as -loadblock takes them. Who receives skips scripts, so that who serves counts.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { NodeProcess } from "./node-process.ts";
import { median, print } from "./report.ts";

const OURS = fileURLToPath(new URL("../../packages/peer/bin/compeerd", import.meta.url));
const { COMPEER_BITCOIND = "", COMPEER_CHAIN = "" } = process.env;
const { values } = parseArgs({
  options: {
    bitcoind: { type: "string", default: COMPEER_BITCOIND },
    chain: { type: "string", default: COMPEER_CHAIN },
    runs: { type: "string", default: "3" },
    // The hash of the last block: then nobody checks scripts, and it begins sooner.
    tip: { type: "string", default: "0" },
  },
});
const { bitcoind, chain } = values;
if (!existsSync(bitcoind)) throw new Error("name a bitcoind with --bitcoind PATH");
if (!existsSync(chain)) throw new Error("name a file of blocks with --chain FILE");

const servers: NodeProcess[] = [];
try {
  const theirs = await loaded();
  servers.push(theirs);
  const height = Number(await theirs.rpc("getblockcount"));
  const tip = String(await theirs.rpc("getbestblockhash"));
  const ours = await NodeProcess.start(OURS, [`-assumevalid=${tip}`]);
  servers.push(ours);
  await ours.rpc("addnode", `127.0.0.1:${theirs.port}`, "onetry");
  await ours.waitForHeight(height);
  await compare(ours, theirs, { height, tip });
} finally {
  for (const server of servers) await server.stop();
}

/** A bitcoind that has all blocks of the file. */
async function loaded(): Promise<NodeProcess> {
  const node = await NodeProcess.start(bitcoind, [
    `-loadblock=${chain}`,
    `-assumevalid=${values.tip}`,
    "-par=2",
  ]);
  let before = -1;
  for (let height = 0; height === 0 || height !== before; ) {
    before = height;
    await new Promise((resolve) => setTimeout(resolve, 3000));
    height = Number(await node.rpc("getblockcount"));
  }
  return node;
}

async function compare(
  ours: NodeProcess,
  theirs: NodeProcess,
  { height, tip }: { readonly height: number; readonly tip: string },
): Promise<void> {
  const rates: [number[], number[]] = [[], []];
  for (let run = 0; run < Number(values.runs); run++)
    for (const [i, server] of [ours, theirs].entries()) {
      const seconds = await receive(server, height, tip);
      rates[i as 0 | 1].push(height / seconds);
    }
  const [mine, other] = [median(rates[0]), median(rates[1])];
  print(`${height} blocks to one bitcoind, medians of ${values.runs} runs`);
  print(`served by compeer ${mine.toFixed(0)} blocks/s, by bitcoind ${other.toFixed(0)} blocks/s`);
  print(`ratio ${(mine / other).toFixed(2)}`);
}

/** Seconds from the first block to the last. */
async function receive(server: NodeProcess, height: number, tip: string): Promise<number> {
  const node = await NodeProcess.start(bitcoind, ["-listen=0", `-assumevalid=${tip}`, "-par=2"]);
  const start = performance.now();
  await node.rpc("addnode", `127.0.0.1:${server.port}`, "onetry");
  await node.waitForHeight(height);
  const seconds = (performance.now() - start) / 1000;
  await node.stop();
  return seconds;
}
