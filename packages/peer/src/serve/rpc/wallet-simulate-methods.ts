import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import { expandTransaction } from "@compeer/protocol/bitcoin/transaction";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { Json, JsonOut } from "@compeer/protocol/rpc/json";
import { asText } from "@compeer/protocol/rpc/json-value";
import { findCoin } from "../../wallet/spend/find-coins.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { decodeHexTransaction } from "./decode-hex-transaction.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import { requireWallet } from "./require-wallet.ts";
import { refused } from "./wallet-spend-arguments.ts";
import type { WalletSpendDeps } from "./wallet-spend-deps.ts";

export function walletSimulateMethods({ wallets }: WalletSpendDeps): readonly RpcMethod[] {
  return [
    rpcMethod("simulaterawtransaction", {
      description:
        "How the balance would change if some transactions were sent, one after the other.",
      run: (call) => simulate(requireWallet(wallets, call), call.params.array("rawtxs")),
    }),
  ];
}

async function simulate(wallet: Wallet, stated: readonly Json[]): Promise<JsonOut> {
  let change: Sats = 0;
  const made = new Map<string, Sats>();
  const spent = new Set<string>();
  for (const each of stated) {
    const view = decodeHexTransaction(asText(each), "Transaction hex string decoding failure.");
    const tx = expandTransaction(view);
    for (const { prevout } of tx.inputs) {
      const key = outpointKey(prevout.txid, prevout.index);
      if (spent.has(key))
        throw refused("Transaction(s) are spending the same output more than once");
      const own = made.get(key);
      if (own === undefined && (await isGone(wallet, prevout)))
        throw refused("One or more transaction inputs are missing or have been spent already");
      change -= own ?? wallet.ledger.output(prevout.txid, prevout.index)?.value ?? 0;
      spent.add(key);
    }
    for (const [index, { value, script }] of tx.outputs.entries()) {
      const ours = wallet.find(script) === null ? 0 : value;
      made.set(outpointKey(tx.txid, index), ours);
      change += ours;
    }
  }
  return { balance_change: amountJson(change) };
}

async function isGone(
  wallet: Wallet,
  prevout: { readonly txid: Uint8Array; readonly index: number },
): Promise<boolean> {
  return (await findCoin(wallet, prevout)) === null;
}
