import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { formatAmount } from "@compeer/protocol/rpc/amount";
import { solveScript } from "@compeer/protocol/script/solver";
import type { Phrase } from "./card.ts";

const LONGEST_SCRIPT = 40;

/** `0.00010000 BTC` */
export function amountWords(sats: Sats): string {
  return `${formatAmount(sats)} BTC`;
}

/** `1,234,567` */
export function countWords(count: number): string {
  return count.toLocaleString("en-US");
}

/** `2026-01-31 12:00:00 UTC` */
export function timeWords(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

export function blockLink(hash: string, text: string = hash): Phrase {
  return { text, href: `/block/${hash}` };
}

/** @param block hash of the block it is in; without an index it is found by that */
export function transactionLink(txid: string, block?: string): Phrase {
  return { text: txid, href: `/tx/${txid}${block === undefined ? "" : `?block=${block}`}` };
}

/** The address of a script, or what kind of script it is. */
export function scriptWords(script: Uint8Array, network: Network): Phrase {
  const { type } = solveScript(script);
  const address = type === "pubkey" ? null : formatAddress(script, network);
  if (address !== null) return { text: address, href: `/address/${address}` };
  const hex = encodeHex(script.subarray(0, LONGEST_SCRIPT));
  return `${type} ${hex}${script.length > LONGEST_SCRIPT ? "…" : ""}`;
}
