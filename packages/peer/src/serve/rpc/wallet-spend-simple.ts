import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { shuffled } from "@compeer/protocol/crypto/shuffle";
import { formatAmount } from "@compeer/protocol/rpc/amount";
import { JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Recipient } from "../../wallet/spend/build-transaction.ts";
import { createTransaction } from "../../wallet/spend/create-transaction.ts";
import { randomBelow } from "../../wallet/spend/random-below.ts";
import { signWithWallet } from "../../wallet/spend/sign-spend.ts";
import type { SpendControl } from "../../wallet/spend/spend-control.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { outputPairs, statedOutputs } from "./create-raw-transaction.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";
import { requireWallet } from "./require-wallet.ts";
import {
  avoidReuseOf,
  feePayersOf,
  newControl,
  recipientsOf,
  refused,
  setFeeRate,
} from "./wallet-spend-arguments.ts";
import type { WalletSpendDeps } from "./wallet-spend-deps.ts";

/** The methods that pay at once. */
export function walletPayMethods({ wallets }: WalletSpendDeps): readonly RpcMethod[] {
  return [
    rpcMethod("sendtoaddress", {
      description: "Pays an amount to an address.",
      result: "the transaction's id, or with verbose an object of id and what the fee came from",
      run: async (call) => sendToAddress(requireWallet(wallets, call), call),
    }),
    rpcMethod("sendmany", {
      description: "Pays amounts to several addresses in one transaction.",
      result: "the transaction's id, or with verbose an object of id and what the fee came from",
      run: async (call) => sendMany(requireWallet(wallets, call), call),
    }),
    rpcMethod("settxfee", {
      description: "Deprecated: state a rate with each payment, or set -paytxfee.",
      run: (call) => setPayRate(requireWallet(wallets, call), call.params.amount("amount")),
    }),
  ];
}

/** Core: settxfee. */
function setPayRate(wallet: Wallet, rate: Sats): JsonOut {
  const { options, mempool } = wallet;
  if (!options.allowsSetPayRate)
    throw new RpcError(
      RpcErrorCode.methodDeprecated,
      "settxfee is deprecated and will be fully removed in v31.0.\nTo use settxfee restart bitcoind with -deprecatedrpc=settxfee.",
    );
  const { minRelayRate } = mempool.options;
  if (rate !== 0 && rate < minRelayRate)
    throw refused(`txfee cannot be less than min relay tx fee (${perKvb(minRelayRate)})`);
  if (rate !== 0 && rate < options.minRate)
    throw refused(`txfee cannot be less than wallet min fee (${perKvb(options.minRate)})`);
  if (rate > options.maxFee)
    throw refused(`txfee cannot be more than wallet max tx fee (${perKvb(options.maxFee)})`);
  wallet.payRate = rate;
  return true;
}

function perKvb(rate: Sats): string {
  return `${formatAmount(rate)} BTC/kvB`;
}

async function sendToAddress(wallet: Wallet, { params }: RpcCall): Promise<JsonOut> {
  await wallet.synced();
  const control = newControl(wallet);
  control.replaceable = params.optionalBool("replaceable") ?? null;
  control.avoidReuse = avoidReuseOf(wallet, params.optionalBool("avoid_reuse"));
  control.avoidPartialSpends ||= control.avoidReuse;
  readRate(control, params);
  wallet.requireUnlocked();
  const stated = new JsonObject([[params.text("address"), params.raw("amount")]]);
  const payers = new Set(params.optionalBool("subtractfeefromamount", false) ? [0] : []);
  const recipients = recipientsOf(statedOutputs(stated, wallet.network), payers);
  return pay(wallet, recipients, control, params, params.optionalText("comment_to"));
}

async function sendMany(wallet: Wallet, { params }: RpcCall): Promise<JsonOut> {
  await wallet.synced();
  if (params.optionalText("dummy", "") !== "") throw refused('Dummy value must be set to ""');
  const amounts = params.object("amounts");
  const control = newControl(wallet);
  control.replaceable = params.optionalBool("replaceable") ?? null;
  readRate(control, params);
  const outputs = statedOutputs(amounts, wallet.network);
  const names = outputPairs(amounts).map(([name]) => name);
  const payers = feePayersOf(params.optionalArray("subtractfeefrom") ?? null, names);
  return pay(wallet, recipientsOf(outputs, payers), control, params, undefined);
}

function readRate(control: SpendControl, params: Params): void {
  const [target, mode] = [params.raw("conf_target"), params.raw("estimate_mode")];
  setFeeRate(control, target, mode, params.raw("fee_rate"), false);
}

/** Builds, signs and sends. Core: SendMoney. */
async function pay(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: SpendControl,
  params: Params,
  to: string | undefined,
): Promise<JsonOut> {
  wallet.requireUnlocked();
  if (!wallet.hasPrivateKeys)
    throw new RpcError(RpcErrorCode.wallet, "Error: Private keys are disabled for this wallet");
  const built = await createTransaction(wallet, shuffled(recipients, randomBelow), control);
  if ("error" in built) throw new RpcError(RpcErrorCode.walletInsufficientFunds, built.error);
  const signed = await signWithWallet(wallet, built.tx, built.spent);
  if (signed === null)
    throw new RpcError(RpcErrorCode.walletInsufficientFunds, "Signing transaction failed");
  const comment = params.optionalText("comment");
  const txid = formatHash(
    await wallet.commit(signed.raw, { ...(comment ? { comment } : {}), ...(to ? { to } : {}) }),
  );
  if (!params.optionalBool("verbose", false)) return txid;
  return { txid, fee_reason: built.rate.reason };
}
