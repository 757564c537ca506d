import type { Network } from "@compeer/protocol/bitcoin/network";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { Chain } from "../../chain/chain.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import { feeOf } from "../rpc/transaction-json.ts";
import type { Card, CardTable, Phrase } from "./card.ts";
import {
  amountWords,
  blockLink,
  countWords,
  scriptWords,
  timeWords,
  transactionLink,
} from "./card-words.ts";
import type { FoundTransaction } from "./find-transaction.ts";

const MAX_ROWS = 200;

/** A transaction with where its coins come from and go to. */
export async function transactionCard(
  chain: Chain,
  mempool: Mempool,
  found: FoundTransaction,
): Promise<Card> {
  const { tx } = found;
  const spent =
    found.place === "block" && found.node.haveUndo
      ? await chain.readSpent(found.node, found.block)
      : null;
  return {
    title: `Transaction ${formatHash(transactionId(tx)).slice(0, 16)}…`,
    summary: stateWords(chain, found),
    facts: [
      ["Txid", formatHash(transactionId(tx))],
      ...placeFacts(found, mempool),
      ...feeFact(found, mempool, spent),
      ["Size", `${countWords(tx.totalSize)} bytes, ${countWords(Math.ceil(tx.weight / 4))} vB`],
      ["Version", String(tx.version)],
      ["Lock time", String(tx.lockTime)],
    ],
    tables: [inputTable(tx, spent, chain.network), outputTable(tx, chain.network)],
  };
}

function stateWords(chain: Chain, found: FoundTransaction): string {
  if (found.place === "mempool") return "Checked by this peer; waits for a block.";
  const { node } = found;
  if (!chain.contains(node)) return "In a block that is not on the chain with the most work.";
  const depth = chain.tip.height - node.height + 1;
  return `Checked by this peer; ${countWords(depth)} confirmation${depth === 1 ? "" : "s"}.`;
}

function placeFacts(found: FoundTransaction, mempool: Mempool): [string, Phrase][] {
  if (found.place === "block") {
    const { node, index } = found;
    const hash = formatHash(node.hash);
    return [
      ["Block", blockLink(hash, `${node.height}, transaction ${index}`)],
      ["Time", timeWords(node.time)],
    ];
  }
  const entry = mempool.get(hashKey(transactionId(found.tx)));
  return entry === undefined ? [] : [["Came", timeWords(entry.time)]];
}

function feeFact(
  { tx }: FoundTransaction,
  mempool: Mempool,
  spent: SpentCoins | null,
): [string, Phrase][] {
  if (tx.isCoinbase) return [];
  const entry = mempool.get(hashKey(transactionId(tx)));
  const fee = spent === null ? entry?.fee : feeOf(tx, spent);
  if (fee === undefined) return [];
  const rate = ((fee * 4) / tx.weight).toFixed(2);
  return [["Fee", `${amountWords(fee)}, ${rate} sat/vB`]];
}

function inputTable(tx: TransactionView, spent: SpentCoins | null, network: Network): CardTable {
  const count = Math.min(tx.inputCount, MAX_ROWS);
  const rows = Array.from({ length: count }, (_, i): Phrase[] => {
    if (tx.isCoinbase) return ["new coins", encodeHex(tx.inputScript(i)), ""];
    const txid = formatHash(tx.prevTxid(i));
    const origin = transactionLink(txid) as { text: string; href: string };
    const from = { text: `${txid}:${tx.prevIndex(i)}`, href: origin.href };
    if (spent === null) return [from, "", ""];
    const row = tx.firstInput + i;
    return [from, scriptWords(spent.script(row), network), amountWords(spent.value(row))];
  });
  return { title: "Inputs", columns: ["Coin", "Of", "Amount"], rows, ...cut(tx.inputCount, count) };
}

function outputTable(tx: TransactionView, network: Network): CardTable {
  const count = Math.min(tx.outputCount, MAX_ROWS);
  const rows = Array.from({ length: count }, (_, i): Phrase[] => [
    String(i),
    scriptWords(tx.outputScript(i), network),
    amountWords(tx.outputValue(i)),
  ]);
  return { title: "Outputs", columns: ["#", "To", "Amount"], rows, ...cut(tx.outputCount, count) };
}

function cut(count: number, shown: number): { note?: string } {
  return count > shown ? { note: `The first ${shown} of ${count}.` } : {};
}
