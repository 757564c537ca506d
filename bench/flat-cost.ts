// What a block costs early and late in a long chain of equal blocks: it should not grow.
//   node bench/dist/flat-cost.js [--blocks N] [--memory]
// Each block has ten payments, each leaving one coin that nobody spends, so the coin set grows throughout.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mineBlock, pointOf, spend } from "@compeer/peer/chain/testing/mine-block";
import { type Block, blockTxid, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { feed, openChain } from "./open-chain.ts";
import { print } from "./report.ts";

const { values } = parseArgs({
  options: {
    blocks: { type: "string", default: "20000" },
    memory: { type: "boolean", default: false },
  },
});

const PARTS = 10;
const PAYMENTS = 10;
const MATURITY = 100;
/** What each payment leaves behind, satoshis. */
const LEFT_BEHIND = 1000;

const network = networkByName("regtest");
const folder = mkdtempSync(join(tmpdir(), "flat-cost-"));
try {
  await measure(mineAll(Number(values.blocks)));
} finally {
  rmSync(folder, { recursive: true });
}

/** Blocks `MATURITY` and on are alike: each payment spends the one of the block before. */
function mineAll(count: number): Uint8Array[] {
  let parent = pointOf(decodeBlock(network.genesis), 0);
  const raws: Uint8Array[] = [];
  let first: Block | undefined;
  let coins: { txid: Uint8Array; index: number }[] = [];
  let value = 2 * 100_000_000;
  for (let height = 1; height <= MATURITY + count; height++) {
    const transactions: Uint8Array[] = [];
    if (height === MATURITY + 1 && first !== undefined) {
      const outputs = new Array<number>(PAYMENTS).fill(value);
      transactions.push(spend([{ txid: blockTxid(first, 0), index: 0 }], outputs));
    } else if (height > MATURITY + 1) {
      value -= LEFT_BEHIND;
      for (const coin of coins) transactions.push(spend([coin], [value, LEFT_BEHIND]));
    }
    const block = mineBlock(parent, { transactions });
    first ??= block;
    if (height === MATURITY + 1)
      coins = Array.from({ length: PAYMENTS }, (_, index) => ({
        txid: blockTxid(block, 1),
        index,
      }));
    else if (height > MATURITY + 1)
      coins = coins.map((_, i) => ({ txid: blockTxid(block, 1 + i), index: 0 }));
    raws.push(block.raw);
    parent = pointOf(block, height);
  }
  return raws;
}

async function measure(raws: readonly Uint8Array[]): Promise<void> {
  const chain = await openChain(network, values.memory ? null : folder, {
    scriptThreads: 1,
    minimumChainWork: 0n,
  });
  const size = Math.floor((raws.length - MATURITY) / PARTS);
  await feed(chain, raws.slice(0, MATURITY), 64);
  const costs: number[] = [];
  print("blocks             us of processor a block     us of wall a block");
  for (let part = 0; part < PARTS; part++) {
    const start = MATURITY + part * size;
    const cpu = process.cpuUsage();
    const wall = performance.now();
    await feed(chain, raws.slice(start, start + size), 64);
    const { user, system } = process.cpuUsage(cpu);
    costs.push((user + system) / size);
    const elapsed = ((performance.now() - wall) * 1000) / size;
    print(
      `${`${start}–${start + size}`.padEnd(18)} ${costs[part]?.toFixed(0).padStart(16)} ${elapsed.toFixed(0).padStart(26)}`,
    );
  }
  const second = costs[1] as number;
  print(`last part over the second: ${((costs.at(-1) as number) / second).toFixed(2)}`);
  await chain.close();
}
