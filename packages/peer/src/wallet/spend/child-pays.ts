import type { OutPoint } from "@compeer/protocol/bitcoin/transaction";
import type { WalletCoin, WalletTransaction } from "../ledger.ts";
import type { Wallet } from "../wallet.ts";
import type { BuildVerdict } from "./build-transaction.ts";
import { changeTypeFor } from "./change-type.ts";
import { createTransaction } from "./create-transaction.ts";
import type { SpendControl } from "./spend-control.ts";

/**
 * A child that spends our largest output of an unconfirmed transaction back to us and pays for both: the
 * parent is mined for the child's fee.
 */
export async function payForParent(
  wallet: Wallet,
  parent: WalletTransaction,
  wanted: SpendControl,
): Promise<BuildVerdict> {
  const coin = largestCoin(wallet, parent);
  if (coin === null)
    return { error: "No unspent output of the transaction belongs to this wallet" };
  const { txid, index, value } = coin;
  const prevout: OutPoint = { txid, index };
  const control = wanted.with((copy) => {
    copy.select(prevout);
    copy.allowOthers = false;
    copy.includeUnsafe = true;
    copy.version = parent.view().version === 3 ? 3 : 2;
  });
  const script = await wallet.newChangeScript(changeTypeFor(wallet, null, []));
  const verdict = await createTransaction(
    wallet,
    [{ script, value, subtractFee: true }],
    control.with((copy) => {
      copy.changeScript = script;
    }),
  );
  if ("error" in verdict) wallet.returnChange(script);
  return verdict;
}

function largestCoin(wallet: Wallet, parent: WalletTransaction): WalletCoin | null {
  let largest: WalletCoin | null = null;
  for (const coin of wallet.ledger.coins())
    if (coin.transaction === parent && coin.value > (largest?.value ?? 0)) largest = coin;
  return largest;
}
