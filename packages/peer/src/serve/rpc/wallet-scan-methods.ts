import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import type { WalletManager } from "../../wallet/wallet-manager.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";
import { requireWallet } from "./require-wallet.ts";

/** Methods that look again at blocks for payments. */
export function walletScanMethods(wallets: WalletManager): readonly RpcMethod[] {
  return [
    rpcMethod("rescanblockchain", {
      description: "Looks again at blocks, from one height to another, for payments of a wallet.",
      run: (call) => rescan(requireWallet(wallets, call), call.params),
    }),
    rpcMethod("abortrescan", {
      description: "Ends the rescan of a wallet; false when there is none.",
      run: (call) => requireWallet(wallets, call).abortRescan(),
    }),
  ];
}

async function rescan(wallet: Wallet, params: Params): Promise<JsonOut> {
  if (wallet.isRescanning)
    throw new RpcError(
      RpcErrorCode.wallet,
      "Wallet is currently rescanning. Abort existing rescan or wait.",
    );
  wallet.requireUnlocked();
  const tip = wallet.lastBlock.height;
  const start = params.optionalInt("start_height", 0);
  if (start < 0 || start > tip)
    throw new RpcError(RpcErrorCode.invalidParameter, "Invalid start_height");
  const stop = params.optionalInt("stop_height");
  if (stop !== undefined && (stop < 0 || stop > tip))
    throw new RpcError(RpcErrorCode.invalidParameter, "Invalid stop_height");
  if (stop !== undefined && stop < start)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "stop_height must be greater than start_height",
    );
  requireBlocks(wallet, start, stop ?? tip);
  const result = await wallet.rescan(wallet.chain.at(start) as BlockNode, stop ?? null);
  if (result.status === "failed")
    throw new RpcError(RpcErrorCode.misc, "Rescan failed. Potentially corrupted data files.");
  if (result.status === "aborted") throw new RpcError(RpcErrorCode.misc, "Rescan aborted.");
  return { start_height: start, stop_height: result.last?.height ?? null };
}

function requireBlocks({ chain }: Wallet, start: number, stop: number): void {
  if (chain.isPruned && start < chain.pruneHeight)
    throw new RpcError(
      RpcErrorCode.misc,
      "Can't rescan beyond pruned data. Use RPC call getblockchaininfo to determine your pruned height.",
    );
  for (let height = stop; height >= start; height--)
    if (chain.at(height)?.haveData !== true)
      throw new RpcError(
        RpcErrorCode.misc,
        "Failed to rescan unavailable blocks likely due to pruning or missing data.",
      );
}
