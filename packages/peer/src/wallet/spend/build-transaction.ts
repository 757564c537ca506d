import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { Input, Output, TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { compactSizeLength } from "@compeer/protocol/bytes/writer";
import { type RandomBelow, shuffled } from "@compeer/protocol/crypto/shuffle";
import { dustThreshold } from "@compeer/protocol/policy/dust";
import { feeAt } from "@compeer/protocol/policy/fee-rate";
import {
  MAX_STANDARD_WEIGHT,
  MIN_STANDARD_NON_WITNESS_SIZE,
} from "@compeer/protocol/policy/limits";
import { changeTarget } from "@compeer/protocol/wallet/select-change";
import type { SelectableCoin } from "@compeer/protocol/wallet/select-coin";
import type { SelectionRules } from "@compeer/protocol/wallet/select-coins";
import { selectCoins } from "@compeer/protocol/wallet/select-coins";
import {
  type Selection,
  selectedBumpFees,
  selectedChange,
  selectedValue,
} from "@compeer/protocol/wallet/select-result";
import type { Wallet } from "../wallet.ts";
import {
  lockTimeAgainstSniping,
  SEQUENCE_NONFINAL,
  SEQUENCE_REPLACEABLE,
} from "./anti-fee-sniping.ts";
import { availableCoins, type CoinSource } from "./available-coins.ts";
import { combinedBumpFee } from "./bump-fees.ts";
import { checkChainLimits } from "./chain-limits.ts";
import { checkRate, discardRate, type RateVerdict, spendRate } from "./fee-rates.ts";
import { inputSize, outputSize, signedSize } from "./input-sizes.ts";
import { preselectedCoins } from "./preselected-coins.ts";
import type { SpendControl } from "./spend-control.ts";

/** Input that spends P2SH-P2WPKH: what change is taken for that the wallet cannot spend. */
const NESTED_INPUT_SIZE = 91;
const NO_SCRIPT = new Uint8Array(0);

export interface Recipient {
  readonly script: Uint8Array;
  readonly value: Sats;
  /** Whether this one pays (its share of) the fee. */
  readonly subtractFee: boolean;
}

/** A transaction without signatures. */
export interface BuiltTransaction {
  readonly tx: TransactionBody;
  readonly fee: Sats;
  /** Output that is change; null when there is none. */
  readonly changePosition: number | null;
  readonly rate: RateVerdict;
  readonly selection: Selection;
  /** What the inputs spend, in their order. */
  readonly spent: readonly Output[];
  /** Once signed, at most. */
  readonly vsize: number;
  readonly weight: number;
}

/** The transaction, or why there is none, in Core's words. */
export type BuildVerdict = BuiltTransaction | { readonly error: string };

/** Where change may go: a script, or why there is none. */
export type ChangeScript = { readonly script: Uint8Array } | { readonly error: string };

/** Chooses coins for payments and puts the transaction together. Core: CreateTransactionInternal. */
export function buildTransaction(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: SpendControl,
  change: ChangeScript,
  changePosition: number | null,
  random: RandomBelow,
  coins: CoinSource = availableCoins,
): BuildVerdict {
  const limits = checkLimits(wallet, recipients, control);
  if (limits !== null) return { error: limits };
  const rate = spendRate(wallet, control);
  const rateFault = checkRate(control, rate);
  if (rateFault !== null) return { error: rateFault };
  const changeScript = "script" in change ? change.script : NO_SCRIPT;
  const terms = selectionTerms(wallet, recipients, control, changeScript, rate.rate, random);
  const { target, rules } = terms;
  if (target === 0 && !control.hasSelected)
    return {
      error:
        "Transaction requires one destination of non-zero value, a non-zero feerate, or a pre-selected input",
    };
  const preselected = preselectedCoins(wallet, control, rules);
  if (typeof preselected === "string") return { error: preselected };
  const available = control.allowOthers ? coins(wallet, control, rules) : [];
  const verdict = selectCoins(preselected, available, target, rules);
  if ("error" in verdict) return { error: verdict.error || "Insufficient funds" };
  const { selection, waste } = verdict;
  const amount = selectedChange(selection, rules);
  if (amount > 0 && "error" in change) return { error: change.error };
  const placed = placeOutputs(recipients, changeScript, amount, changePosition, random);
  if (placed === null) return { error: "Transaction change output index out of range" };
  return finish(wallet, recipients, control, { selection, waste, rules, rate, ...placed });
}

function checkLimits(
  { mempool }: Wallet,
  recipients: readonly Recipient[],
  { maxWeight }: SpendControl,
): string | null {
  const least = MIN_STANDARD_NON_WITNESS_SIZE * 4;
  if (maxWeight !== null && (maxWeight < least || maxWeight > MAX_STANDARD_WEIGHT))
    return `Maximum transaction weight must be between ${least} and ${MAX_STANDARD_WEIGHT}`;
  const { dustRate } = mempool.options;
  const hasDust = recipients.some(({ script, value }) => value < dustThreshold(script, dustRate));
  return hasDust ? "Transaction amount too small" : null;
}

/** What the coins have to cover, and how they are judged. */
function selectionTerms(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: SpendControl,
  changeScript: Uint8Array,
  feeRate: Sats,
  random: RandomBelow,
): { target: Sats; rules: SelectionRules } {
  const { options, mempool } = wallet;
  const subtractFee = recipients.some((each) => each.subtractFee);
  // Version, lock time, marker, flag, and counts of inputs and outputs.
  let baseSize = 10 + compactSizeLength(recipients.length);
  let paid = 0;
  for (const { script, value } of recipients) {
    baseSize += outputSize(script);
    paid += value;
  }
  const discard = discardRate(wallet);
  const changeOutputSize = outputSize(changeScript);
  const changeSpendFee = feeAt(discard, inputSize(wallet, changeScript, null) ?? NESTED_INPUT_SIZE);
  const changeFee = feeAt(feeRate, changeOutputSize);
  const rules: SelectionRules = {
    random,
    feeRate,
    longTermRate: options.consolidateRate,
    changeFee,
    costOfChange: changeSpendFee + changeFee,
    minViableChange: Math.max(changeSpendFee + 1, dustThreshold(changeScript, discard)),
    changeTarget: changeTarget(Math.floor(paid / recipients.length), changeFee, random),
    baseSize,
    changeOutputSize,
    maxWeight: control.maxWeight ?? MAX_STANDARD_WEIGHT,
    subtractFee,
    combinedBumpFee: (coins) =>
      combinedBumpFee(
        mempool,
        coins.map(({ prevout }) => prevout),
        feeRate,
      ),
    version: control.version,
    allowOthers: control.allowOthers,
    avoidPartialSpends: control.avoidPartialSpends,
    includeUnsafe: control.includeUnsafe,
    spendUnconfirmedChange: options.spendsUnconfirmedChange,
    maxAncestors: options.maxAncestors,
    maxDescendants: options.maxDescendants,
    rejectLongChains: options.rejectsLongChains,
  };
  return { target: paid + (subtractFee ? 0 : feeAt(feeRate, baseSize)), rules };
}

interface Placed {
  readonly outputs: readonly Output[];
  readonly changePosition: number | null;
}

/** The payments in their order, and change where it is wanted, else anywhere. */
function placeOutputs(
  recipients: readonly Recipient[],
  script: Uint8Array,
  value: Sats,
  wanted: number | null,
  random: RandomBelow,
): Placed | null {
  const outputs: Output[] = recipients.map((each) => ({ value: each.value, script: each.script }));
  if (value === 0) return { outputs, changePosition: null };
  const changePosition = wanted ?? random(outputs.length + 1);
  if (changePosition > outputs.length) return null;
  outputs.splice(changePosition, 0, { value, script });
  return { outputs, changePosition };
}

interface Draft extends Placed {
  readonly selection: Selection;
  readonly rules: SelectionRules;
  readonly rate: RateVerdict;
  readonly waste: number;
}

/** Sets inputs, lock time and the exact fee. */
function finish(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: SpendControl,
  draft: Draft,
): BuildVerdict {
  const { selection, rules, rate, changePosition } = draft;
  const coins = orderCoins(selection.coins, control, rules.random);
  const inputs = coins.map((coin) => inputOf(wallet, coin, control));
  const body = { version: control.version, inputs, outputs: draft.outputs };
  const unsigned: TransactionBody = {
    ...body,
    lockTime: lockTimeOf(wallet, control, rules.random),
  };
  const size = signedSize(wallet, unsigned, coins, control);
  if (size === null) return { error: "Missing solving data for estimating transaction size" };
  const needed = feeAt(rate.rate, size.vsize) + selectedBumpFees(selection);
  const outputs = settleFee(wallet, recipients, draft, needed);
  if (typeof outputs === "string") return { error: outputs };
  const fee = selectedValue(selection) - sum(outputs);
  if (fee < needed) throw new Error("the fee paid is below the fee needed");
  if (size.weight > MAX_STANDARD_WEIGHT) return { error: "Transaction too large" };
  if (fee > wallet.options.maxFee)
    return { error: "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)" };
  const { options, mempool } = wallet;
  const prevouts = coins.map(({ prevout }) => prevout);
  const crowd = options.rejectsLongChains ? checkChainLimits(mempool, prevouts, size.weight) : null;
  if (crowd !== null) return { error: crowd };
  wallet.log(`Coin Selection: Algorithm:${selection.algorithm}, Waste Metric Score:${draft.waste}`);
  const tx = { ...unsigned, outputs };
  return { tx, fee, changePosition, rate, selection, spent: coins, ...size };
}

/** In an order drawn by lot, but selected ones first and as they were selected. */
function orderCoins(
  coins: readonly SelectableCoin[],
  control: SpendControl,
  random: RandomBelow,
): SelectableCoin[] {
  const order = new Map(control.selected.map((input, position) => [input, position]));
  const place = ({ prevout }: SelectableCoin): number => {
    const input = control.selection(prevout);
    return (input && order.get(input)) ?? Number.MAX_SAFE_INTEGER;
  };
  return shuffled(coins, random).sort((a, b) => place(a) - place(b));
}

function inputOf({ options }: Wallet, { prevout }: SelectableCoin, control: SpendControl): Input {
  const chosen = control.selection(prevout);
  const replaceable = control.replaceable ?? options.signalsReplacement;
  const sequence = chosen?.sequence ?? (replaceable ? SEQUENCE_REPLACEABLE : SEQUENCE_NONFINAL);
  return { prevout, sequence, script: chosen?.script ?? NO_SCRIPT, witness: chosen?.witness ?? [] };
}

function lockTimeOf(wallet: Wallet, control: SpendControl, random: RandomBelow): number {
  if (control.lockTime !== null && control.lockTime !== 0) return control.lockTime;
  const hasSequence = control.selected.some(({ sequence }) => sequence !== null);
  if (control.lockTime !== null || hasSequence) return 0;
  return lockTimeAgainstSniping(wallet, random);
}

function sum(outputs: readonly Output[]): Sats {
  return outputs.reduce((total, { value }) => total + value, 0);
}

/** Gives to change what the inputs pay too much, or takes the fee off what is paid. */
function settleFee(
  { mempool }: Wallet,
  recipients: readonly Recipient[],
  { selection, rules, outputs, changePosition }: Draft,
  needed: Sats,
): Output[] | string {
  const settled = [...outputs];
  const excess = selectedValue(selection) - sum(outputs) - needed;
  if (changePosition !== null && excess > 0) {
    const change = settled[changePosition] as Output;
    settled[changePosition] = { ...change, value: change.value + excess };
    return settled;
  }
  if (!rules.subtractFee) return settled;
  const payers = recipients.filter((each) => each.subtractFee).length;
  let isFirst = true;
  for (const [place, recipient] of recipients.entries()) {
    if (!recipient.subtractFee) continue;
    const position = changePosition !== null && place >= changePosition ? place + 1 : place;
    const output = settled[position] as Output;
    const share = Math.trunc(-excess / payers) + (isFirst ? -excess % payers : 0);
    isFirst = false;
    const value = output.value - share;
    if (value < dustThreshold(output.script, mempool.options.dustRate))
      return value < 0
        ? "The transaction amount is too small to pay the fee"
        : "The transaction amount is too small to send after the fee has been deducted";
    settled[position] = { ...output, value };
  }
  return settled;
}
