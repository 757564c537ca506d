import { JobQueue } from "../../chain/job-queue.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import type { RpcMethod } from "./method.ts";
import { requireWallet } from "./require-wallet.ts";
import type { WalletSpendDeps } from "./wallet-spend-deps.ts";

/** The methods, one call after the other in each wallet: two at a time could choose the same coins. */
export function inTurns(
  { wallets }: WalletSpendDeps,
  methods: readonly RpcMethod[],
): readonly RpcMethod[] {
  const queues = new WeakMap<Wallet, JobQueue>();
  return methods.map((method) => ({
    ...method,
    run: (call) => {
      const wallet = requireWallet(wallets, call);
      const queue = queues.get(wallet) ?? new JobQueue();
      queues.set(wallet, queue);
      return queue.run(() => method.run(call));
    },
  }));
}
