import { formatHash } from "@compeer/protocol/bytes/hash";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { Json, JsonObject, JsonOut } from "@compeer/protocol/rpc/json";
import { asArray, asBool, asUint32, checkMembers } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { createPsbt } from "@compeer/protocol/wallet/psbt";
import { formatPsbt } from "@compeer/protocol/wallet/psbt-encode";
import {
  type Bump,
  type BumpFault,
  type BumpOptions,
  checkBumpable,
  createBump,
} from "../../wallet/spend/fee-bump.ts";
import { fillPsbt, signWithWallet } from "../../wallet/spend/sign-spend.ts";
import type { SpendControl } from "../../wallet/spend/spend-control.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { statedOutputs } from "./create-raw-transaction.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { requireWallet } from "./require-wallet.ts";
import { newControl, refused, setFeeRate } from "./wallet-spend-arguments.ts";
import type { WalletSpendDeps } from "./wallet-spend-deps.ts";
import { SpendOptions } from "./wallet-spend-options.ts";

export function walletBumpMethods({ wallets }: WalletSpendDeps): readonly RpcMethod[] {
  return [
    rpcMethod("bumpfee", {
      description: "Replaces an unconfirmed transaction of the wallet by one that pays more.",
      run: (call) => bumpFee(requireWallet(wallets, call), call),
    }),
    rpcMethod("psbtbumpfee", {
      description:
        "As bumpfee, but returns the replacement as a PSBT, for others to sign or to look at.",
      run: (call) => bumpPsbt(requireWallet(wallets, call), call),
    }),
  ];
}

async function bumpFee(wallet: Wallet, call: RpcCall): Promise<JsonOut> {
  if (!wallet.hasPrivateKeys && !wallet.hasExternalSigner)
    throw new RpcError(
      RpcErrorCode.wallet,
      "bumpfee is not available with wallets that have private keys disabled. Use psbtbumpfee instead.",
    );
  const bump = await bumpOf(wallet, call, true);
  return { txid: await replaceBy(wallet, bump), ...feesJson(bump) };
}

async function bumpPsbt(wallet: Wallet, call: RpcCall): Promise<JsonOut> {
  const bump = await bumpOf(wallet, call, false);
  const options = { sign: false, bip32derivs: true, finalize: false };
  const { psbt } = fillPsbt(wallet, createPsbt(bump.tx), options);
  return { psbt: formatPsbt(psbt), ...feesJson(bump) };
}

function feesJson({ oldFee, fee }: Bump): { [key: string]: JsonOut } {
  return { origfee: amountJson(oldFee), fee: amountJson(fee), errors: [] };
}

async function bumpOf(wallet: Wallet, { params }: RpcCall, requireMine: boolean): Promise<Bump> {
  const txid = params.hash("txid");
  const control = newControl(wallet);
  control.replaceable = true;
  const object = params.optionalObject("options");
  const options = { ...readOptions(wallet, object, control), requireMine };
  await wallet.synced();
  wallet.requireUnlocked();
  return requireBump(await createBump(wallet, txid, control, options));
}

/** @throws RpcError in Core's words */
export function requireBump(verdict: Bump | BumpFault): Bump {
  if ("error" in verdict) throw new RpcError(verdict.code, verdict.error);
  return verdict;
}

function readOptions(
  wallet: Wallet,
  object: JsonObject | undefined,
  control: SpendControl,
): Omit<BumpOptions, "requireMine"> {
  if (object === undefined) return { outputs: [], changePosition: null };
  checkMembers(
    object,
    {
      confTarget: "number",
      conf_target: "number",
      fee_rate: "any",
      replaceable: "bool",
      estimate_mode: "string",
      outputs: "any",
      original_change_index: "number",
    },
    { allowNull: true, strict: true },
  );
  const options = new SpendOptions(object);
  if (options.has("confTarget") && options.has("conf_target"))
    throw refused(
      "confTarget and conf_target options should not both be set. Use conf_target (confTarget is deprecated).",
    );
  if (options.has("replaceable")) control.replaceable = asBool(options.get("replaceable"));
  const target = options.first("confTarget", "conf_target") ?? null;
  setFeeRate(control, target, options.get("estimate_mode"), options.get("fee_rate"), false);
  const position = options.get("original_change_index");
  return {
    outputs: outputsOf(wallet, options.get("outputs")),
    changePosition: position === null ? null : asUint32(position),
  };
}

function outputsOf({ network }: Wallet, stated: Json): BumpOptions["outputs"] {
  if (stated === null) return [];
  if (Array.isArray(stated) && asArray(stated).length === 0)
    throw refused("Invalid parameter, output argument cannot be an empty array");
  return statedOutputs(stated, network);
}

function unsigned({ hasExternalSigner }: Wallet): string {
  return hasExternalSigner
    ? "Transaction incomplete. Try psbtbumpfee instead."
    : "Can't sign transaction.";
}

/** Signs and sends a replacement; returns its id. */
export async function replaceBy(wallet: Wallet, { tx, spent, original }: Bump): Promise<string> {
  const signed = await signWithWallet(wallet, tx, spent);
  if (signed === null) throw new RpcError(RpcErrorCode.wallet, unsigned(wallet));
  const changed = checkBumpable(wallet, original, false);
  if (changed !== null) throw new RpcError(RpcErrorCode.wallet, changed.error);
  const { key, notes, txid } = original;
  const bumped = formatHash(
    await wallet.commit(signed.raw, { ...notes, replaces: formatHash(txid) }),
  );
  wallet.markReplaced(key, bumped);
  return bumped;
}
