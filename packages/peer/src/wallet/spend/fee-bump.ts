import type { Sats } from "@compeer/protocol/bitcoin/amount";
import type { Output, TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { feeAt, ratePerKvb } from "@compeer/protocol/policy/fee-rate";
import { virtualSize } from "@compeer/protocol/policy/virtual-size";
import { formatAmount } from "@compeer/protocol/rpc/amount";
import { RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { WalletTransaction } from "../ledger.ts";
import type { Wallet } from "../wallet.ts";
import type { Recipient } from "./build-transaction.ts";
import { combinedBumpFee } from "./bump-fees.ts";
import { createTransaction } from "./create-transaction.ts";
import { requiredRate, spendRate } from "./fee-rates.ts";
import { findCoin } from "./find-coins.ts";
import { signedSize } from "./input-sizes.ts";
import { isChangeOutput } from "./is-change-output.ts";
import { presentInputWeight } from "./present-input-weight.ts";
import type { SpendControl } from "./spend-control.ts";

/** What a replacement pays more per 1000 virtual bytes than what it replaces, at least. Core: WALLET_INCREMENTAL_RELAY_FEE. */
const WALLET_INCREMENTAL_RATE = 5_000;

/** Why a fee cannot be raised: code and words of Core. */
export interface BumpFault {
  readonly code: number;
  readonly error: string;
}

export interface BumpOptions {
  /** New outputs; those of the original when empty. */
  readonly outputs: readonly Output[];
  /** Which output of the original becomes the change; found by whose it is when null. */
  readonly changePosition: number | null;
  /** Whether every input must be the wallet's. */
  readonly requireMine: boolean;
}

/** A replacement without signatures. */
export interface Bump {
  readonly original: WalletTransaction;
  readonly tx: TransactionBody;
  readonly oldFee: Sats;
  readonly fee: Sats;
  /** What its inputs spend. */
  readonly spent: readonly Output[];
}

/** Makes a transaction that replaces another of the wallet at a higher fee. Core: CreateRateBumpTransaction. */
export async function createBump(
  wallet: Wallet,
  txid: Uint8Array,
  wanted: SpendControl,
  { outputs, changePosition, requireMine }: BumpOptions,
): Promise<Bump | BumpFault> {
  if (outputs.length > 0 && changePosition !== null)
    return fault(
      RpcErrorCode.invalidParameter,
      "The options 'outputs' and 'original_change_index' are incompatible. You can only either specify a new set of outputs, or designate a change output to be recycled.",
    );
  const original = wallet.ledger.get(hashKey(txid));
  if (original === undefined)
    return fault(RpcErrorCode.invalidAddressOrKey, "Invalid or non-wallet transaction id");
  const { tx } = original;
  if (changePosition !== null && changePosition >= tx.outputs.length)
    return fault(RpcErrorCode.invalidParameter, "Change position is out of range");
  const control = wanted.with(() => undefined);
  const spent = await selectInputs(wallet, tx, control);
  if (!Array.isArray(spent)) return spent as BumpFault;
  const precondition = checkBumpable(wallet, original, requireMine);
  if (precondition !== null) return precondition;
  const oldFee = sum(spent) - sum(tx.outputs);
  const newOutputs = outputs.length > 0 ? outputs : tx.outputs;
  const recipients = splitChange(wallet, newOutputs, changePosition, control);
  if (recipients === null)
    return fault(
      RpcErrorCode.invalidParameter,
      "Unable to create transaction. Transaction must have at least one recipient",
    );
  if (control.feeRate === null) control.feeRate = raisedRate(wallet, original, oldFee, control);
  else {
    const size = signedSize(wallet, { ...tx, outputs: newOutputs }, spent, control)?.vsize ?? 0;
    const rateFault = checkNewRate(wallet, tx, control.feeRate, size, oldFee);
    if (rateFault !== null) return rateFault;
  }
  control.allowOthers = true;
  // No new unconfirmed inputs: they could hold the replacement back (BIP125 rule 2).
  control.minDepth = 1;
  const built = await createTransaction(wallet, recipients, control);
  if ("error" in built)
    return fault(RpcErrorCode.wallet, `Unable to create transaction. ${built.error}`);
  return { original, tx: built.tx, oldFee, fee: built.fee, spent: built.spent };
}

function fault(code: number, error: string): BumpFault {
  return { code, error };
}

/** As Core's FormatMoney: at least two digits behind the point. */
function money(sats: Sats): string {
  return formatAmount(sats).replace(/0{1,6}$/, "");
}

function sum(outputs: readonly Output[]): Sats {
  return outputs.reduce((total, { value }) => total + value, 0);
}

/** Every input of the original must be spent again: else both could confirm. */
async function selectInputs(
  wallet: Wallet,
  tx: TransactionBody,
  control: SpendControl,
): Promise<Output[] | BumpFault> {
  const spent: Output[] = [];
  for (const input of tx.inputs) {
    const { prevout } = input;
    const coin = await findCoin(wallet, prevout);
    if (coin === null)
      return fault(
        RpcErrorCode.misc,
        `${formatHash(prevout.txid)}:${prevout.index} is already spent`,
      );
    const { value, script } = coin;
    const isOurs = wallet.ledger.output(prevout.txid, prevout.index) !== undefined;
    control.select(prevout, isOurs ? {} : { output: { value, script } });
    if (!isOurs) control.stateWeight(prevout, presentInputWeight(input));
    spent.push({ value, script });
  }
  return spent;
}

/** Why a transaction cannot be replaced any more; null when it can. Core: PreconditionChecks. */
export function checkBumpable(
  { ledger, mempool }: Wallet,
  original: WalletTransaction,
  requireMine: boolean,
): BumpFault | null {
  const { tx, key, replacedBy } = original;
  if (tx.outputs.some((_, index) => ledger.isSpent(key + index)))
    return fault(RpcErrorCode.invalidParameter, "Transaction has descendants in the wallet");
  if ((mempool.get(key)?.children.size ?? 0) > 0)
    return fault(RpcErrorCode.invalidParameter, "Transaction has descendants in the mempool");
  if (ledger.depth(original) !== 0)
    return fault(
      RpcErrorCode.wallet,
      "Transaction has been mined, or is conflicted with a mined transaction",
    );
  if (replacedBy !== null)
    return fault(
      RpcErrorCode.wallet,
      `Cannot bump transaction ${formatHash(original.txid)} which was already bumped by transaction ${replacedBy}`,
    );
  const isOurs = ({ prevout: { txid, index } }: TransactionBody["inputs"][number]) =>
    ledger.output(txid, index) !== undefined;
  if (requireMine && !tx.inputs.every(isOurs))
    return fault(
      RpcErrorCode.wallet,
      "Transaction contains inputs that don't belong to this wallet",
    );
  return null;
}

/** The payments; the change among the outputs sets where change goes. Null when nothing is paid. */
function splitChange(
  wallet: Wallet,
  outputs: readonly Output[],
  changePosition: number | null,
  control: SpendControl,
): Recipient[] | null {
  const recipients: Recipient[] = [];
  for (const [position, output] of outputs.entries()) {
    const isChange =
      changePosition === null ? isChangeOutput(wallet, output) : position === changePosition;
    if (isChange) control.changeScript = output.script;
    else recipients.push({ ...output, subtractFee: false });
  }
  if (recipients.length > 0) return recipients;
  const script = control.changeScript;
  if (script === null) return null;
  // All went to change: the same again, less the fee.
  control.changeScript = null;
  return [{ script, value: sum(outputs), subtractFee: true }];
}

/** A rate that replaces the original for certain. Core: EstimateFeeRate. */
function raisedRate(
  wallet: Wallet,
  { tx }: WalletTransaction,
  oldFee: Sats,
  control: SpendControl,
): Sats {
  const { incrementalRate } = wallet.mempool.options;
  // The old rate was rounded down.
  const old = ratePerKvb(oldFee, virtualSize(tx.weight)) + 1;
  const raised = old + Math.max(incrementalRate, WALLET_INCREMENTAL_RATE);
  return Math.max(raised, spendRate(wallet, control).rate);
}

/** Core: CheckFeeRate. */
function checkNewRate(
  wallet: Wallet,
  tx: TransactionBody,
  rate: Sats,
  vsize: number,
  oldFee: Sats,
): BumpFault | null {
  const { mempool, options } = wallet;
  if (rate < mempool.minFeeRate)
    return fault(
      RpcErrorCode.wallet,
      `New fee rate (${money(rate)}) is lower than the minimum fee rate (${money(mempool.minFeeRate)}) to get into the mempool -- `,
    );
  const prevouts = tx.inputs.map(({ prevout }) => prevout);
  const fee = feeAt(rate, vsize) + (combinedBumpFee(mempool, prevouts, rate) ?? 0);
  const increment = feeAt(mempool.options.incrementalRate, vsize);
  if (fee < oldFee + increment)
    return fault(
      RpcErrorCode.invalidParameter,
      `Insufficient total fee ${money(fee)}, must be at least ${money(oldFee + increment)} (oldFee ${money(oldFee)} + incrementalFee ${money(increment)})`,
    );
  const required = feeAt(requiredRate(wallet), vsize);
  if (fee < required)
    return fault(
      RpcErrorCode.invalidParameter,
      `Insufficient total fee (cannot be less than required fee ${money(required)})`,
    );
  if (fee > options.maxFee)
    return fault(
      RpcErrorCode.wallet,
      `Specified or calculated fee ${money(fee)} is too high (cannot be higher than -maxtxfee ${money(options.maxFee)})`,
    );
  return null;
}
