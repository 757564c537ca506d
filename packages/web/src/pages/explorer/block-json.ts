import { blockOutline } from "../../rpc.ts";

/** What `getblockheader` tells that changes while the chain grows. */
export type HeaderJson = Pick<BlockJson, "confirmations" | "nextblockhash">;

/** A block as `getblock` with verbosity 1 gives it. */
export interface BlockJson {
  readonly hash: string;
  readonly confirmations: number;
  readonly height: number;
  readonly version: number;
  readonly versionHex: string;
  readonly merkleroot: string;
  readonly time: number;
  readonly mediantime: number;
  readonly nonce: number;
  readonly bits: string;
  readonly difficulty: number;
  readonly chainwork: string;
  readonly nTx: number;
  readonly previousblockhash?: string;
  readonly nextblockhash?: string;
  readonly size: number;
  readonly strippedsize: number;
  readonly weight: number;
  readonly tx: readonly string[];
}

/** What a block's list and picture need of one of its transactions. */
export interface BlockTransaction {
  readonly txid: string;
  readonly weight: number;
  readonly rate: number | null;
  readonly value: number;
  readonly isCoinbase: boolean;
}

export interface BlockContent {
  readonly transactions: readonly BlockTransaction[];
  /** Script of the coinbase's input in hex, where miners write what they like. */
  readonly coinbase: string;
}

/** Fetches what is shown of a block's transactions: whole, they are ten megabytes. */
export async function loadContent({ hash, tx }: BlockJson): Promise<BlockContent> {
  const { weights, fees, values, coinbase } = await blockOutline(hash);
  const transactions = tx.map((txid, index) => {
    const weight = weights[index] ?? 0;
    const fee = fees[index] ?? null;
    const rate = fee === null ? null : (fee * 4) / weight;
    return { txid, weight, rate, value: values[index] ?? 0, isCoinbase: index === 0 };
  });
  return { transactions, coinbase };
}

/** The letters in a coinbase's script, where there are some in a row. */
export function coinbaseWords(script: string): string | null {
  const bytes = script.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  const text = String.fromCharCode(...bytes.map((byte) => (byte >= 32 && byte < 127 ? byte : 10)));
  const words = text.split("\n").filter((run) => run.length >= 4);
  return words.length === 0 ? null : words.join(" · ");
}
