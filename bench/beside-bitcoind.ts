// Start-up and sync of this peer beside bitcoind's, in one run.
//   node bench/dist/beside-bitcoind.js --bitcoind PATH --chain FILE [--rows startup,sync,skip,rescan] [--runs 3]
// FILE holds regtest blocks as -loadblock reads them; a bitcoind serves it to both from this machine.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { NodeProcess } from "./node-process.ts";
import { median } from "./report.ts";

const OURS = fileURLToPath(new URL("../../packages/peer/bin/compeerd", import.meta.url));

interface Figures {
  readonly [name: string]: number;
}

const { COMPEER_BITCOIND = "", COMPEER_CHAIN = "" } = process.env;

const { values } = parseArgs({
  options: {
    bitcoind: { type: "string", default: COMPEER_BITCOIND },
    chain: { type: "string", default: COMPEER_CHAIN },
    rows: { type: "string", default: "startup,sync" },
    runs: { type: "string", default: "3" },
  },
});
const { bitcoind, chain } = values;
if (!existsSync(bitcoind)) throw new Error("name a bitcoind with --bitcoind PATH");
const runs = Number(values.runs);

function print(row: string, ours: readonly Figures[], theirs: readonly Figures[]): void {
  for (const name of Object.keys(ours[0] ?? {})) {
    const mine = median(ours.map((figures) => figures[name] ?? 0));
    const other = median(theirs.map((figures) => figures[name] ?? 0));
    const line = [mine.toFixed(2), other.toFixed(2), (mine / other).toFixed(2)];
    process.stdout.write(
      `${`${row} ${name}`.padEnd(34)}${line.map((text) => text.padStart(10)).join("")}\n`,
    );
  }
}

async function startup(program: string): Promise<Figures> {
  const node = await NodeProcess.start(program, ["-listen=0", "-connect=0"]);
  const firstAnswerMs = node.ageMs;
  await node.stop();
  return { "first answer, ms": firstAnswerMs };
}

async function sync(
  program: string,
  from: NodeProcess,
  options: readonly string[],
): Promise<Figures> {
  const height = Number(await from.rpc("getblockcount"));
  const node = await NodeProcess.start(program, [
    "-listen=0",
    `-connect=127.0.0.1:${from.port}`,
    "-par=2",
    ...options,
  ]);
  await node.waitForHeight(height);
  const seconds = node.ageMs / 1000;
  const { cpuSeconds, peakMib } = node.usage();
  await node.stop();
  return { "wall, s": seconds, "cpu, s": cpuSeconds, "peak RSS, MiB": peakMib };
}

/** How long a new wallet takes to look through a chain on disk in which nothing is its own. */
async function rescan(program: string): Promise<Figures> {
  const node = await NodeProcess.start(program, [
    `-loadblock=${chain}`,
    "-assumevalid=0",
    "-connect=0",
    "-listen=0",
  ]);
  await waitForImport(node);
  await node.rpc("createwallet", "bench");
  const start = performance.now();
  const before = node.usage().cpuSeconds;
  await node.rpc("rescanblockchain");
  const seconds = (performance.now() - start) / 1000;
  const cpuSeconds = node.usage().cpuSeconds - before;
  await node.stop();
  return { "wall, s": seconds, "cpu, s": cpuSeconds };
}

/** Until it stands still for three seconds. */
async function waitForImport(node: NodeProcess): Promise<void> {
  while ((await node.rpc("getblockcount")) === 0)
    await new Promise((next) => setTimeout(next, 200));
  for (let before = -1, now = 0; now !== before; ) {
    before = now;
    await new Promise((next) => setTimeout(next, 3000));
    now = Number(await node.rpc("getblockcount"));
  }
}

/** Runs a row for both programs in turn. */
async function compare(row: string, measure: (program: string) => Promise<Figures>): Promise<void> {
  const ours: Figures[] = [];
  const theirs: Figures[] = [];
  for (let run = 0; run < runs; run++) {
    ours.push(await measure(OURS));
    theirs.push(await measure(bitcoind));
  }
  print(row, ours, theirs);
}

const rows = values.rows.split(",");
process.stdout.write(`${"".padEnd(34)}      ours  bitcoind     ratio\n`);
if (rows.includes("startup")) await compare("start-up", startup);
if (rows.includes("rescan")) await compare("rescan", rescan);
if (rows.includes("sync") || rows.includes("skip")) {
  if (!existsSync(chain)) throw new Error("name a file of blocks with --chain FILE");
  const source = await NodeProcess.start(bitcoind, [
    `-loadblock=${chain}`,
    "-connect=0",
    "-listen=1",
  ]);
  await waitForImport(source);
  const tip = await source.rpc("getbestblockhash");
  if (rows.includes("sync"))
    await compare("sync", (program) => sync(program, source, ["-assumevalid=0"]));
  if (rows.includes("skip"))
    await compare("sync, scripts skipped", (program) =>
      sync(program, source, [`-assumevalid=${tip}`]),
    );
  await source.stop();
}
