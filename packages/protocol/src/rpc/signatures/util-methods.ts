import type { RpcSignature } from "../signature.ts";

/** Arguments of the methods in category "signer" and "util" and "zmq", in Core's order. Core: `help`. */
export const UTIL_METHODS: readonly RpcSignature[] = [
  {
    name: "createmultisig",
    category: "util",
    args: [
      { names: "nrequired", type: "num" },
      { names: "keys", type: "arr", usage: '["key",...]' },
      { names: "address_type", type: "str", optional: true, default: '"legacy"' },
    ],
  },
  {
    name: "deriveaddresses",
    category: "util",
    args: [
      { names: "descriptor", type: "str" },
      { names: "range", type: "range", optional: true },
    ],
  },
  {
    name: "estimatesmartfee",
    category: "util",
    args: [
      { names: "conf_target", type: "num" },
      { names: "estimate_mode", type: "str", optional: true, default: '"economical"' },
    ],
  },
  { name: "getdescriptorinfo", category: "util", args: [{ names: "descriptor", type: "str" }] },
  {
    name: "getindexinfo",
    category: "util",
    args: [{ names: "index_name", type: "str", optional: true }],
  },
  {
    name: "signmessagewithprivkey",
    category: "util",
    args: [
      { names: "privkey", type: "str" },
      { names: "message", type: "str", freeText: true },
    ],
  },
  { name: "validateaddress", category: "util", args: [{ names: "address", type: "str" }] },
  {
    name: "verifymessage",
    category: "util",
    args: [
      { names: "address", type: "str" },
      { names: "signature", type: "str", freeText: true },
      { names: "message", type: "str", freeText: true },
    ],
  },
  { name: "enumeratesigners", category: "signer", args: [] },
  { name: "getzmqnotifications", category: "zmq", args: [] },
];
