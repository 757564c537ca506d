import type { RpcSignature } from "./signature.ts";
import { BLOCKCHAIN_METHODS } from "./signatures/blockchain-methods.ts";
import { CONTROL_METHODS } from "./signatures/control-methods.ts";
import { HIDDEN_METHODS } from "./signatures/hidden-methods.ts";
import { MINING_METHODS } from "./signatures/mining-methods.ts";
import { NETWORK_METHODS } from "./signatures/network-methods.ts";
import { PAGE_METHODS } from "./signatures/page-methods.ts";
import { RAWTRANSACTIONS_METHODS } from "./signatures/rawtransactions-methods.ts";
import { UTIL_METHODS } from "./signatures/util-methods.ts";
import { WALLET_METHODS } from "./signatures/wallet-methods.ts";

const BY_NAME: ReadonlyMap<string, RpcSignature> = new Map(
  [
    BLOCKCHAIN_METHODS,
    CONTROL_METHODS,
    HIDDEN_METHODS,
    MINING_METHODS,
    NETWORK_METHODS,
    PAGE_METHODS,
    RAWTRANSACTIONS_METHODS,
    UTIL_METHODS,
    WALLET_METHODS,
  ]
    .flat()
    .map((method) => [method.name, method]),
);

/** What the contract says of a method; undefined when it does not know it. */
export function findSignature(name: string): RpcSignature | undefined {
  return BY_NAME.get(name);
}
