import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { readU32 } from "@compeer/protocol/bytes/reader";
import { JsonText } from "@compeer/protocol/rpc/json";
import type { MempoolEntry } from "../mempool/mempool-entry.ts";
import type { BlockTemplate } from "./template.ts";

/** Transactions that are written in a step. */
const STEP = 64;

/** The text of an entry, and what it says of the entries before it: that differs from template to template. */
interface WrittenEntry {
  readonly depends: string;
  readonly text: string;
}

/**
 * Writes the transactions of templates for `getblocktemplate`. There are thousands of them, megabytes in
 * hex, and most are in the next template again: the text of those of the last is kept.
 */
export class TemplateTransactions {
  #written: ReadonlyMap<MempoolEntry, WrittenEntry> = new Map();
  #scale = 1;

  /**
   * In short steps.
   *
   * @param scale of signature operations: 4 before segwit
   */
  *write({ entries }: BlockTemplate, scale: number): Generator<void, JsonText> {
    const known = this.#scale === scale ? this.#written : new Map<MempoolEntry, WrittenEntry>();
    const written = new Map<MempoolEntry, WrittenEntry>();
    const before = new EarlierEntries();
    const texts: string[] = [];
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as MempoolEntry;
      const depends = before.dependsOf(entry.tx);
      let item = known.get(entry);
      if (item?.depends !== depends) item = { depends, text: writeEntry(entry, depends, scale) };
      written.set(entry, item);
      texts.push(item.text);
      before.add(entry);
      if (i % STEP === 0) yield;
    }
    this.#written = written;
    this.#scale = scale;
    return new JsonText(`[${texts.join(",")}]`);
  }
}

/** The entries that stand before another, by position from 1. */
class EarlierEntries {
  readonly #positions = new Map<string, number>();
  /** First bytes of their txids: most outpoints are of none of them, and that is seen at once. */
  readonly #beginnings = new Set<number>();

  add({ txid, txidKey }: MempoolEntry): void {
    this.#positions.set(txidKey, this.#positions.size + 1);
    this.#beginnings.add(readU32(txid, 0));
  }

  /** Positions of what a transaction spends; one for each input. */
  dependsOf(tx: TransactionView): string {
    let depends = "";
    for (let i = 0; i < tx.inputCount; i++) {
      if (!this.#beginnings.has(readU32(tx.bytes, tx.outpointAt(i)))) continue;
      const position = this.#positions.get(hashKey(tx.prevTxid(i)));
      if (position !== undefined) depends += depends === "" ? position : `,${position}`;
    }
    return depends;
  }
}

/** Joined, the text is one flat piece of memory: it is copied into many templates. */
function writeEntry(entry: MempoolEntry, depends: string, scale: number): string {
  const { tx, txid, wtxid, fee, sigopCost, weight } = entry;
  return [
    '{"data":"',
    hexOf(tx.raw),
    '","txid":"',
    idText(txid),
    '","hash":"',
    idText(wtxid),
    `","depends":[${depends}],"fee":${fee},"sigops":${sigopCost / scale},"weight":${weight}}`,
  ].join("");
}

/** An id as people write it, last byte first. */
function idText(id: Uint8Array): string {
  return hexOf(id.slice().reverse());
}

/** Buffer writes hex some twenty times as fast as `encodeHex`. */
function hexOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("hex");
}
