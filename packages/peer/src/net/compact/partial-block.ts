import { type Block, type BlockIds, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { type BlockHeader, HEADER_SIZE } from "@compeer/protocol/bitcoin/header";
import { transactionId, witnessTransactionId } from "@compeer/protocol/bitcoin/transaction-id";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { Writer } from "@compeer/protocol/bytes/writer";
import { isBlockMutated } from "@compeer/protocol/consensus/check-block";
import { MAX_BLOCK_WEIGHT } from "@compeer/protocol/consensus/limits";
import type { CompactBlock } from "@compeer/protocol/wire/compact-block";
import { type ShortId, ShortIds } from "@compeer/protocol/wire/short-ids";
import { ShortIdTable } from "./short-id-table.ts";

/** Least weight of a transaction: 10 bytes without a witness. */
const MIN_TRANSACTION_WEIGHT = 40;

/** A transaction that may be in the block. */
interface Candidate {
  readonly tx: TransactionView;
  readonly wtxid: Uint8Array;
  /** Left out where it is not known. */
  readonly txid?: Uint8Array;
}

/** What we have already of transactions. */
interface Candidates {
  readonly mempool: Iterable<Candidate>;
  readonly extra: Iterable<Candidate>;
}

/** "invalid": no honest peer sends that. "failed": chance can do that; ask for the whole block. */
export type Unusable = "invalid" | "failed";

/** A block that is being put together from a compact one. Core: PartiallyDownloadedBlock. */
export class PartialBlock {
  readonly header: BlockHeader;
  /** How many transactions came from where. */
  readonly counts: { prefilled: number; mempool: number; extra: number; asked: number };
  readonly #transactions: (Candidate | null)[];
  #isSpent = false;

  private constructor(compact: CompactBlock) {
    const count = compact.shortIds.length + compact.prefilled.length;
    this.header = compact.header;
    this.#transactions = new Array<Candidate | null>(count).fill(null);
    this.counts = { prefilled: compact.prefilled.length, mempool: 0, extra: 0, asked: 0 };
  }

  /** Looks up what the block names. Core: InitData. */
  static begin(compact: CompactBlock, { mempool, extra }: Candidates): PartialBlock | Unusable {
    const partial = new PartialBlock(compact);
    if (!partial.#prefill(compact)) return "invalid";
    const table = partial.#placeIds(compact.shortIds);
    if (table === null) return "failed";
    const shortIds = new ShortIds(compact.header.raw, compact.nonce);
    const found = new Search(partial.#transactions, table, shortIds, compact.shortIds.length);
    partial.counts.mempool = found.take(mempool);
    partial.counts.extra = found.take(extra);
    partial.counts.mempool += partial.counts.extra;
    return partial;
  }

  #prefill({ prefilled, shortIds }: CompactBlock): boolean {
    const count = this.#transactions.length;
    if (count === 0 || count > MAX_BLOCK_WEIGHT / MIN_TRANSACTION_WEIGHT) return false;
    for (const [i, { position, tx }] of prefilled.entries()) {
      // No gap may be left that no short id fills.
      if (position > shortIds.length + i || isNothing(tx)) return false;
      this.#transactions[position] = { tx, wtxid: witnessTransactionId(tx) };
    }
    return true;
  }

  /** Null when two ids are alike. */
  #placeIds(ids: readonly ShortId[]): ShortIdTable | null {
    const table = new ShortIdTable(ids.length);
    let position = 0;
    for (const id of ids) {
      while (this.#transactions[position] !== null) position++;
      if (!table.add(id, position++)) return null;
    }
    return table;
  }

  /** Already tried to complete: nothing more can come of it. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Positions of what must be asked for. */
  get missing(): number[] {
    const positions: number[] = [];
    for (let i = 0; i < this.#transactions.length; i++)
      if (this.#transactions[i] === null) positions.push(i);
    return positions;
  }

  /** The block, with what was missing filled in. It can be tried once. Core: FillBlock. */
  complete(missing: readonly TransactionView[], hasWitnesses: boolean): Block | Unusable {
    const transactions: Candidate[] = [];
    let used = 0;
    for (const here of this.#transactions) {
      const tx = here?.tx ?? missing[used++];
      if (tx === undefined) return this.#spend("invalid");
      transactions.push(here ?? { tx, wtxid: witnessTransactionId(tx) });
    }
    if (used !== missing.length) return this.#spend("invalid");
    this.counts.asked = used;
    this.#spend("failed");
    const block = join(this.header, transactions);
    return block === null || isBlockMutated(block, hasWitnesses) ? "failed" : block;
  }

  #spend(outcome: Unusable): Unusable {
    this.#isSpent = true;
    this.#transactions.length = 0;
    return outcome;
  }
}

/** Fills in transactions by their short ids; two that have the same are both left out. */
class Search {
  readonly #transactions: (Candidate | null)[];
  readonly #table: ShortIdTable;
  readonly #shortIds: ShortIds;
  readonly #taken: Uint8Array;
  #left: number;

  constructor(
    transactions: (Candidate | null)[],
    table: ShortIdTable,
    shortIds: ShortIds,
    wanted: number,
  ) {
    this.#transactions = transactions;
    this.#table = table;
    this.#shortIds = shortIds;
    this.#taken = new Uint8Array(transactions.length);
    this.#left = wanted;
  }

  /** Returns how many more are there now. */
  take(candidates: Iterable<Candidate>): number {
    const before = this.#left;
    for (const candidate of candidates) {
      if (this.#left === 0) break;
      const position = this.#table.find(this.#shortIds.of(candidate.wtxid));
      if (position >= 0) this.#fill(position, candidate);
    }
    return before - this.#left;
  }

  #fill(position: number, candidate: Candidate): void {
    const present = this.#transactions[position] as Candidate | null;
    if (this.#taken[position] === 0) {
      this.#taken[position] = 1;
      this.#transactions[position] = candidate;
      this.#left--;
    } else if (present !== null && !equalBytes(present.wtxid, candidate.wtxid)) {
      this.#transactions[position] = null;
      this.#left++;
    }
  }
}

function isNothing(tx: TransactionView): boolean {
  return tx.inputCount === 0 && tx.outputCount === 0;
}

/** Null when together they are more than a block may be. */
function join(header: BlockHeader, transactions: readonly Candidate[]): Block | null {
  let size = HEADER_SIZE + 9;
  for (const { tx } of transactions) size += tx.totalSize;
  if (size > MAX_BLOCK_WEIGHT) return null;
  const writer = new Writer(size).raw(header.raw).compactSize(transactions.length);
  for (const { tx } of transactions) writer.raw(tx.raw);
  return decodeBlock(writer.finish(), idsOf(transactions));
}

/** Most are known since the transactions came: hashing them again would hold the block up. */
function idsOf(transactions: readonly Candidate[]): BlockIds {
  const txids = new Uint8Array(32 * transactions.length);
  const wtxids = new Uint8Array(32 * transactions.length);
  for (const [i, { tx, txid, wtxid }] of transactions.entries()) {
    txids.set(txid ?? transactionId(tx), 32 * i);
    if (i > 0) wtxids.set(wtxid, 32 * i);
  }
  return { txids, wtxids };
}
