import { satsOf } from "../../format.ts";
import { rpc } from "../../rpc.ts";

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
  readonly fee: number | null;
  readonly value: number;
  readonly inputs: number;
  readonly outputs: number;
}

interface TransactionJson {
  readonly txid: string;
  readonly weight: number;
  readonly fee?: number;
  readonly vin: readonly { readonly coinbase?: string }[];
  readonly vout: readonly { readonly value: number }[];
}

export interface BlockContent {
  readonly transactions: readonly BlockTransaction[];
  /** Script of the coinbase's input in hex, where miners write what they like. */
  readonly coinbase: string | null;
}

/** Fetches a block's transactions and keeps only what is shown: whole blocks are large. */
export async function loadContent(hash: string): Promise<BlockContent> {
  const block = await rpc<{ tx: readonly TransactionJson[] }>("getblock", [hash, 2]);
  const transactions = block.tx.map((tx) => {
    const fee = tx.fee === undefined ? null : satsOf(tx.fee);
    return {
      txid: tx.txid,
      weight: tx.weight,
      fee,
      rate: fee === null ? null : (fee * 4) / tx.weight,
      value: tx.vout.reduce((sum, output) => sum + satsOf(output.value), 0),
      inputs: tx.vin.length,
      outputs: tx.vout.length,
    };
  });
  return { transactions, coinbase: block.tx[0]?.vin[0]?.coinbase ?? null };
}

/** The letters in a coinbase's script, where there are some in a row. */
export function coinbaseWords(script: string): string | null {
  const bytes = script.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  const text = String.fromCharCode(...bytes.map((byte) => (byte >= 32 && byte < 127 ? byte : 10)));
  const words = text.split("\n").filter((run) => run.length >= 4);
  return words.length === 0 ? null : words.join(" · ");
}
