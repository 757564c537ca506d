import {
  encodeTransaction,
  expandTransaction,
  type TransactionBody,
} from "@compeer/protocol/bitcoin/transaction";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { amountJson } from "@compeer/protocol/rpc/amount";
import { JsonObject, type JsonOut } from "@compeer/protocol/rpc/json";
import { asArray, asBool } from "@compeer/protocol/rpc/json-value";
import { createPsbt } from "@compeer/protocol/wallet/psbt";
import { formatPsbt } from "@compeer/protocol/wallet/psbt-encode";
import type { BuiltTransaction } from "../../wallet/spend/build-transaction.ts";
import { fillPsbt } from "../../wallet/spend/sign-spend.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { constructTransaction, outputPairs, statedOutputs } from "./create-raw-transaction.ts";
import { decodeHexTransaction } from "./decode-hex-transaction.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { requireWallet } from "./require-wallet.ts";
import { feePayersOf, newControl, recipientsOf } from "./wallet-spend-arguments.ts";
import type { WalletSpendDeps } from "./wallet-spend-deps.ts";
import { requireSigned } from "./wallet-spend-finish.ts";
import { fund } from "./wallet-spend-fund.ts";
import { joinInputWeights, SpendOptions } from "./wallet-spend-options.ts";
import { versionOf } from "./wallet-spend-send.ts";

/** The methods that add inputs and change and sign nothing. */
export function walletFundMethods({ wallets }: WalletSpendDeps): readonly RpcMethod[] {
  return [
    rpcMethod("fundrawtransaction", {
      description:
        "Adds inputs of the wallet, and change, to a transaction until it pays for its outputs.",
      run: (call) => fundRaw(requireWallet(wallets, call), call),
    }),
    rpcMethod("walletcreatefundedpsbt", {
      description: "A PSBT that pays to outputs, with coins of the wallet added as needed.",
      run: (call) => createFundedPsbt(requireWallet(wallets, call), call),
    }),
  ];
}

async function fundRaw(wallet: Wallet, { params }: RpcCall): Promise<JsonOut> {
  const witness = params.optionalBool("iswitness");
  const tx = expandTransaction(
    decodeHexTransaction(params.text("hexstring"), "TX decode failed", witness),
  );
  // A boolean is what old callers pass; it says nothing.
  const stated = params.raw("options");
  const options = new SpendOptions(stated instanceof JsonObject ? stated : null);
  const payers = feePayersOf(
    options.get("subtractFeeFromOutputs"),
    tx.outputs.map(() => "dummy"),
  );
  const body: TransactionBody = { ...tx, outputs: [] };
  const recipients = recipientsOf(tx.outputs, payers);
  const built = await fund(wallet, body, recipients, options, newControl(wallet), true);
  return { hex: encodeHex(encodeTransaction(built.tx)), ...costJson(built) };
}

function costJson({ fee, changePosition }: BuiltTransaction): { [key: string]: JsonOut } {
  return { fee: amountJson(fee), changepos: changePosition ?? -1 };
}

async function createFundedPsbt(wallet: Wallet, { params }: RpcCall): Promise<JsonOut> {
  await wallet.synced();
  const options = new SpendOptions(params.optionalObject("options") ?? null);
  const stated = options.get("replaceable");
  const replaceable = stated === null ? wallet.options.signalsReplacement : asBool(stated);
  const control = newControl(wallet);
  control.version = versionOf(params);
  const tx = constructTransaction(
    {
      inputs: params.raw("inputs"),
      outputs: params.raw("outputs"),
      lockTime: params.raw("locktime"),
      replaceable,
      version: control.version,
    },
    wallet.network,
  );
  const names = outputPairs(params.raw("outputs")).map(([name]) => name);
  const outputs = statedOutputs(params.raw("outputs"), wallet.network);
  const payers = feePayersOf(options.get("subtractFeeFromOutputs"), names);
  control.allowOthers = tx.inputs.length === 0;
  joinInputWeights(options, params.raw("inputs") === null ? null : asArray(params.raw("inputs")));
  const recipients = recipientsOf(outputs, payers);
  const built = await fund(wallet, { ...tx, outputs: [] }, recipients, options, control, true);
  const filled = fillPsbt(wallet, createPsbt(built.tx), {
    sign: false,
    bip32derivs: params.optionalBool("bip32derivs", true),
    finalize: false,
  });
  return { psbt: formatPsbt(requireSigned(filled).psbt), ...costJson(built) };
}
