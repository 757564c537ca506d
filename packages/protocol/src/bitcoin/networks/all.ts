import type { Network, NetworkName } from "../network.ts";
import { MAIN } from "./main.ts";
import { type RegtestOptions, regtest } from "./regtest.ts";
import { type SignetOptions, signet } from "./signet.ts";
import { TEST } from "./test.ts";
import { TESTNET4 } from "./testnet4.ts";

/** Settings that change a network; each matters to signet or to regtest only. */
export interface NetworkOptions extends SignetOptions, RegtestOptions {}

export const NETWORK_NAMES: readonly NetworkName[] = [
  "main",
  "test",
  "testnet4",
  "signet",
  "regtest",
];

/** @throws DecodeError when a regtest override does not parse */
export function networkByName(name: NetworkName, options: NetworkOptions = {}): Network {
  switch (name) {
    case "main":
      return MAIN;
    case "test":
      return TEST;
    case "testnet4":
      return TESTNET4;
    case "signet":
      return signet(options);
    case "regtest":
      return regtest(options);
  }
}
