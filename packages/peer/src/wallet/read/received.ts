import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { latin1 } from "../script-key.ts";
import type { Wallet } from "../wallet.ts";
import type { OwnedOutput } from "../wallet-transaction.ts";

/** What came to one address. */
export interface Received {
  readonly amount: Sats;
  /** Of the newest payment. */
  readonly confirmations: number;
  /** One for each output, in wire order. */
  readonly txids: readonly Uint8Array[];
}

export interface ReceivedOptions {
  readonly minDepth: number;
  readonly withImmature: boolean;
}

/** What came to each address of the wallet that ever was paid. Core: ListReceived. */
export function receivedByAddress(wallet: Wallet, options: ReceivedOptions): Map<string, Received> {
  const tally = new Map<string, Tally>();
  for (const output of wallet.ledger.outputs()) {
    if (!countsAsReceived(wallet, output, options)) continue;
    const { transaction, script, value } = output;
    const depth = wallet.ledger.depth(transaction);
    const key = latin1(script);
    const known = tally.get(key);
    if (known === undefined) {
      tally.set(key, { script, amount: value, confirmations: depth, txids: [transaction.txid] });
      continue;
    }
    known.amount += value;
    known.confirmations = Math.min(known.confirmations, depth);
    known.txids.push(transaction.txid);
  }
  const received = new Map<string, Received>();
  for (const each of tally.values()) {
    const address = formatAddress(each.script, wallet.network);
    if (address !== null) received.set(address, each);
  }
  return received;
}

interface Tally {
  readonly script: Uint8Array;
  amount: Sats;
  confirmations: number;
  readonly txids: Uint8Array[];
}

/** What came to some scripts together. Core: GetReceived. */
export function receivedTotal(
  wallet: Wallet,
  scripts: readonly Uint8Array[],
  options: ReceivedOptions,
): Sats {
  const wanted = new Set(scripts.map(latin1));
  let total = 0;
  for (const output of wallet.ledger.outputs())
    if (wanted.has(latin1(output.script)) && countsAsReceived(wallet, output, options))
      total += output.value;
  return total;
}

function countsAsReceived(
  { ledger }: Wallet,
  { transaction }: OwnedOutput,
  { minDepth, withImmature }: ReceivedOptions,
): boolean {
  const depth = ledger.depth(transaction);
  if (depth < minDepth) return false;
  // A coinbase without confirmation is in no block of the chain any more.
  if (transaction.isCoinbase && depth < 1) return false;
  return withImmature || !ledger.isImmature(transaction);
}
