import { type BroadcastDeps, broadcastMethods } from "./broadcast-methods.ts";
import { chainControlMethods } from "./chain-control-methods.ts";
import { type ChainDeps, chainMethods } from "./chain-methods.ts";
import { type CoinDeps, coinMethods } from "./coin-methods.ts";
import { type MempoolDeps, mempoolMethods } from "./mempool-methods.ts";
import { messageMethods } from "./message-methods.ts";
import type { RpcMethod } from "./method.ts";
import { type MiningDeps, miningMethods } from "./mining-methods.ts";
import { type NetworkDeps, networkMethods } from "./network-methods.ts";
import { psbtMethods } from "./psbt-methods.ts";
import { rawTransactionMethods } from "./raw-transaction-methods.ts";
import { txoutProofMethods } from "./txout-proof-methods.ts";
import { utilMethods } from "./util-methods.ts";
import { waitMethods } from "./wait-methods.ts";

/** What the methods of a running peer work on. */
export type MethodDeps = ChainDeps &
  CoinDeps &
  NetworkDeps &
  MempoolDeps &
  BroadcastDeps &
  MiningDeps;

/** Every method that needs the chain; the others answer about the program itself. */
export function allMethods(deps: MethodDeps): readonly RpcMethod[] {
  return [
    ...chainMethods(deps),
    ...chainControlMethods(deps),
    ...waitMethods(deps.chain),
    ...coinMethods(deps),
    ...rawTransactionMethods(deps),
    ...txoutProofMethods(deps.chain),
    ...psbtMethods(deps),
    ...mempoolMethods(deps),
    ...broadcastMethods(deps),
    ...miningMethods(deps),
    ...networkMethods(deps),
    ...utilMethods(deps.chain.network),
    ...messageMethods(deps.chain.network),
  ];
}
