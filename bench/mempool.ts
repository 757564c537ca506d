import { Mempool } from "@compeer/peer/mempool/mempool";
import { DEFAULT_MEMPOOL_OPTIONS } from "@compeer/peer/mempool/mempool-options";
import { draft, Ledger } from "@compeer/peer/mempool/testing/ledger";
import { assemble, DEFAULT_ASSEMBLE_OPTIONS } from "@compeer/peer/mining/assemble";
import { runAtOnce } from "@compeer/peer/mining/steps";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";

const COIN = 100_000_000;
const PAIRS = 5_000;

/** One line a case: transactions accepted a second, then ms for a template. No signatures are checked. */
async function main(): Promise<void> {
  const ledger = new Ledger();
  const log = { info: () => {}, debug: () => {}, error: () => {} };
  const clock = { now: () => 1_700_000_000 };
  const mempool = new Mempool({ chain: ledger, clock, log }, DEFAULT_MEMPOOL_OPTIONS);
  const coins = ledger.fund(new Array(PAIRS).fill(COIN));
  const txs = coins.flatMap((coin, i) => {
    const parent = draft([coin], [COIN - 1000 - (i % 997)]);
    const spend = { txid: transactionId(parent), index: 0 };
    return [parent, draft([spend], [COIN - 3000 - (i % 2003)])];
  });
  const start = performance.now();
  for (const tx of txs) await mempool.submit(tx);
  report("accept", `${Math.round((txs.length * 1000) / (performance.now() - start))} tx/s`);
  for (const name of ["template, first", "template, again"]) {
    const from = performance.now();
    const steps = assemble(mempool.clusters(), ledger.tip, DEFAULT_ASSEMBLE_OPTIONS);
    const { entries } = runAtOnce(steps);
    report(name, `${(performance.now() - from).toFixed(1)} ms for ${entries.length} transactions`);
  }
}

function report(name: string, result: string): void {
  process.stdout.write(`mempool ${name}: ${result}\n`);
}

await main();
