import type { RpcSignature } from "../signature.ts";

/** Arguments of the methods in category "mining", in Core's order. Core: `help`. */
export const MINING_METHODS: readonly RpcSignature[] = [
  {
    name: "getblocktemplate",
    category: "mining",
    args: [
      {
        names: "template_request",
        type: "obj",
        usage:
          '{"mode":"str","capabilities":["str",...],"rules":["segwit","str",...],"longpollid":"str","data":"hex"}',
      },
    ],
  },
  { name: "getmininginfo", category: "mining", args: [] },
  {
    name: "getnetworkhashps",
    category: "mining",
    args: [
      { names: "nblocks", type: "num", optional: true, default: "120" },
      { names: "height", type: "num", optional: true, default: "-1" },
    ],
  },
  { name: "getprioritisedtransactions", category: "mining", args: [] },
  {
    name: "prioritisetransaction",
    category: "mining",
    args: [
      { names: "txid", type: "str" },
      { names: "dummy", type: "num", optional: true },
      { names: "fee_delta", type: "num" },
    ],
  },
  {
    name: "submitblock",
    category: "mining",
    args: [
      { names: "hexdata", type: "str" },
      { names: "dummy", type: "str", optional: true },
    ],
  },
  { name: "submitheader", category: "mining", args: [{ names: "hexdata", type: "str" }] },
];
