import { MAX_MONEY, type Sats } from "../bitcoin/amount.ts";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { encodeTransaction, type Output } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { ratePerKvb } from "../policy/fee-rate.ts";
import { adjustedWeight, virtualSize } from "../policy/virtual-size.ts";
import { STANDARD_FLAGS } from "../script/flags.ts";
import { sigopCost } from "../script/sigops.ts";
import { isUnspendable } from "../script/templates.ts";
import type { Psbt, PsbtInput } from "./psbt.ts";
import { psbtCoin, psbtContext } from "./psbt-coins.ts";
import { DUMMY_SIGNATURE_MAKER } from "./psbt-dummy-signer.ts";
import { KnownKeys } from "./psbt-known-keys.ts";
import { isSignedWell, signPsbtInput } from "./psbt-sign-input.ts";
import type { MissingParts } from "./psbt-solve-input.ts";

/** Who has to see a PSBT next (BIP174), in the order of the work. */
const PSBT_ROLES = ["creator", "updater", "signer", "finalizer", "extractor"] as const;
type PsbtRole = (typeof PSBT_ROLES)[number];

interface InputAnalysis {
  readonly hasCoin: boolean;
  readonly isFinal: boolean;
  readonly missing: MissingParts | null;
  readonly next: PsbtRole;
}

export interface PsbtAnalysis {
  readonly inputs: readonly InputAnalysis[];
  readonly next: PsbtRole;
  readonly vsize: number | null;
  /** Per 1,000 virtual bytes. */
  readonly feeRate: Sats | null;
  /** Null when not all coins are known. */
  readonly fee: Sats | null;
  /** Why it can never be a good transaction, in Core's words. */
  readonly error: string | null;
}

/** How far a PSBT is and what it lacks. Core: AnalyzePSBT. */
export function analyzePsbt(psbt: Psbt): PsbtAnalysis {
  let total = 0;
  for (let i = 0; i < psbt.inputs.length; i++) {
    const coin = psbtCoin(psbt, i);
    if (coin === null) continue;
    total += coin.value;
    if (!isMoney(coin.value) || !isMoney(total))
      return invalid(`PSBT is not valid. Input ${i} has invalid value`);
    if (isUnspendable(coin.script))
      return invalid(`PSBT is not valid. Input ${i} spends unspendable output`);
  }
  const inputs = analyzeInputs(psbt);
  const next = inputs.reduce<PsbtRole>((role, each) => earlier(role, each.next), "extractor");
  const known = { inputs, next, vsize: null, feeRate: null, fee: null, error: null };
  if (inputs.some(({ hasCoin }) => !hasCoin)) return known;
  const paid = sumOf(psbt.tx.outputs);
  if (paid === null) return invalid("PSBT is not valid. Output amount invalid");
  const fee = total - paid;
  const vsize = estimateSize(psbt);
  if (vsize === null) return { ...known, fee };
  return { ...known, fee, vsize, feeRate: ratePerKvb(fee, vsize) };
}

function invalid(error: string): PsbtAnalysis {
  return { inputs: [], next: "creator", vsize: null, feeRate: null, fee: null, error };
}

function isMoney(value: Sats): boolean {
  return value >= 0 && value <= MAX_MONEY;
}

function earlier(a: PsbtRole, b: PsbtRole): PsbtRole {
  return PSBT_ROLES.indexOf(a) < PSBT_ROLES.indexOf(b) ? a : b;
}

/** Null when a value, or the sum, is no amount. */
function sumOf(outputs: readonly Output[]): Sats | null {
  let sum = 0;
  for (const { value } of outputs) {
    sum += value;
    if (!isMoney(value) || !isMoney(sum)) return null;
  }
  return sum;
}

function analyzeInputs(psbt: Psbt): InputAnalysis[] {
  const context = psbtContext(psbt);
  return psbt.inputs.map((_, i): InputAnalysis => {
    if (isSignedWell(psbt, i, context))
      return { hasCoin: true, isFinal: true, missing: null, next: "extractor" };
    const hasCoin = psbtCoin(psbt, i) !== null;
    const { complete, missing } = signPsbtInput(psbt, i, context, KnownKeys.none(), {
      sighash: undefined,
      finalize: false,
    });
    if (complete) return { hasCoin, isFinal: false, missing: null, next: "finalizer" };
    return { hasCoin, isFinal: false, missing, next: roleFor(missing) };
  });
}

/** A signer when nothing but signatures is missing. */
function roleFor(missing: MissingParts | null): PsbtRole {
  if (missing === null) return "updater";
  const { keys, signatures, redeemScript, witnessScript } = missing;
  const isKnown = keys.length === 0 && redeemScript === null && witnessScript === null;
  return isKnown && signatures.length > 0 ? "signer" : "updater";
}

/** Virtual size once signed; null when some input cannot be told how. */
function estimateSize(psbt: Psbt): number | null {
  const context = psbtContext(psbt);
  const finals: PsbtInput[] = [];
  for (let i = 0; i < psbt.inputs.length; i++) {
    const { input, complete } = signPsbtInput(psbt, i, context, KnownKeys.none(), {
      sighash: undefined,
      finalize: true,
      maker: DUMMY_SIGNATURE_MAKER,
    });
    if (!complete) return null;
    finals.push(input);
  }
  const inputs = psbt.tx.inputs.map((input, i) => {
    const { finalScript, finalWitness } = finals[i] as PsbtInput;
    return { ...input, script: finalScript ?? new Uint8Array(0), witness: finalWitness ?? [] };
  });
  // Without inputs the count of outputs would be taken for the mark of a witness.
  const tx = parseTransaction(encodeTransaction({ ...psbt.tx, inputs }), inputs.length > 0);
  const coins = new SpentCoins(psbt.inputs.length);
  for (let i = 0; i < psbt.inputs.length; i++)
    coins.setCoin(i, { ...(psbtCoin(psbt, i) as Output), height: 1, coinbase: false });
  return virtualSize(adjustedWeight(tx.weight, sigopCost(tx, coins, STANDARD_FLAGS), SIGOP_BYTES));
}

/** Virtual bytes that a signature operation stands for. Core: DEFAULT_BYTES_PER_SIGOP. */
const SIGOP_BYTES = 20;
