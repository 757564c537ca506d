import type { RpcSignature } from "../signature.ts";

/** Arguments of the methods in category "hidden", in Core's order. Core: `help`. */
export const HIDDEN_METHODS: readonly RpcSignature[] = [
  {
    name: "addconnection",
    category: "hidden",
    args: [
      { names: "address", type: "str" },
      { names: "connection_type", type: "str" },
      { names: "v2transport", type: "bool" },
    ],
  },
  {
    name: "addpeeraddress",
    category: "hidden",
    args: [
      { names: "address", type: "str" },
      { names: "port", type: "num" },
      { names: "tried", type: "bool", optional: true, default: "false" },
    ],
  },
  {
    name: "echo",
    category: "hidden",
    args: [
      { names: "arg0", type: "str", optional: true, anyType: true },
      { names: "arg1", type: "str", optional: true, anyType: true },
      { names: "arg2", type: "str", optional: true, anyType: true },
      { names: "arg3", type: "str", optional: true, anyType: true },
      { names: "arg4", type: "str", optional: true, anyType: true },
      { names: "arg5", type: "str", optional: true, anyType: true },
      { names: "arg6", type: "str", optional: true, anyType: true },
      { names: "arg7", type: "str", optional: true, anyType: true },
      { names: "arg8", type: "str", optional: true, anyType: true },
      { names: "arg9", type: "str", optional: true, anyType: true },
    ],
  },
  { name: "echoipc", category: "hidden", args: [{ names: "arg", type: "str", freeText: true }] },
  {
    name: "echojson",
    category: "hidden",
    args: [
      { names: "arg0", type: "str", optional: true, anyType: true, json: true },
      { names: "arg1", type: "str", optional: true, anyType: true, json: true },
      { names: "arg2", type: "str", optional: true, anyType: true, json: true },
      { names: "arg3", type: "str", optional: true, anyType: true, json: true },
      { names: "arg4", type: "str", optional: true, anyType: true, json: true },
      { names: "arg5", type: "str", optional: true, anyType: true, json: true },
      { names: "arg6", type: "str", optional: true, anyType: true, json: true },
      { names: "arg7", type: "str", optional: true, anyType: true, json: true },
      { names: "arg8", type: "str", optional: true, anyType: true, json: true },
      { names: "arg9", type: "str", optional: true, anyType: true, json: true },
    ],
  },
  {
    name: "estimaterawfee",
    category: "hidden",
    args: [
      { names: "conf_target", type: "num" },
      { names: "threshold", type: "num", optional: true, default: "0.95" },
    ],
  },
  { name: "generate", category: "hidden", args: [] },
  {
    name: "generateblock",
    category: "hidden",
    args: [
      { names: "output", type: "str" },
      { names: "transactions", type: "arr", usage: '["rawtx/txid",...]' },
      { names: "submit", type: "bool", optional: true, default: "true" },
    ],
  },
  {
    name: "generatetoaddress",
    category: "hidden",
    args: [
      { names: "nblocks", type: "num" },
      { names: "address", type: "str" },
      { names: "maxtries", type: "num", optional: true, default: "1000000" },
    ],
  },
  {
    name: "generatetodescriptor",
    category: "hidden",
    args: [
      { names: "num_blocks", type: "num" },
      { names: "descriptor", type: "str" },
      { names: "maxtries", type: "num", optional: true, default: "1000000" },
    ],
  },
  { name: "getmempoolfeeratediagram", category: "hidden", args: [] },
  {
    name: "getorphantxs",
    category: "hidden",
    args: [{ names: "verbosity", type: "num", optional: true, default: "0", anyType: true }],
  },
  { name: "getrawaddrman", category: "hidden", args: [] },
  { name: "invalidateblock", category: "hidden", args: [{ names: "blockhash", type: "str" }] },
  { name: "mockscheduler", category: "hidden", args: [{ names: "delta_time", type: "num" }] },
  { name: "reconsiderblock", category: "hidden", args: [{ names: "blockhash", type: "str" }] },
  {
    name: "sendmsgtopeer",
    category: "hidden",
    args: [
      { names: "peer_id", type: "num" },
      { names: "msg_type", type: "str" },
      { names: "msg", type: "str" },
    ],
  },
  { name: "setmocktime", category: "hidden", args: [{ names: "timestamp", type: "num" }] },
  { name: "syncwithvalidationinterfacequeue", category: "hidden", args: [] },
];
