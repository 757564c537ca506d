import { formatAddress } from "@compeer/protocol/bitcoin/address";
import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { amountJson } from "@compeer/protocol/rpc/amount";
import { findSignature } from "@compeer/protocol/rpc/find-signature";
import { JsonNumber, type JsonOut } from "@compeer/protocol/rpc/json";
import type { BuiltTransaction } from "../../wallet/spend/build-transaction.ts";
import { type Alternative, type Preview, previewPayment } from "../../wallet/spend/preview.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { requireWallet } from "./require-wallet.ts";
import type { WalletSpendDeps } from "./wallet-spend-deps.ts";
import { prepareSend } from "./wallet-spend-send.ts";

export function walletPreviewMethods({ wallets }: WalletSpendDeps): readonly RpcMethod[] {
  return [
    rpcMethod("previewsend", {
      category: "wallet",
      args: findSignature("send")?.args ?? [],
      description:
        "What `send` with the same arguments would do and cost, where it would stand in the mempool, and what waiting, fewer inputs or sending together with another payment would save. Nothing is signed, kept or sent.",
      result:
        "an object: fee, fee_rate (sat/vB), vsize, inputs, outputs, mempool, rates, leaner, batched",
      run: (call) => preview(requireWallet(wallets, call), call),
    }),
  ];
}

async function preview(wallet: Wallet, call: RpcCall): Promise<JsonOut> {
  const { built, control, recipients } = await prepareSend(wallet, call, { keepsNothing: true });
  const found = previewPayment(wallet, recipients, control, built);
  const change = built.changePosition === null ? null : built.tx.outputs[built.changePosition];
  if (change && control.changeScript === null) wallet.returnChange(change.script);
  return { ...builtJson(wallet, built), ...previewJson(found) };
}

function builtJson(wallet: Wallet, built: BuiltTransaction): { [key: string]: JsonOut } {
  const { network, ledger } = wallet;
  const { tx, fee, vsize, weight, changePosition, selection, rate, spent } = built;
  return {
    fee: amountJson(fee),
    fee_rate: rateJson(rate.rate),
    fee_reason: rate.reason,
    vsize,
    weight,
    algorithm: selection.algorithm,
    inputs: tx.inputs.map(({ prevout: { txid, index } }, position) => {
      const parent = ledger.output(txid, index)?.transaction;
      return {
        txid: formatHash(txid),
        vout: index,
        address: formatAddress(spent[position]?.script ?? new Uint8Array(0), network) ?? undefined,
        amount: amountJson(spent[position]?.value ?? 0),
        confirmations: parent && ledger.depth(parent),
      };
    }),
    outputs: tx.outputs.map(({ value, script }, position) => ({
      address: formatAddress(script, network) ?? undefined,
      amount: amountJson(value),
      change: position === changePosition,
    })),
  };
}

function previewJson({ place, waits, leaner, batched }: Preview): { [key: string]: JsonOut } {
  return {
    mempool: { block: place.block, weight_ahead: place.weightAhead },
    rates: waits.map((wait) => ({
      blocks: wait.blocks,
      fee_rate: rateJson(wait.rate),
      ...alternativeJson(wait),
    })),
    leaner: leaner === null ? null : { inputs: leaner.inputs, ...alternativeJson(leaner) },
    batched: alternativeJson(batched),
  };
}

function alternativeJson({ fee, saves }: Alternative): { [key: string]: JsonOut } {
  return { fee: amountJson(fee), saves: amountJson(saves) };
}

/** A rate in sat/vB with its three digits. */
function rateJson(rate: Sats): JsonNumber {
  return new JsonNumber((rate / 1000).toFixed(3));
}
