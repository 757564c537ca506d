import { formatHash } from "@compeer/protocol/bytes/hash";
import type { Mempool } from "../../mempool/mempool.ts";
import { type Projection, projectedEntries, projectedJson } from "../events/projection.ts";
import type { Card, Phrase } from "./card.ts";
import { amountWords, countWords, transactionLink } from "./card-words.ts";

const MAX_ROWS = 100;

/** What waits for a block, and the blocks it would make. */
export function mempoolCard(mempool: Mempool, projection: Projection): Card {
  const blocks = projection.blocks();
  const rows = blocks.map((block, i): Phrase[] => {
    const { txcount, vsize, minrate, medianrate, maxrate, fees } = projectedJson(block);
    const rates = [minrate, medianrate, maxrate].map((rate) => rate.toFixed(2));
    return [String(i + 1), countWords(txcount), countWords(vsize), ...rates, amountWords(fees)];
  });
  const [next] = blocks;
  const entries = next === undefined ? [] : projectedEntries(next).slice(0, MAX_ROWS);
  return {
    title: "Mempool",
    summary: "Transactions that this peer checked and that wait for a block.",
    facts: [
      ["Transactions", countWords(mempool.size)],
      ["Size", `${countWords(mempool.bytes)} vB`],
      ["Fees", amountWords(mempool.totalFees)],
      ["Least rate", `${projection.minimum} sat/vB`],
    ],
    tables: [
      {
        title: "Next blocks, as this peer would make them",
        columns: ["#", "Transactions", "vB", "Lowest", "Median", "Highest sat/vB", "Fees"],
        rows,
        ...(rows.length === 0 ? { note: "Nothing waits." } : {}),
      },
      {
        title: "First in the next block",
        columns: ["Transaction", "vB", "sat/vB"],
        rows: entries.map(({ entry, rate }) => [
          transactionLink(formatHash(entry.txid)),
          countWords(entry.vsize),
          rate.toFixed(2),
        ]),
        ...(entries.length === 0 ? { note: "Nothing waits." } : {}),
      },
    ],
  };
}
