import type { RpcSignature } from "../signature.ts";

/** Arguments of the methods in category "network", in Core's order. Core: `help`. */
export const NETWORK_METHODS: readonly RpcSignature[] = [
  {
    name: "addnode",
    category: "network",
    args: [
      { names: "node", type: "str" },
      { names: "command", type: "str" },
      { names: "v2transport", type: "bool", optional: true },
    ],
  },
  { name: "clearbanned", category: "network", args: [] },
  {
    name: "disconnectnode",
    category: "network",
    args: [
      { names: "address", type: "str", optional: true },
      { names: "nodeid", type: "num", optional: true },
    ],
  },
  {
    name: "getaddednodeinfo",
    category: "network",
    args: [{ names: "node", type: "str", optional: true }],
  },
  { name: "getaddrmaninfo", category: "network", args: [] },
  { name: "getconnectioncount", category: "network", args: [] },
  { name: "getnettotals", category: "network", args: [] },
  { name: "getnetworkinfo", category: "network", args: [] },
  {
    name: "getnodeaddresses",
    category: "network",
    args: [
      { names: "count", type: "num", optional: true, default: "1" },
      { names: "network", type: "str", optional: true },
    ],
  },
  { name: "getpeerinfo", category: "network", args: [] },
  { name: "listbanned", category: "network", args: [] },
  { name: "ping", category: "network", args: [] },
  {
    name: "setban",
    category: "network",
    args: [
      { names: "subnet", type: "str" },
      { names: "command", type: "str" },
      { names: "bantime", type: "num", optional: true, default: "0" },
      { names: "absolute", type: "bool", optional: true, default: "false" },
    ],
  },
  { name: "setnetworkactive", category: "network", args: [{ names: "state", type: "bool" }] },
];
