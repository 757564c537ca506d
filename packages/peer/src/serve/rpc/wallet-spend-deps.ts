import type { WalletManager } from "../../wallet/wallet-manager.ts";

/** What the methods that spend work on. */
export interface WalletSpendDeps {
  readonly wallets: Pick<WalletManager, "wallets" | "get">;
}
