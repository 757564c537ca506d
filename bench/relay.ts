// How long a transaction and a block take through a line of five peers, beside the same line of bitcoinds.
//   node bench/dist/relay.js --bitcoind PATH [--rounds 10] [--line 5]
// Each peer dials the next. The first is given a transaction, or finds a block; the clock stops when the last
// has it. bitcoind waits some seconds before it announces a transaction, and so do we: privacy, not work.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { NodeProcess } from "./node-process.ts";
import { median, print } from "./report.ts";

const OURS = fileURLToPath(new URL("../../packages/peer/bin/compeerd", import.meta.url));
/** Of the witness script OP_TRUE: anyone can spend from it, and peers relay that. */
const ANYONE = "bcrt1qft5p2uhsdcdc3l2ua4ap5qqfg4pjaqlp250x7us7a8qqhrxrxfsqseac85";
const FEE = 0.0001;
/** The message that asks for what a compact block lacks. */
const ASKING = "getblocktxn";
const BLOCK_TRANSACTIONS = 20;
const MATURITY = 100;
/** Blocks whose rewards are spent. */
const REWARDS = 220;

const { COMPEER_BITCOIND = "" } = process.env;
const { values } = parseArgs({
  options: {
    bitcoind: { type: "string", default: COMPEER_BITCOIND },
    rounds: { type: "string", default: "10" },
    line: { type: "string", default: "5" },
  },
});
const rounds = Number(values.rounds);

for (const [name, program] of [
  ["compeer", OURS],
  ["bitcoind", values.bitcoind],
] as const)
  if (program !== "") await measure(name, program);

async function measure(name: string, program: string): Promise<void> {
  const nodes: NodeProcess[] = [];
  try {
    for (let i = 0; i < Number(values.line); i++)
      nodes.push(await NodeProcess.start(program, ["-whitelist=noban@127.0.0.1"]));
    await connect(nodes);
    await run(name, nodes);
  } finally {
    for (const node of nodes) await node.stop();
  }
}

async function connect(nodes: readonly NodeProcess[]): Promise<void> {
  for (const [i, node] of nodes.entries()) {
    const next = nodes[i + 1];
    if (next !== undefined) await node.rpc("addnode", `127.0.0.1:${next.port}`, "add");
  }
}

async function run(name: string, nodes: readonly NodeProcess[]): Promise<void> {
  const [first] = nodes as [NodeProcess];
  const last = nodes.at(-1) as NodeProcess;
  const hashes = (await first.rpc("generatetoaddress", MATURITY + REWARDS, ANYONE)) as string[];
  await last.waitForHeight(MATURITY + REWARDS);
  const rewards = hashes.slice(0, REWARDS);
  const transactionMs: number[] = [];
  const blockMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const txid = await spend(first, rewards.shift() as string);
    transactionMs.push(await time(() => has(last, txid)));
    for (let i = 1; i < BLOCK_TRANSACTIONS && rewards.length > rounds - round; i++)
      await spend(first, rewards.shift() as string);
    await until(async () => (await count(last)) === (await count(first)));
    const [hash] = (await first.rpc("generatetoaddress", 1, ANYONE)) as [string];
    blockMs.push(await time(async () => (await last.rpc("getbestblockhash")) === hash));
  }
  print(`${name.padEnd(10)} transaction ${row(transactionMs)}, block ${row(blockMs)}`);
  print(`${name.padEnd(10)} getblocktxn sent for ${rounds} blocks: ${await asked(nodes)} bytes`);
}

/** Gives the node a transaction that spends the reward of a block; returns its id. */
async function spend(node: NodeProcess, blockHash: string): Promise<string> {
  const { tx } = (await node.rpc("getblock", blockHash, 2)) as { tx: readonly Coinbase[] };
  const [coinbase] = tx as [Coinbase];
  const inputs = [{ txid: coinbase.txid, vout: 0 }];
  const outputs = [{ [ANYONE]: Number((coinbase.vout[0].value - FEE).toFixed(8)) }];
  const raw = (await node.rpc("createrawtransaction", inputs, outputs)) as string;
  return (await node.rpc("sendrawtransaction", withWitness(raw), 0)) as string;
}

interface Coinbase {
  readonly txid: string;
  readonly vout: readonly [{ readonly value: number }];
}

/** Marker and flag behind the version, and the witness (one item, OP_TRUE) before the lock time. */
function withWitness(hex: string): string {
  return `${hex.slice(0, 8)}0001${hex.slice(8, -8)}010151${hex.slice(-8)}`;
}

async function has(node: NodeProcess, txid: string): Promise<boolean> {
  return ((await node.rpc("getrawmempool")) as string[]).includes(txid);
}

async function count(node: NodeProcess): Promise<number> {
  return ((await node.rpc("getrawmempool")) as string[]).length;
}

async function asked(nodes: readonly NodeProcess[]): Promise<number> {
  let bytes = 0;
  for (const node of nodes)
    for (const peer of (await node.rpc("getpeerinfo")) as PeerTraffic[])
      bytes += peer.bytessent_per_msg[ASKING] ?? 0;
  return bytes;
}

interface PeerTraffic {
  readonly bytessent_per_msg: Readonly<Record<string, number>>;
}

async function time(isThere: () => Promise<boolean>): Promise<number> {
  const start = performance.now();
  await until(isThere);
  return performance.now() - start;
}

async function until(isThere: () => Promise<boolean>): Promise<void> {
  while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 2));
}

function row(ms: readonly number[]): string {
  return `median ${median(ms).toFixed(0)} ms, most ${Math.max(...ms).toFixed(0)} ms`;
}
