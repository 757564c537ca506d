import type { SpentCoins } from "../bitcoin/spent-coins.ts";
import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { scriptSigops } from "../script/sigops.ts";
import { solveScript } from "../script/solver.ts";
import { isPayToScriptHash } from "../script/templates.ts";
import { lastPush } from "./last-push.ts";
import { MAX_LEGACY_SIGOPS, MAX_P2SH_SIGOPS } from "./limits.ts";

/**
 * True when every coin is of a known kind and costs few signature operations to spend; the witness is
 * not looked at. Call it behind `checkStandard`. Core: AreInputsStandard.
 */
export function hasStandardInputs(tx: TransactionView, coins: SpentCoins): boolean {
  if (legacySigops(tx, coins) > MAX_LEGACY_SIGOPS) return false;
  for (let i = 0; i < tx.inputCount; i++) {
    const { type } = solveScript(coins.script(tx.firstInput + i));
    if (type === "nonstandard" || type === "witness_unknown") return false;
    if (type !== "scripthash") continue;
    const redeemScript = lastPush(tx.inputScript(i));
    if (redeemScript === null) return false;
    if (scriptSigops(redeemScript, true) > MAX_P2SH_SIGOPS) return false;
  }
  return true;
}

/** Signature operations outside the witness that spending may run (BIP54). */
function legacySigops(tx: TransactionView, coins: SpentCoins): number {
  let sigops = 0;
  for (let i = 0; i < tx.inputCount; i++) {
    const spent = coins.script(tx.firstInput + i);
    sigops += scriptSigops(tx.inputScript(i), true);
    if (!isPayToScriptHash(spent)) sigops += scriptSigops(spent, true);
    else sigops += scriptSigops(lastPush(tx.inputScript(i)) ?? new Uint8Array(0), true);
    if (sigops > MAX_LEGACY_SIGOPS) break;
  }
  return sigops;
}
