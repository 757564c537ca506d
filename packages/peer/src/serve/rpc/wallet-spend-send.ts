import { asBool } from "@compeer/protocol/rpc/json-value";
import type { BuiltTransaction, Recipient } from "../../wallet/spend/build-transaction.ts";
import type { SpendControl } from "../../wallet/spend/spend-control.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { constructTransaction, outputPairs, statedOutputs } from "./create-raw-transaction.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";
import { requireWallet } from "./require-wallet.ts";
import { feePayersOf, newControl, recipientsOf } from "./wallet-spend-arguments.ts";
import type { WalletSpendDeps } from "./wallet-spend-deps.ts";
import { finishSpend } from "./wallet-spend-finish.ts";
import { fund } from "./wallet-spend-fund.ts";
import {
  joinFeeArguments,
  joinInputWeights,
  refuseOldNames,
  SpendOptions,
} from "./wallet-spend-options.ts";

const DEFAULT_VERSION = 2;

export function walletSendMethods({ wallets }: WalletSpendDeps): readonly RpcMethod[] {
  return [
    rpcMethod("send", {
      description:
        "Pays to outputs as the options say: signs and sends, or returns what others have to sign.",
      run: async (call) => {
        const wallet = requireWallet(wallets, call);
        const { options, built } = await prepareSend(wallet, call);
        return finishSpend(wallet, options, built.tx);
      },
    }),
  ];
}

/** What `send` would sign, with its options. */
export interface PreparedSend {
  readonly options: SpendOptions;
  readonly control: SpendControl;
  readonly recipients: readonly Recipient[];
  readonly built: BuiltTransaction;
}

/** Reads the arguments of `send`, chooses coins and builds the transaction. */
export async function prepareSend(
  wallet: Wallet,
  { params }: RpcCall,
  { keepsNothing = false }: { readonly keepsNothing?: boolean } = {},
): Promise<PreparedSend> {
  const options = new SpendOptions(params.optionalObject("options") ?? null);
  if (keepsNothing) options.set("lock_unspents", false);
  const [target, mode] = [params.raw("conf_target"), params.raw("estimate_mode")];
  joinFeeArguments(options, target, mode, params.raw("fee_rate"));
  refuseOldNames(options);
  const replaceable = options.has("replaceable")
    ? asBool(options.get("replaceable"))
    : wallet.options.signalsReplacement;
  const stated = params.raw("outputs");
  const names = outputPairs(stated).map(([name]) => name);
  const outputs = statedOutputs(stated, wallet.network);
  const payers = feePayersOf(options.get("subtract_fee_from_outputs"), names);
  const control = newControl(wallet);
  control.version = versionOf(params);
  const tx = constructTransaction(
    {
      inputs: options.get("inputs"),
      outputs: stated,
      lockTime: options.get("locktime"),
      replaceable,
      version: control.version,
    },
    wallet.network,
  );
  control.allowOthers = tx.inputs.length === 0;
  joinInputWeights(options, options.get("inputs"));
  const recipients = recipientsOf(outputs, payers);
  const built = await fund(wallet, { ...tx, outputs: [] }, recipients, options, control, false);
  return { options, control, recipients, built };
}

export function versionOf(params: Params): number {
  return params.has("version") ? params.uint32("version") : DEFAULT_VERSION;
}
