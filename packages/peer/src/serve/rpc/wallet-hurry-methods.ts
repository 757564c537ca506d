import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { formatHash, hashKey } from "@compeer/protocol/bytes/hash";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { checkMembers } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { RpcArg } from "@compeer/protocol/rpc/signature";
import { changeTypeFor } from "../../wallet/spend/change-type.ts";
import { payForParent } from "../../wallet/spend/child-pays.ts";
import { type Bump, checkBumpable, createBump } from "../../wallet/spend/fee-bump.ts";
import { requiredRate } from "../../wallet/spend/fee-rates.ts";
import { rateForBlocks } from "../../wallet/spend/mempool-place.ts";
import { signWithWallet } from "../../wallet/spend/sign-spend.ts";
import type { SpendControl } from "../../wallet/spend/spend-control.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import type { WalletTransaction } from "../../wallet/wallet-transaction.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";
import { requireWallet } from "./require-wallet.ts";
import { replaceBy, requireBump } from "./wallet-bump-methods.ts";
import { newControl, setFeeRate } from "./wallet-spend-arguments.ts";
import type { WalletSpendDeps } from "./wallet-spend-deps.ts";
import { SpendOptions } from "./wallet-spend-options.ts";

const ARGS: readonly RpcArg[] = [
  { names: "txid", type: "str", about: "an unconfirmed transaction of the wallet" },
  {
    names: "options",
    type: "named",
    optional: true,
    members: [
      {
        names: "fee_rate",
        type: "amount",
        about: "sat/vB; what the next block asks for, if left out",
      },
    ],
  },
];

/** Methods of ours for a transaction that waits too long. */
export function walletHurryMethods({ wallets }: WalletSpendDeps): readonly RpcMethod[] {
  return [
    rpcMethod("canceltransaction", {
      category: "wallet",
      args: ARGS,
      description:
        "Replaces an unconfirmed transaction by one that pays all of it, less the fee, back to the wallet. Which of both confirms is up to the miners.",
      result: "an object: txid of the replacement, origfee, fee",
      run: (call) => cancel(requireWallet(wallets, call), call),
    }),
    rpcMethod("acceleratetransaction", {
      category: "wallet",
      args: ARGS,
      description:
        "Makes an unconfirmed transaction worth mining sooner: one of our own is replaced by one that pays more, one from others gets a child of ours that pays for both.",
      result: 'an object: method ("replacement" or "child"), txid of what was sent, fee, origfee',
      run: (call) => accelerate(requireWallet(wallets, call), call),
    }),
  ];
}

interface Wanted {
  readonly original: WalletTransaction;
  readonly control: SpendControl;
}

async function wantedOf(wallet: Wallet, { params }: RpcCall): Promise<Wanted> {
  const txid = params.hash("txid");
  const object = params.optionalObject("options");
  const control = newControl(wallet);
  control.replaceable = true;
  if (object !== undefined) {
    checkMembers(object, { fee_rate: "any" }, { allowNull: true, strict: true });
    setFeeRate(control, null, null, new SpendOptions(object).get("fee_rate"), false);
  }
  await wallet.synced();
  wallet.requireUnlocked();
  const original = wallet.ledger.get(hashKey(txid));
  if (original === undefined)
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Invalid or non-wallet transaction id");
  return { original, control };
}

async function cancel(wallet: Wallet, call: RpcCall): Promise<JsonOut> {
  const { original, control } = await wantedOf(wallet, call);
  const script = await wallet.newChangeScript(changeTypeFor(wallet, null, []));
  const value = original.tx.outputs.reduce((sum, output) => sum + output.value, 0);
  const verdict = await createBump(wallet, original.txid, control, {
    outputs: [{ script, value }],
    changePosition: null,
    requireMine: true,
  });
  if ("error" in verdict) wallet.returnChange(script);
  const bump = requireBump(verdict);
  return { txid: await replaceBy(wallet, bump), ...feesJson(bump) };
}

function feesJson({ oldFee, fee }: Bump): { [key: string]: JsonOut } {
  return { origfee: amountJson(oldFee), fee: amountJson(fee) };
}

async function accelerate(wallet: Wallet, call: RpcCall): Promise<JsonOut> {
  const { original, control } = await wantedOf(wallet, call);
  if (checkBumpable(wallet, original, true) === null) {
    const options = { outputs: [], changePosition: null, requireMine: true };
    const bump = requireBump(await createBump(wallet, original.txid, control, options));
    return { method: "replacement", txid: await replaceBy(wallet, bump), ...feesJson(bump) };
  }
  if (!original.inMempool)
    throw new RpcError(RpcErrorCode.wallet, "Transaction does not wait in the mempool");
  control.feeRate ??= nextBlockRate(wallet, original);
  const built = await payForParent(wallet, original, control);
  if ("error" in built) throw new RpcError(RpcErrorCode.wallet, built.error);
  const signed = await signWithWallet(wallet, built.tx, built.spent);
  if (signed === null) throw new RpcError(RpcErrorCode.wallet, "Can't sign transaction.");
  const txid = formatHash(await wallet.commit(signed.raw, {}));
  return { method: "child", txid, fee: amountJson(built.fee) };
}

/** Rate for the next block, and more than the parent pays in any case. */
function nextBlockRate(wallet: Wallet, original: WalletTransaction): Sats {
  const entry = wallet.mempool.get(original.key);
  const own = entry === undefined ? 0 : Math.ceil((entry.modifiedFee * 1000) / entry.vsize);
  const least = Math.max(requiredRate(wallet), own + wallet.mempool.options.incrementalRate);
  return rateForBlocks(wallet.mempool, 1, original.tx.weight, least);
}
