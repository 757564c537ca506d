import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";

/** Entry, its places in three indexes, and its node in the graph. */
const ENTRY_BYTES = 640;
/** The same for a transaction that only waits in a list. */
const LISTED_BYTES = 304;
const INPUT_BYTES = 104;
/** Its place in the index of spent outpoints. */
const SPENDER_BYTES = 64;
const OUTPUT_BYTES = 48;
/** Scripts up to this length lie within their input or output. */
const INLINE_SCRIPT = 36;

/**
 * Bytes of memory that an entry is counted with against -maxmempool. It follows what Core counts for
 * its own structures, so that the same limit holds about the same transactions.
 */
export function memoryUsage(tx: TransactionView): number {
  return ENTRY_BYTES + tx.inputCount * SPENDER_BYTES + partBytes(tx);
}

/** The same for a transaction out of a disconnected block. Core: DisconnectedBlockTransactions. */
export function listedUsage(tx: TransactionView): number {
  return LISTED_BYTES + partBytes(tx);
}

function partBytes(tx: TransactionView): number {
  let usage = 0;
  for (let i = 0; i < tx.inputCount; i++) {
    usage += INPUT_BYTES + scriptBytes(tx.inputScriptLength(i));
    if (tx.hasInputWitness(i))
      for (const item of tx.witness(i)) usage += 24 + allocation(item.length);
  }
  for (let i = 0; i < tx.outputCount; i++)
    usage += OUTPUT_BYTES + scriptBytes(tx.outputScriptLength(i));
  return usage;
}

function scriptBytes(length: number): number {
  return length > INLINE_SCRIPT ? allocation(length) : 0;
}

/** What malloc takes for `length` bytes on a 64-bit machine. */
function allocation(length: number): number {
  return length === 0 ? 0 : ((length + 31) >>> 4) << 4;
}
