import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import type { Input, Output, TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { dustThreshold } from "@compeer/protocol/policy/dust";
import { feeAt } from "@compeer/protocol/policy/fee-rate";
import { MAX_STANDARD_WEIGHT } from "@compeer/protocol/policy/limits";
import { type Json, JsonNumber, JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { asBool, asInt } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { SEQUENCE_REPLACEABLE } from "../../wallet/spend/anti-fee-sniping.ts";
import { availableCoins } from "../../wallet/spend/available-coins.ts";
import { combinedBumpFee } from "../../wallet/spend/bump-fees.ts";
import { checkRate, NO_FALLBACK, spendRate } from "../../wallet/spend/fee-rates.ts";
import { signedSize } from "../../wallet/spend/input-sizes.ts";
import { trucFault } from "../../wallet/spend/preselected-coins.ts";
import type { SpendControl } from "../../wallet/spend/spend-control.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { constructTransaction } from "./create-raw-transaction.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { requireWallet } from "./require-wallet.ts";
import { newControl, refused, setFeeRate } from "./wallet-spend-arguments.ts";
import type { WalletSpendDeps } from "./wallet-spend-deps.ts";
import { finishSpend } from "./wallet-spend-finish.ts";
import { checkDepths } from "./wallet-spend-fund.ts";
import { joinFeeArguments, refuseOldNames, SpendOptions } from "./wallet-spend-options.ts";

const SEQUENCE_FINAL = 0xffffffff;
const TRUC_VERSION = 3;
const TRUC_MAX_WEIGHT = 40_000;
const TRUC_CHILD_MAX_WEIGHT = 4_000;

export function walletSendAllMethods({ wallets }: WalletSpendDeps): readonly RpcMethod[] {
  return [
    rpcMethod("sendall", {
      description:
        "Spends all coins, or those named, without change: what is left of them goes to the addresses without an amount.",
      run: (call) => sendAll(requireWallet(wallets, call), call),
    }),
  ];
}

async function sendAll(wallet: Wallet, { params }: RpcCall): Promise<JsonOut> {
  await wallet.synced();
  const options = new SpendOptions(params.optionalObject("options") ?? null);
  const [target, mode] = [params.raw("conf_target"), params.raw("estimate_mode")];
  joinFeeArguments(options, target, mode, params.raw("fee_rate"));
  refuseOldNames(options);
  const recipients = params.array("recipients");
  const sharers = new Set(recipients.filter((each) => typeof each === "string"));
  if (sharers.size === 0)
    throw refused("Must provide at least one address without a specified amount");
  const control = controlOf(wallet, options);
  const rate = rateOf(wallet, control);
  const replaceable = options.has("replaceable")
    ? asBool(options.get("replaceable"))
    : wallet.options.signalsReplacement;
  const stated = constructTransaction(
    {
      inputs: options.get("inputs"),
      outputs: recipients.map(pairOf),
      lockTime: options.get("locktime"),
      replaceable,
      version: control.version,
    },
    wallet.network,
  );
  const inputs = inputsOf(wallet, options, control, rate, stated, replaceable);
  const tx = shareOut(wallet, { ...stated, inputs }, sharers, control, rate, options);
  if (options.flag("lock_unspents", false))
    for (const { prevout } of inputs) await wallet.lockCoin(prevout, false);
  return finishSpend(wallet, options, tx);
}

/** An address without an amount gets its share later. */
function pairOf(recipient: Json): Json {
  return typeof recipient === "string"
    ? new JsonObject([[recipient, new JsonNumber("0")]])
    : recipient;
}

function controlOf(wallet: Wallet, options: SpendOptions): SpendControl {
  const control = newControl(wallet);
  const [target, mode] = [options.get("conf_target"), options.get("estimate_mode")];
  setFeeRate(control, target, mode, options.get("fee_rate"), false);
  if (options.has("minconf")) control.minDepth = asInt(options.get("minconf"));
  if (control.minDepth < 0)
    throw refused(`Invalid minconf (minconf cannot be negative): ${control.minDepth}`);
  if (options.has("maxconf")) {
    control.maxDepth = asInt(options.get("maxconf"));
    checkDepths(control);
  }
  if (options.has("version")) control.version = asInt(options.get("version"));
  control.maxWeight = control.version === TRUC_VERSION ? TRUC_MAX_WEIGHT : MAX_STANDARD_WEIGHT;
  control.avoidReuse = wallet.avoidReuse;
  return control;
}

function rateOf(wallet: Wallet, control: SpendControl): Sats {
  const verdict = spendRate(wallet, control);
  const problem = checkRate(control, verdict);
  if (problem === NO_FALLBACK) throw new RpcError(RpcErrorCode.wallet, problem);
  if (problem !== null) throw refused(problem);
  return verdict.rate;
}

function inputsOf(
  wallet: Wallet,
  options: SpendOptions,
  control: SpendControl,
  rate: Sats,
  { inputs }: TransactionBody,
  replaceable: boolean,
): readonly Input[] {
  if (options.has("inputs") && options.has("send_max"))
    throw refused("Cannot combine send_max with specific inputs.");
  if (options.has("inputs") && (options.has("minconf") || options.has("maxconf")))
    throw refused("Cannot combine minconf or maxconf with specific inputs.");
  if (options.has("inputs")) {
    for (const input of inputs) checkInput(wallet, control, input);
    return inputs;
  }
  const sendMax = options.flag("send_max", false);
  const sequence = replaceable ? SEQUENCE_REPLACEABLE : SEQUENCE_FINAL;
  const rates = { feeRate: rate, longTermRate: wallet.options.consolidateRate };
  const coins = availableCoins(wallet, control, rates).filter(
    ({ inputSize, value }) => !sendMax || feeAt(rate, Math.max(0, inputSize)) <= value,
  );
  if (control.version === TRUC_VERSION && coins.some(({ depth }) => depth === 0))
    control.maxWeight = TRUC_CHILD_MAX_WEIGHT;
  return coins.map(({ prevout }) => ({
    prevout,
    script: new Uint8Array(0),
    sequence,
    witness: [],
  }));
}

function checkInput({ ledger }: Wallet, control: SpendControl, { prevout }: Input): void {
  const { txid, index } = prevout;
  const name = `UTXO (${formatHash(txid)}:${index})`;
  if (ledger.isSpent(outpointKey(txid, index)))
    throw refused(`Input not available. ${name} was already spent.`);
  const output = ledger.output(txid, index);
  if (output === undefined) throw refused(`Input not found. ${name} is not part of wallet.`);
  const fault = trucFault({ ledger }, prevout, control);
  if (fault !== null) throw refused(fault);
}

/** Gives what is left, less the fee, to the addresses without an amount, in equal parts. */
function shareOut(
  wallet: Wallet,
  tx: TransactionBody,
  sharers: ReadonlySet<Json>,
  control: SpendControl,
  rate: Sats,
  options: SpendOptions,
): TransactionBody {
  const { ledger, mempool, network } = wallet;
  const spent = tx.inputs.map(
    ({ prevout }) => ledger.output(prevout.txid, prevout.index) as Output,
  );
  const size = signedSize(wallet, tx, spent, null);
  if (size === null)
    throw new RpcError(
      RpcErrorCode.wallet,
      "Unable to determine the size of the transaction, the wallet contains unsolvable descriptors",
    );
  const total = sum(spent);
  const fee = feeAt(rate, size.vsize);
  const prevouts = tx.inputs.map(({ prevout }) => prevout);
  const worth = total - fee - (combinedBumpFee(mempool, prevouts, rate) ?? 0);
  const remainder = worth - sum(tx.outputs);
  checkWorth(wallet, options, fee, worth);
  if (size.weight > (control.maxWeight ?? MAX_STANDARD_WEIGHT))
    throw new RpcError(RpcErrorCode.wallet, "Transaction too large.");
  if (sum(tx.outputs) > total) throw poor("Assigned more value to outputs than available funds.");
  if (remainder < 0) throw poor("Insufficient funds for fees after creating specified outputs.");
  const share = Math.floor(remainder / sharers.size);
  let rest = remainder % sharers.size;
  const outputs = tx.outputs.map(({ value, script }): Output => {
    const address = formatAddress(script, network);
    const least = dustThreshold(script, mempool.options.dustRate);
    if (!sharers.has(address)) {
      if (value >= least) return { value, script };
      throw refused(`Specified output amount to ${address ?? ""} is below dust threshold.`);
    }
    const part = share + rest;
    rest = 0;
    if (part < least) throw poor("Dynamically assigned remainder results in dust output.");
    return { value: part, script };
  });
  return { ...tx, outputs };
}

function checkWorth(
  { options: settings }: Wallet,
  options: SpendOptions,
  fee: Sats,
  worth: Sats,
): void {
  if (fee > settings.maxFee)
    throw new RpcError(
      RpcErrorCode.wallet,
      "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)",
    );
  if (worth > 0) return;
  throw poor(
    options.flag("send_max", false)
      ? "Total value of UTXO pool too low to pay for transaction, try using lower feerate."
      : "Total value of UTXO pool too low to pay for transaction. Try using lower feerate or excluding uneconomic UTXOs with 'send_max' option.",
  );
}

function sum(outputs: readonly Output[]): Sats {
  return outputs.reduce((total, { value }) => total + value, 0);
}

function poor(message: string): RpcError {
  return new RpcError(RpcErrorCode.walletInsufficientFunds, message);
}
