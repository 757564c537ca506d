import { setImmediate as nextTurn } from "node:timers/promises";
import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import type { MempoolEntry } from "./mempool-entry.ts";

/** Inputs that are looked up at a stretch; then others have their turn. */
const INPUTS_AT_ONCE = 64;

/** Confirmed coins. */
export interface ConfirmedCoins {
  /** Waits for the disk where memory has no answer. */
  getNow(txid: Uint8Array, index: number): Coin | null;
  /** Keeps at hand what a transaction spends, save coins from above `height`. */
  keepSpent(tx: TransactionView, coins: SpentCoins, height: number): void;
}

/** Unconfirmed transactions by txid key. */
export interface Unconfirmed {
  get(txidKey: string): MempoolEntry | undefined;
}

/**
 * The coins that a transaction spends, out of the mempool where the output is unconfirmed. The first that
 * is missing ends the search: an orphan with thousands of inputs costs no more than one look-up.
 *
 * @param nextHeight the height that an unconfirmed coin would be mined at
 */
export async function loadCoins(
  tx: TransactionView,
  unconfirmed: readonly Unconfirmed[],
  confirmed: ConfirmedCoins,
  nextHeight: number,
): Promise<SpentCoins> {
  const coins = new SpentCoins(tx.firstInput + tx.inputCount);
  for (let i = 0; i < tx.inputCount; i++) {
    const txid = tx.prevTxid(i);
    const parent = findUnconfirmed(hashKey(txid), unconfirmed);
    if (parent !== undefined) setOutput(coins, tx, i, parent.tx, nextHeight);
    else setConfirmed(coins, tx, i, confirmed);
    if (coins.isMissing(tx.firstInput + i)) break;
    if (i % INPUTS_AT_ONCE === INPUTS_AT_ONCE - 1) await nextTurn();
  }
  return coins;
}

export function hasAllCoins(tx: TransactionView, coins: SpentCoins): boolean {
  for (let i = 0; i < tx.inputCount; i++) if (coins.isMissing(tx.firstInput + i)) return false;
  return true;
}

function findUnconfirmed(
  txidKey: string,
  sources: readonly Unconfirmed[],
): MempoolEntry | undefined {
  for (const source of sources) {
    const entry = source.get(txidKey);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

function setOutput(
  coins: SpentCoins,
  tx: TransactionView,
  input: number,
  parent: TransactionView,
  height: number,
): void {
  const output = tx.prevIndex(input);
  if (output >= parent.outputCount) return;
  const script = parent.outputScript(output);
  const coin = { value: parent.outputValue(output), script, height, coinbase: false };
  coins.setCoin(tx.firstInput + input, coin);
}

function setConfirmed(
  coins: SpentCoins,
  tx: TransactionView,
  input: number,
  confirmed: ConfirmedCoins,
): void {
  const coin = confirmed.getNow(tx.prevTxid(input), tx.prevIndex(input));
  if (coin !== null) coins.setCoin(tx.firstInput + input, coin);
}
