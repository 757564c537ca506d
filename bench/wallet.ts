// A wallet with many transactions: how long it takes to load, to tell its balance and first page of
// history, and to prepare a payment.
//   node bench/dist/wallet.js [--transactions 50000]
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mineBlock, pointOf, spend } from "@compeer/peer/chain/testing/mine-block";
import { Peer } from "@compeer/peer/peer";
import { checkAddress } from "@compeer/protocol/bitcoin/address";
import { blockTxid } from "@compeer/protocol/bitcoin/block";
import { median, print } from "./report.ts";

const { values } = parseArgs({ options: { transactions: { type: "string", default: "50000" } } });
const transactions = Number(values.transactions);
const A_BLOCK = 1000;
const ADDRESSES = 500;
const MATURITY = 100;
const VALUE = 10_000;
const ROUNDS = 9;

const directory = mkdtempSync(join(tmpdir(), "bench-wallet-"));
try {
  await run();
} finally {
  rmSync(directory, { recursive: true });
}

async function run(): Promise<void> {
  mkdirSync(join(directory, "data"));
  await using peer = await Peer.start({
    dataDirectory: join(directory, "data"),
    options: { fallbackfee: "0.0001", listen: 0 },
  });
  await peer.rpc("createwallet", "bench");
  await fill(peer);
  const balance = await peer.rpc("getbalance");
  print(`${transactions} transactions, balance ${String(balance)}, ${memory()}`);
  await peer.rpc("unloadwallet", "bench");
  print(`load                    ${await time(() => peer.rpc("loadwallet", "bench"))}`);
  await row("getbalances", () => peer.rpc("getbalances"));
  await row("first page of history", () => peer.rpc("listtransactions", "*", 50));
  await row("coins", () => peer.rpc("listunspent"));
  const target = String(await peer.rpc("getnewaddress"));
  await row("send prepared", () => peer.rpc("previewsend", [{ [target]: 0.001 }]));
  const psbt = () => peer.rpc("walletcreatefundedpsbt", [], [{ [target]: 0.001 }]);
  await row("the same as PSBT", psbt);
  print(memory());
}

/** Blocks full of payments to the wallet. */
async function fill(peer: Peer): Promise<void> {
  const scripts: Uint8Array[] = [];
  for (let i = 0; i < ADDRESSES; i++) {
    const verdict = checkAddress(String(await peer.rpc("getnewaddress")), peer.network);
    if (!("script" in verdict)) throw new Error(verdict.error);
    scripts.push(verdict.script);
  }
  const { tip } = peer.chain;
  // Blocks older than the wallet would not be looked at.
  let parent = { hash: tip.hash, height: tip.height, time: Math.floor(Date.now() / 1000) };
  const rewards: Uint8Array[] = [];
  const blocks = Math.ceil(transactions / A_BLOCK);
  for (let i = 0; i < blocks + MATURITY; i++) {
    const payments: Uint8Array[] = [];
    const reward = rewards[i - MATURITY];
    if (reward !== undefined) {
      const coins = Array.from({ length: A_BLOCK }, (_, index) => ({ txid: reward, index }));
      for (const [n, coin] of coins.entries())
        payments.push(spend([coin], [VALUE], scripts[n % ADDRESSES]));
    }
    const block = mineBlock(parent, { transactions: payments, outputs: A_BLOCK });
    const { fault } = await peer.chain.submitBlock(block, { force: true });
    if (fault !== null) throw new Error(fault.reason);
    rewards.push(blockTxid(block, 0));
    parent = pointOf(block, parent.height + 1);
  }
  // The wallet follows behind; a call that wants its newest state waits for it.
  for (;;) {
    const info = (await peer.rpc("getwalletinfo")) as { txcount: number };
    if (info.txcount >= blocks * A_BLOCK) return;
    await new Promise((next) => setTimeout(next, 50));
  }
}

async function time(call: () => Promise<unknown>): Promise<string> {
  const start = performance.now();
  await call();
  return `${(performance.now() - start).toFixed(1).padStart(8)} ms`;
}

/** First call and median of the later ones. */
async function row(name: string, call: () => Promise<unknown>): Promise<void> {
  const first = await time(call);
  const later: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    await call();
    later.push(performance.now() - start);
  }
  print(`${name.padEnd(24)}${first} first, ${median(later).toFixed(1)} ms median of ${ROUNDS}`);
}

function memory(): string {
  const { rss, heapUsed } = process.memoryUsage();
  return `RSS ${(rss / 2 ** 20).toFixed(0)} MiB, heap ${(heapUsed / 2 ** 20).toFixed(0)} MiB`;
}
