import { INPUT_WORDS } from "../bitcoin/transaction-table.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { Reader } from "../bytes/reader.ts";

/** The items of no byte and of one byte, by that byte. Items are never changed. */
const EMPTY: Uint8Array = new Uint8Array(0);
const SINGLE: readonly Uint8Array[] = Array.from({ length: 256 }, (_, i) => Uint8Array.of(i));

/**
 * The witness stack of an input, bottom first. Millions of tiny items fit into one block, so the
 * tiniest are shared and no item takes much more memory than the bytes it came in.
 */
export function readWitness(tx: TransactionView, input: number): Uint8Array[] {
  const at = tx.table.inputs[(tx.firstInput + input) * INPUT_WORDS + 3] as number;
  const items: Uint8Array[] = [];
  if (at === 0) return items;
  const reader = new Reader(tx.bytes, at, tx.end);
  for (let left = reader.compactSize(); left > 0; left--) items.push(readItem(reader));
  return items;
}

function readItem(reader: Reader): Uint8Array {
  const length = reader.compactSize();
  if (length === 0) return EMPTY;
  if (length === 1) return SINGLE[reader.u8()] as Uint8Array;
  return reader.take(length);
}
