import type { Option } from "../option.ts";

/** What it relays and mines. */
export const RELAY_OPTIONS: readonly Option[] = [
  {
    name: "acceptnonstdtxn",
    group: "Node relay options",
    help: "Relay and mine non-standard transactions (test chains only, default: 0)",
    debugOnly: true,
  },
  {
    name: "bytespersigop",
    group: "Node relay options",
    help: "Virtual bytes that a signature operation counts as (default: 20)",
  },
  {
    name: "datacarrier",
    group: "Node relay options",
    help: "Relay transactions that carry data (default: 1)",
  },
  {
    name: "datacarriersize",
    group: "Node relay options",
    help: "Most bytes of data scripts in a relayed transaction (default: 100000)",
  },
  {
    name: "dustrelayfee",
    value: "<amt>",
    group: "Node relay options",
    help: "Fee rate in BTC/kvB that decides what is dust (default: 0.00003)",
    debugOnly: true,
  },
  {
    name: "incrementalrelayfee",
    value: "<amt>",
    group: "Node relay options",
    help: "Fee rate in BTC/kvB that a replacement adds (default: 0.000001)",
    debugOnly: true,
  },
  {
    name: "minrelaytxfee",
    value: "<amt>",
    group: "Node relay options",
    help: "Lowest fee rate in BTC/kvB that is relayed (default: 0.000001)",
  },
  {
    name: "permitbaremultisig",
    group: "Node relay options",
    help: "Relay multisig outputs outside P2SH (default: 1)",
  },
  {
    name: "whitelistforcerelay",
    group: "Node relay options",
    help: "Give whitelisted peers forcerelay as well (default: 0)",
  },
  {
    name: "whitelistrelay",
    group: "Node relay options",
    help: "Give whitelisted peers relay as well (default: 1)",
  },
  {
    name: "blockmaxweight",
    value: "<n>",
    group: "Block creation options",
    help: "Largest weight of a block template (default: 4000000)",
    debugOnly: true,
  },
  {
    name: "blockmintxfee",
    value: "<amt>",
    group: "Block creation options",
    help: "Lowest fee rate in BTC/kvB in a block template (default: 0.00000001)",
  },
  {
    name: "blockreservedweight",
    value: "<n>",
    group: "Block creation options",
    help: "Weight left for header and coinbase (default: 8000)",
  },
  {
    name: "mine",
    value: "<n>",
    group: "Block creation options",
    help: "Mine a block every n seconds (regtest and a signet of your own only, default: 0, not at all)",
  },
  {
    name: "mineto",
    value: "<address or descriptor>",
    group: "Block creation options",
    help: "Who earns what -mine mines (default: raw(51), anybody)",
  },
  {
    name: "signetminingkey",
    value: "<key>",
    group: "Block creation options",
    help: "Private key that signs mined blocks of a signet; may be repeated for k-of-n challenges",
    secret: true,
  },
  {
    name: "blockversion",
    value: "<n>",
    group: "Block creation options",
    help: "Version of block templates, for tests of forks",
    debugOnly: true,
  },
];
