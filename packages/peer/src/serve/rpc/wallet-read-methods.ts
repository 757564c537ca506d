import type { WalletManager } from "../../wallet/wallet-manager.ts";
import type { RpcMethod } from "./method.ts";
import { walletBalanceMethods } from "./wallet-read-balances.ts";
import { walletCoinMethods } from "./wallet-read-coins.ts";
import { walletHistoryMethods } from "./wallet-read-history.ts";
import { walletLabelMethods } from "./wallet-read-labels.ts";
import { walletMessageMethods } from "./wallet-read-messages.ts";
import { walletPrunedMethods } from "./wallet-read-pruned.ts";

/** What the methods that read a wallet work on. */
export interface WalletReadDeps {
  readonly wallets: WalletManager;
}

/** Methods that tell what a wallet holds and what happened in it. */
export function walletReadMethods({ wallets }: WalletReadDeps): readonly RpcMethod[] {
  return [
    ...walletBalanceMethods(wallets),
    ...walletHistoryMethods(wallets),
    ...walletCoinMethods(wallets),
    ...walletLabelMethods(wallets),
    ...walletMessageMethods(wallets),
    ...walletPrunedMethods(wallets),
  ];
}
