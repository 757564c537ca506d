import { isMoney, type Sats } from "@compeer/protocol/bitcoin/amount";
import { parseFixedPoint } from "@compeer/protocol/rpc/amount";

/** What a typed amount is: satoshis, or what is wrong with it in one sentence. */
export type TypedAmount =
  | { readonly sats: Sats; readonly error: null }
  | { readonly sats: null; readonly error: string };

/** Reads bitcoin as people type them: `1`, `.5`, `0,25`, `1 000.5`. */
export function typedAmount(text: string): TypedAmount {
  const plain = text.replace(/[\s_\u202f\u00a0]/g, "").replace(",", ".");
  if (plain === "") return wrong("Say how much.");
  const full = plain.startsWith(".") ? `0${plain}` : plain.replace(/\.$/, "");
  if (!/^[0-9]+(\.[0-9]+)?$/.test(full)) return wrong("That is not a number.");
  if (/\.[0-9]{9}/.test(full)) return wrong("A bitcoin has eight decimals, no more.");
  const exact = parseFixedPoint(full.replace(/^0+(?=[0-9])/, ""), 8);
  if (exact === null || !isMoney(Number(exact))) return wrong("There are only 21 million.");
  if (exact === 0n) return wrong("It must be more than nothing.");
  return { sats: Number(exact), error: null };
}

/** A typed fee rate in satoshis a virtual byte, with at most three decimals; null when it is none. */
export function typedRate(text: string): number | null {
  const plain = text.trim().replace(",", ".");
  if (!/^[0-9]+(\.[0-9]{1,3})?$/.test(plain)) return null;
  const rate = Number(plain);
  return rate > 0 && rate < 1_000_000 ? rate : null;
}

function wrong(error: string): TypedAmount {
  return { sats: null, error };
}
