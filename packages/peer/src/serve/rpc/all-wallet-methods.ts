import type { Network } from "@compeer/protocol/bitcoin/network";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import type { RpcMethod } from "./method.ts";
import { walletMethods } from "./wallet-methods.ts";
import { walletReadMethods } from "./wallet-read-methods.ts";
import { walletSpendMethods } from "./wallet-spend-methods.ts";
import { wordsMethods } from "./words-methods.ts";

export interface AllWalletDeps {
  readonly wallets: WalletManager;
  readonly chain: { readonly network: Network };
}

/**
 * Every method of a peer with wallets. Before one runs, its wallet has looked at all blocks that the
 * caller may have heard of. Core: BlockUntilSyncedToCurrentChain.
 */
export function allWalletMethods(deps: AllWalletDeps): readonly RpcMethod[] {
  return [
    ...walletMethods(deps),
    ...walletReadMethods(deps),
    ...walletSpendMethods(deps),
    ...wordsMethods(deps),
  ].map((method) => ({
    ...method,
    run: async (call) => {
      await deps.wallets.settled(call.wallet);
      return method.run(call);
    },
  }));
}
