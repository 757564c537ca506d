import { accountMethods } from "./account-methods.ts";
import { addressMethods } from "./address-methods.ts";
import { type AuditDeps, auditMethods } from "./audit-methods.ts";
import { type BroadcastDeps, broadcastMethods } from "./broadcast-methods.ts";
import { chainControlMethods } from "./chain-control-methods.ts";
import { type ChainDeps, chainMethods } from "./chain-methods.ts";
import { type CoinDeps, coinMethods } from "./coin-methods.ts";
import { type FeeDeps, feeMethods } from "./fee-methods.ts";
import { type IndexDeps, indexMethods } from "./index-methods.ts";
import { type MempoolDeps, mempoolMethods } from "./mempool-methods.ts";
import { messageMethods } from "./message-methods.ts";
import type { RpcMethod } from "./method.ts";
import { type MiningDeps, miningMethods } from "./mining-methods.ts";
import { type NetworkDeps, networkMethods } from "./network-methods.ts";
import { orphanMethods } from "./orphan-methods.ts";
import { psbtMethods } from "./psbt-methods.ts";
import { rawTransactionMethods } from "./raw-transaction-methods.ts";
import { txoutProofMethods } from "./txout-proof-methods.ts";
import { utilMethods } from "./util-methods.ts";
import { waitMethods } from "./wait-methods.ts";

/** What the methods of a running peer work on. */
export type MethodDeps = ChainDeps &
  CoinDeps &
  IndexDeps &
  NetworkDeps &
  AuditDeps &
  MempoolDeps &
  BroadcastDeps &
  FeeDeps &
  MiningDeps;

/** Every method that needs the chain; the others answer about the program itself. */
export function allMethods(deps: MethodDeps): readonly RpcMethod[] {
  return [
    ...chainMethods(deps),
    ...chainControlMethods(deps),
    ...waitMethods(deps.chain),
    ...coinMethods(deps),
    ...indexMethods(deps),
    ...rawTransactionMethods(deps),
    ...txoutProofMethods(deps.chain),
    ...psbtMethods(deps),
    ...mempoolMethods(deps),
    ...broadcastMethods(deps),
    ...feeMethods(deps),
    ...miningMethods(deps),
    ...networkMethods(deps),
    ...addressMethods(deps),
    ...orphanMethods(deps),
    ...accountMethods(deps),
    ...auditMethods(deps),
    ...utilMethods(deps.chain.network),
    ...messageMethods(deps.chain.network),
  ];
}
