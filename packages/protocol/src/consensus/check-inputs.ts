import { COIN, isMoney, type Sats } from "../bitcoin/amount.ts";
import type { SpentCoins } from "../bitcoin/spent-coins.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { type TransactionFault, type TransactionFaultKind, transactionFault } from "./fault.ts";
import { COINBASE_MATURITY } from "./limits.ts";

/** The fee of a transaction, or what is wrong with its inputs. */
export type InputsVerdict = { readonly fee: Sats } | { readonly fault: TransactionFault };

/**
 * Checks that the coins exist, are mature and cover the outputs of a transaction in a block at
 * `height`; the transaction has passed `checkTransaction` and is no coinbase. Core: CheckTxInputs.
 */
export function checkInputs(tx: TransactionView, coins: SpentCoins, height: number): InputsVerdict {
  const end = tx.firstInput + tx.inputCount;
  for (let row = tx.firstInput; row < end; row++)
    if (coins.isMissing(row))
      return refused(
        "missing-inputs",
        "bad-txns-inputs-missingorspent",
        "CheckTxInputs: inputs missing/spent",
      );
  let valueIn = 0;
  for (let row = tx.firstInput; row < end; row++) {
    const depth = height - coins.height(row);
    if (coins.isCoinbase(row) && depth < COINBASE_MATURITY)
      return refused(
        "premature-spend",
        "bad-txns-premature-spend-of-coinbase",
        `tried to spend coinbase at depth ${depth}`,
      );
    const value = coins.value(row);
    valueIn += value;
    if (!isMoney(value) || !isMoney(valueIn))
      return refused("consensus", "bad-txns-inputvalues-outofrange");
  }
  const valueOut = totalOutput(tx);
  if (valueIn < valueOut)
    return refused(
      "consensus",
      "bad-txns-in-belowout",
      `value in (${formatMoney(valueIn)}) < value out (${formatMoney(valueOut)})`,
    );
  return { fee: valueIn - valueOut };
}

function refused(kind: TransactionFaultKind, reason: string, detail?: string): InputsVerdict {
  return { fault: transactionFault(kind, reason, detail) };
}

/** Sum of the outputs of a transaction that has passed `checkTransaction`. */
export function totalOutput(tx: TransactionView): Sats {
  let total = 0;
  for (let i = 0; i < tx.outputCount; i++) total += tx.outputValue(i);
  return total;
}

/** Coins with 2 to 8 decimals. Core: FormatMoney. */
function formatMoney(value: Sats): string {
  const decimals = (value % COIN)
    .toString()
    .padStart(8, "0")
    .replace(/0{1,6}$/, "");
  return `${Math.floor(value / COIN)}.${decimals}`;
}
