import type { JSX } from "preact";
import { Badge } from "../../parts/badge.tsx";
import { type Standing as Facts, transactionWords } from "./transaction-words.ts";

const KINDS = { good: "good", waiting: "warning", bad: "bad" } as const;

/** How a transaction stands. */
export function Standing({ entry }: { readonly entry: Facts }): JSX.Element {
  const { text, kind } = transactionWords(entry);
  return <Badge kind={KINDS[kind]}>{text}</Badge>;
}
