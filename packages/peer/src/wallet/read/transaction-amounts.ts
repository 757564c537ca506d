import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { Wallet } from "../wallet.ts";
import type { WalletTransaction } from "../wallet-transaction.ts";

/** One output of a transaction, as the history tells it. */
export interface HistoryOutput {
  readonly index: number;
  readonly value: Sats;
  readonly script: Uint8Array;
  readonly address: string | null;
}

/** What a transaction means to the wallet. Core: CachedTxGetAmounts. */
export interface TransactionAmounts {
  /** 0 when the wallet paid nothing. */
  readonly fee: Sats;
  /** Outputs that the wallet paid, change apart; empty when it paid nothing. */
  readonly sent: readonly HistoryOutput[];
  /** Outputs that pay the wallet, change apart. */
  readonly received: readonly HistoryOutput[];
}

/**
 * True for an output of the wallet to which no address with a label leads: nobody was ever told it, so
 * that only the wallet itself can have paid to it. Core: ScriptIsChange.
 */
export function isChange(wallet: Wallet, script: Uint8Array): boolean {
  if (wallet.find(script) === null) return false;
  const address = formatAddress(script, wallet.network);
  return address === null || wallet.labels.get(address) === undefined;
}

export function transactionAmounts(
  wallet: Wallet,
  transaction: WalletTransaction,
  withChange = false,
): TransactionAmounts {
  const debit = wallet.ledger.debit(transaction);
  const sent: HistoryOutput[] = [];
  const received: HistoryOutput[] = [];
  const view = transaction.view();
  let total = 0;
  for (let index = 0; index < view.outputCount; index++) {
    const value = view.outputValue(index);
    const script = view.outputScript(index);
    total += value;
    const isOurs = wallet.find(script) !== null;
    if (debit > 0 ? !withChange && isChange(wallet, script) : !isOurs) continue;
    const output = { index, value, script, address: formatAddress(script, wallet.network) };
    if (debit > 0) sent.push(output);
    if (isOurs) received.push(output);
  }
  return { fee: debit > 0 ? debit - total : 0, sent, received };
}
