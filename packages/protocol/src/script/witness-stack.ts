import { INPUT_WORDS } from "../bitcoin/transaction-table.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { Reader } from "../bytes/reader.ts";

/** The items of no byte and of one byte, by that byte. Items are never changed. */
const EMPTY: Uint8Array = new Uint8Array(0);
const SINGLE: readonly Uint8Array[] = Array.from({ length: 256 }, (_, i) => Uint8Array.of(i));

/** From this first byte on, a CompactSize takes more than that byte. */
const LONG = 253;

/**
 * The witness stack of an input, bottom first. Millions of tiny items fit into one block, so the
 * tiniest are shared and no item takes much more memory than the bytes it came in.
 */
export function readWitness(tx: TransactionView, input: number): Uint8Array[] {
  const { bytes } = tx;
  const items: Uint8Array[] = [];
  let at = tx.table.inputs[(tx.firstInput + input) * INPUT_WORDS + 3] as number;
  if (at === 0) return items;
  const count = bytes[at] as number;
  if (count >= LONG) return readItems(new Reader(bytes, at, tx.end), items);
  // Nearly all sizes take one byte, and for those a reader is the dearest part.
  for (at++; items.length < count; ) {
    const length = bytes[at] as number;
    if (length >= LONG) return readItems(new Reader(bytes, at, tx.end), items, count);
    items.push(itemAt(bytes, at + 1, length));
    at += 1 + length;
  }
  return items;
}

/** Appends what follows, until there are `count`, which is read first where it is not told. */
function readItems(
  reader: Reader,
  items: Uint8Array[],
  count: number = reader.compactSize(),
): Uint8Array[] {
  while (items.length < count) {
    const length = reader.compactSize();
    items.push(itemAt(reader.bytes, reader.skip(length), length));
  }
  return items;
}

function itemAt(bytes: Uint8Array, at: number, length: number): Uint8Array {
  if (length === 0) return EMPTY;
  if (length === 1) return SINGLE[bytes[at] as number] as Uint8Array;
  return bytes.subarray(at, at + length);
}
