import type { Option } from "../option.ts";

/** Which chain. */
export const CHAIN_OPTIONS: readonly Option[] = [
  {
    name: "chain",
    value: "<chain>",
    group: "Chain selection options",
    help: "Chain to follow: main, test, testnet4, signet or regtest (default: main)",
  },
  {
    name: "regtest",
    group: "Chain selection options",
    help: "The same as -chain=regtest",
    debugOnly: true,
  },
  { name: "signet", group: "Chain selection options", help: "The same as -chain=signet" },
  {
    name: "signetchallenge",
    group: "Chain selection options",
    help: "Script that blocks of a signet of your own must satisfy",
    noNegation: true,
  },
  {
    name: "signetseednode",
    group: "Chain selection options",
    help: "Seed of a signet of your own, host[:port]; may be repeated",
    noNegation: true,
  },
  { name: "testnet", group: "Chain selection options", help: "The same as -chain=test" },
  { name: "testnet4", group: "Chain selection options", help: "The same as -chain=testnet4" },
  {
    name: "vbparams",
    value: "<deployment:start:end[:height]>",
    group: "Chain selection options",
    help: "Times of a version bits deployment (regtest only)",
    debugOnly: true,
  },
];
