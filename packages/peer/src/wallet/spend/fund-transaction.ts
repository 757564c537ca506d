import type { TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import type { Wallet } from "../wallet.ts";
import type { BuildVerdict, Recipient } from "./build-transaction.ts";
import { createTransaction } from "./create-transaction.ts";
import { findCoin } from "./find-coins.ts";
import type { SpendControl } from "./spend-control.ts";

/** What a caller wants beside payments and inputs. */
export interface FundOptions {
  readonly changePosition: number | null;
  /** Whether the coins chosen are locked, so that nothing else spends them. */
  readonly lockCoins: boolean;
}

/**
 * Adds inputs and change to a transaction that has inputs already, or none. Core: FundTransaction.
 *
 * @param tx its version, lock time and inputs count; what it pays is in `recipients`
 */
export async function fundTransaction(
  wallet: Wallet,
  tx: TransactionBody,
  recipients: readonly Recipient[],
  control: SpendControl,
  { changePosition, lockCoins }: FundOptions,
): Promise<BuildVerdict> {
  const funded = control.with((copy) => {
    copy.lockTime = tx.lockTime;
    copy.version = tx.version;
  });
  for (const { prevout, sequence, script, witness } of tx.inputs) {
    const facts = { sequence, script, witness };
    if (wallet.ledger.output(prevout.txid, prevout.index) !== undefined) {
      funded.select(prevout, facts);
      continue;
    }
    const coin = await findCoin(wallet, prevout);
    if (coin === null) return { error: "Unable to find UTXO for external input" };
    funded.select(prevout, { ...facts, output: { value: coin.value, script: coin.script } });
  }
  funded.selectWeighed();
  const verdict = await createTransaction(wallet, recipients, funded, changePosition);
  if (lockCoins && !("error" in verdict))
    for (const { prevout } of verdict.tx.inputs) await wallet.lockCoin(prevout, false);
  return verdict;
}
