import type { Option } from "../option.ts";

/** Its wallets. */
export const WALLET_OPTIONS: readonly Option[] = [
  {
    name: "addresstype",
    value: "<type>",
    group: "Wallet options",
    help: "Kind of new addresses: legacy, p2sh-segwit, bech32 or bech32m (default: bech32)",
  },
  {
    name: "avoidpartialspends",
    group: "Wallet options",
    help: "Spend all coins of an address together (default: 0)",
  },
  {
    name: "changetype",
    value: "<type>",
    group: "Wallet options",
    help: "Kind of change addresses (default: as the payment's)",
  },
  {
    name: "consolidatefeerate",
    value: "<amt>",
    group: "Wallet options",
    help: "Fee rate in BTC/kvB below which more coins than needed are spent (default: 0.0001)",
  },
  { name: "disablewallet", group: "Wallet options", help: "Run without wallets (default: 0)" },
  {
    name: "discardfee",
    value: "<amt>",
    group: "Wallet options",
    help: "Fee rate in BTC/kvB that decides when change is left to the fee (default: 0.0001)",
  },
  {
    name: "fallbackfee",
    value: "<amt>",
    group: "Wallet options",
    help: "Fee rate in BTC/kvB when none can be estimated; 0 refuses to guess (default: 0)",
  },
  {
    name: "keypool",
    value: "<n>",
    group: "Wallet options",
    help: "Keys made ahead (default: 1000)",
  },
  {
    name: "maxapsfee",
    value: "<n>",
    group: "Wallet options",
    help: "Fee in BTC that may be spent more to avoid partial spends (default: 0)",
  },
  {
    name: "mintxfee",
    value: "<amt>",
    group: "Wallet options",
    help: "Lowest fee rate of own transactions in BTC/kvB (default: 0.00001)",
  },
  {
    name: "paytxfee",
    value: "<amt>",
    group: "Wallet options",
    help: "Fee rate of own transactions in BTC/kvB; 0 estimates (default: 0; deprecated)",
  },
  {
    name: "signer",
    value: "<cmd>",
    group: "Wallet options",
    help: "Program that talks to devices with keys, as createwallet with external_signer asks it",
  },
  {
    name: "spendzeroconfchange",
    group: "Wallet options",
    help: "Spend change that is not confirmed yet (default: 1)",
  },
  {
    name: "txconfirmtarget",
    value: "<n>",
    group: "Wallet options",
    help: "Blocks within which own transactions should confirm (default: 6)",
  },
  {
    name: "wallet",
    value: "<path>",
    group: "Wallet options",
    help: "Load this wallet at start; may be repeated; -nowallet loads none",
    networkOnly: true,
  },
  {
    name: "walletbroadcast",
    group: "Wallet options",
    help: "Send own transactions to peers (default: 1)",
  },
  {
    name: "walletdir",
    value: "<dir>",
    group: "Wallet options",
    help: "Where wallets lie (default: wallets below the chain's directory, if it is there)",
    networkOnly: true,
  },
  {
    name: "walletnotify",
    value: "<cmd>",
    group: "Wallet options",
    help: "Run this command when an own transaction changes; %s its id, %w wallet, %b block, %h height",
  },
  {
    name: "walletrbf",
    group: "Wallet options",
    help: "Own transactions say that they may be replaced (default: 1)",
  },
  {
    name: "unsafesqlitesync",
    group: "Wallet debugging/testing options",
    help: "Do not wait for the wallet to be on disk (default: 0)",
    debugOnly: true,
  },
  {
    name: "walletcrosschain",
    group: "Wallet debugging/testing options",
    help: "Allow wallets of another chain (default: 0)",
    debugOnly: true,
  },
  {
    name: "walletrejectlongchains",
    group: "Wallet debugging/testing options",
    help: "Make no transaction that the mempool would refuse for its ancestors (default: 1)",
    debugOnly: true,
  },
];
