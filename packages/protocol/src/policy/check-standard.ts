import type { TransactionView } from "../bitcoin/transaction-view.ts";
import { isPushOnly } from "../script/script-reader.ts";
import { solveScript } from "../script/solver.ts";
import { dustOutputs } from "./dust.ts";
import {
  MAX_DUST_OUTPUTS,
  MAX_STANDARD_SCRIPT_SIG_SIZE,
  MAX_STANDARD_WEIGHT,
  type PolicyOptions,
} from "./limits.ts";

/** Why a transaction is not relayed, by itself. Core: the reasons of IsStandardTx. */
export type StandardFault =
  | "version"
  | "tx-size"
  | "scriptsig-size"
  | "scriptsig-not-pushonly"
  | "scriptpubkey"
  | "datacarrier"
  | "bare-multisig"
  | "dust";

/** First policy that `tx` breaks by itself, without a look at what it spends. Core: IsStandardTx. */
export function checkStandard(tx: TransactionView, options: PolicyOptions): StandardFault | null {
  if (tx.version < 1 || tx.version > 3) return "version";
  if (tx.weight > MAX_STANDARD_WEIGHT) return "tx-size";
  return (
    checkInputScripts(tx) ??
    checkOutputScripts(tx, options) ??
    (dustOutputs(tx, options.dustRate).length > MAX_DUST_OUTPUTS ? "dust" : null)
  );
}

function checkInputScripts(tx: TransactionView): StandardFault | null {
  for (let i = 0; i < tx.inputCount; i++) {
    if (tx.inputScriptLength(i) > MAX_STANDARD_SCRIPT_SIG_SIZE) return "scriptsig-size";
    if (!isPushOnly(tx.inputScript(i))) return "scriptsig-not-pushonly";
  }
  return null;
}

function checkOutputScripts(tx: TransactionView, options: PolicyOptions): StandardFault | null {
  let dataLeft = options.maxDataCarrier ?? 0;
  for (let i = 0; i < tx.outputCount; i++) {
    const { type, solutions } = solveScript(tx.outputScript(i));
    if (type === "nonstandard") return "scriptpubkey";
    if (type === "multisig" && !isSmallMultisig(solutions)) return "scriptpubkey";
    if (type === "multisig" && !options.permitBareMultisig) return "bare-multisig";
    if (type !== "nulldata") continue;
    dataLeft -= tx.outputScriptLength(i);
    if (dataLeft < 0) return "datacarrier";
  }
  return null;
}

/** Up to three keys; the solver gives the counts first and last. */
function isSmallMultisig(solutions: readonly Uint8Array[]): boolean {
  const needed = solutions[0]?.[0] ?? 0;
  const keys = solutions[solutions.length - 1]?.[0] ?? 0;
  return keys >= 1 && keys <= 3 && needed >= 1 && needed <= keys;
}
