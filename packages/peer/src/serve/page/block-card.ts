import { blockTxid } from "@compeer/protocol/bitcoin/block";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { difficulty } from "@compeer/protocol/consensus/difficulty";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import type { Card, Phrase } from "./card.ts";
import { amountWords, blockLink, countWords, timeWords, transactionLink } from "./card-words.ts";

/** Rows of a table; the page with a script shows all. */
const MAX_ROWS = 500;
const LIST = 30;

/** A block as this peer checked it. */
export async function blockCard(chain: Chain, node: BlockNode): Promise<Card> {
  const hash = formatHash(node.hash);
  const block = node.haveData ? await chain.block(node) : null;
  const transactions = (block?.transactions ?? []).slice(0, MAX_ROWS);
  const rows = transactions.map((tx, i): Phrase[] => {
    const txid = block === null ? "" : formatHash(blockTxid(block, i));
    return [
      String(i),
      transactionLink(txid, hash),
      String(Math.ceil(tx.weight / 4)),
      amountWords(outputSum(tx)),
    ];
  });
  const note = noteOn(block?.transactions.length ?? null, rows.length);
  return {
    title: `Block ${node.height}`,
    summary: stateWords(chain, node),
    facts: [
      ["Hash", hash],
      ["Height", countWords(node.height)],
      ["Time", timeWords(node.time)],
      [
        "Before it",
        node.parent === null ? "none: the first block" : blockLink(formatHash(node.parent.hash)),
      ],
      ...nextFact(chain, node),
      ["Transactions", countWords(node.txCount)],
      ...(block === null ? [] : sizeFacts(block.raw.length, block.weight)),
      ["Difficulty", difficulty(node.bits).toPrecision(8)],
      ["Nonce", String(node.nonce)],
      ["Merkle root", formatHash(node.merkleRoot)],
    ],
    tables: [
      {
        title: "Transactions",
        columns: ["#", "Transaction", "vB", "Output"],
        rows,
        ...(note === null ? {} : { note }),
      },
    ],
  };
}

/** The last blocks of the chain, newest first. */
export function blocksCard(chain: Chain): Card {
  const rows: Phrase[][] = [];
  for (
    let node: BlockNode | null = chain.tip;
    node !== null && rows.length < LIST;
    node = node.parent
  ) {
    const hash = formatHash(node.hash);
    rows.push([
      String(node.height),
      blockLink(hash),
      timeWords(node.time),
      countWords(node.txCount),
    ]);
  }
  return {
    title: "Blocks",
    summary: `The last blocks of the chain ${chain.network.name}, as checked by this peer.`,
    facts: [],
    tables: [{ title: "Newest first", columns: ["Height", "Hash", "Time", "Transactions"], rows }],
  };
}

function stateWords(chain: Chain, node: BlockNode): string {
  if (node.isFailed) return "This peer checked it and refuses it.";
  if (!chain.contains(node)) return "Not on the chain with the most work.";
  const depth = chain.tip.height - node.height + 1;
  return `Checked by this peer; ${countWords(depth)} confirmation${depth === 1 ? "" : "s"}.`;
}

function nextFact(chain: Chain, node: BlockNode): [string, Phrase][] {
  const next = chain.contains(node) ? chain.next(node) : null;
  return next === null ? [] : [["After it", blockLink(formatHash(next.hash))]];
}

function sizeFacts(size: number, weight: number): [string, Phrase][] {
  return [
    ["Size", `${countWords(size)} bytes`],
    ["Weight", `${countWords(weight)} of 4,000,000`],
  ];
}

function noteOn(count: number | null, shown: number): string | null {
  if (count === null) return "The block's content is not on this disk.";
  return count > shown ? `The first ${shown} of ${count}.` : null;
}

function outputSum(tx: { outputCount: number; outputValue(index: number): number }): number {
  let sum = 0;
  for (let i = 0; i < tx.outputCount; i++) sum += tx.outputValue(i);
  return sum;
}
