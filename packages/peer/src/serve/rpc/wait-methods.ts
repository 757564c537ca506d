import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import { type RpcCall, type RpcMethod, rpcMethod } from "./method.ts";

/** Methods that answer when the tip is where the caller wants it. */
export function waitMethods(chain: Chain): readonly RpcMethod[] {
  return [
    rpcMethod("waitfornewblock", {
      description:
        "Waits until the tip is another block, or until `timeout` milliseconds are over.",
      run: (call) => {
        const old = call.params.optionalHash("current_tip") ?? chain.tip.hash;
        return waitForTip(chain, call, (tip) => !equalBytes(tip.hash, old));
      },
    }),
    rpcMethod("waitforblock", {
      description:
        "Waits until a certain block is the tip, or until `timeout` milliseconds are over.",
      run: (call) => {
        const hash = call.params.hash("blockhash");
        return waitForTip(chain, call, (tip) => equalBytes(tip.hash, hash));
      },
    }),
    rpcMethod("waitforblockheight", {
      description: "Waits until the chain has a height, or until `timeout` milliseconds are over.",
      run: (call) => {
        const height = call.params.int("height");
        return waitForTip(chain, call, (tip) => tip.height >= height);
      },
    }),
  ];
}

/** Resolves with the tip when `isThere` holds for it, the time is over or the call is aborted. */
function waitForTip(
  chain: Chain,
  { params, signal }: RpcCall,
  isThere: (tip: BlockNode) => boolean,
): Promise<JsonOut> {
  const timeoutMs = params.optionalInt("timeout", 0);
  if (timeoutMs < 0) throw new RpcError(RpcErrorCode.misc, "Negative timeout");
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener("abort", finish);
      resolve({ hash: formatHash(chain.tip.hash), height: chain.tip.height });
    };
    const timer = timeoutMs > 0 ? setTimeout(finish, timeoutMs) : undefined;
    const unsubscribe = chain.tipChanged.on((tip) => {
      if (isThere(tip)) finish();
    });
    signal.addEventListener("abort", finish);
    if (signal.aborted || isThere(chain.tip)) finish();
  });
}
