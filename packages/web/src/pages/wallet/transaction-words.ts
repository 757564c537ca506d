import type { HistoryEntry } from "./wallet-json.ts";

/** What is to say of a transaction in a wallet, and how it should look. */
export interface TransactionWords {
  readonly text: string;
  readonly kind: "good" | "waiting" | "bad";
}

/** What of a transaction tells how it stands. */
export type Standing = Pick<HistoryEntry, "confirmations"> & {
  readonly category?: HistoryEntry["category"];
  readonly abandoned?: boolean;
  readonly replaced_by_txid?: string;
};

/** Blocks above which nobody counts any more. */
const SETTLED = 6;

/** How a transaction of a wallet stands, in words. */
export function transactionWords(entry: Standing): TransactionWords {
  const { confirmations } = entry;
  if (entry.category === "orphan") return { text: "Its block was undone", kind: "bad" };
  if (confirmations < 0)
    return {
      text: `Impossible: another spend confirmed ${plural(-confirmations)} ago`,
      kind: "bad",
    };
  if (confirmations === 0) return unconfirmedWords(entry);
  if (entry.category === "immature")
    return { text: `Mined, ${plural(confirmations)} old of 101 to be spendable`, kind: "waiting" };
  if (confirmations < SETTLED)
    return { text: `Confirmed by ${plural(confirmations)}`, kind: "good" };
  return { text: "Confirmed", kind: "good" };
}

function unconfirmedWords({ abandoned, replaced_by_txid }: Standing): TransactionWords {
  if (replaced_by_txid !== undefined) return { text: "Replaced by another", kind: "bad" };
  if (abandoned === true) return { text: "Given up", kind: "bad" };
  return { text: "Waiting for a block", kind: "waiting" };
}

function plural(blocks: number): string {
  return blocks === 1 ? "1 block" : `${blocks} blocks`;
}

const CATEGORIES: { readonly [category in HistoryEntry["category"]]: string } = {
  send: "Sent",
  receive: "Received",
  generate: "Mined",
  immature: "Mined",
  orphan: "Mined in vain",
};

/** What a line of the history is. */
export function categoryWords(category: HistoryEntry["category"]): string {
  return CATEGORIES[category];
}
