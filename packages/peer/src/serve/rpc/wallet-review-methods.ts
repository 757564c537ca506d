import { formatAddress } from "@compeer/protocol/bitcoin/address";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { type ReviewedOutput, reviewPsbt } from "../../wallet/spend/review-psbt.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { psbtArgument } from "./psbt-argument.ts";
import { requireWallet } from "./require-wallet.ts";
import type { WalletSpendDeps } from "./wallet-spend-deps.ts";

export function walletReviewMethods({ wallets }: WalletSpendDeps): readonly RpcMethod[] {
  return [
    rpcMethod("previewpsbt", {
      category: "wallet",
      args: [{ names: "psbt", type: "str", about: "base64" }],
      description:
        "What a PSBT would do to this wallet, whatever it says of itself: which inputs and outputs are its own, what leaves it, and what is said of outputs that is not so. Nothing is signed.",
      result: "an object: inputs, outputs, fee, spends, warnings",
      run: (call) => review(requireWallet(wallets, call), call),
    }),
  ];
}

async function review(wallet: Wallet, { params }: RpcCall): Promise<JsonOut> {
  await wallet.synced();
  const psbt = psbtArgument(params.text("psbt"));
  const { inputs, outputs, fee, spends, warnings } = reviewPsbt(wallet, psbt);
  return {
    inputs: inputs.map((input, position) => {
      const prevout = psbt.tx.inputs[position]?.prevout;
      return {
        txid: prevout && formatHash(prevout.txid),
        vout: prevout?.index,
        ...outputJson(wallet, input),
      };
    }),
    outputs: outputs.map((output) => ({
      ...outputJson(wallet, output),
      ischange: output.isChange,
    })),
    fee: fee === null ? undefined : amountJson(fee),
    spends: amountJson(spends),
    warnings: [...warnings],
  };
}

function outputJson(
  { network }: Wallet,
  { output, isOurs }: ReviewedOutput,
): { [key: string]: JsonOut | undefined } {
  return {
    address: output === null ? undefined : (formatAddress(output.script, network) ?? undefined),
    amount: output === null ? undefined : amountJson(output.value),
    ismine: isOurs,
  };
}
