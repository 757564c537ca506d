import type { Net } from "../../net/net.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";

/** Methods about what peers cost; bitcoind has none. */
export function accountMethods({ net }: { readonly net: Net }): readonly RpcMethod[] {
  return [
    rpcMethod("getpeeraccounts", {
      category: "network",
      args: [],
      description: "What each connected peer costs in memory and time.",
      result: "of each: id, addr, held_bytes, unsent_bytes, unjudged_blocks, messages, cpu_ms",
      examples: [""],
      run: () =>
        net.accounts().map((account) => ({
          id: account.id,
          addr: account.address,
          held_bytes: account.heldBytes,
          unsent_bytes: account.unsentBytes,
          unjudged_blocks: account.unjudgedBlocks,
          messages: account.messages,
          cpu_ms: {
            reading: Math.round(account.readingMs),
            handling: Math.round(account.handlingMs),
          },
        })),
    }),
  ];
}
