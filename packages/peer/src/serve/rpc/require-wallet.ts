import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Wallet } from "../../wallet/wallet.ts";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import type { RpcCall } from "./method.ts";

/**
 * The wallet that a call is for: the one its path names, or the only one. Core: GetWalletForJSONRPCRequest.
 *
 * @throws RpcError -18, -19 in Core's words
 */
export function requireWallet(
  manager: Pick<WalletManager, "wallets" | "get">,
  call: Pick<RpcCall, "wallet">,
): Wallet {
  if (call.wallet !== null) {
    const wallet = manager.get(call.wallet);
    if (wallet !== undefined) return wallet;
    throw new RpcError(
      RpcErrorCode.walletNotFound,
      "Requested wallet does not exist or is not loaded",
    );
  }
  const [first, ...others] = manager.wallets;
  if (first !== undefined && others.length === 0) return first;
  if (first === undefined)
    throw new RpcError(
      RpcErrorCode.walletNotFound,
      "No wallet is loaded. Load a wallet using loadwallet or create a new one with createwallet. (Note: A default wallet is no longer automatically created)",
    );
  throw new RpcError(
    RpcErrorCode.walletNotSpecified,
    "Multiple wallets are loaded. Please select which wallet to use by requesting the RPC through the /wallet/<walletname> URI path.",
  );
}
