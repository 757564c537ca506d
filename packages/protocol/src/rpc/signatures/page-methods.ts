import type { RpcSignature } from "../signature.ts";

/** Arguments of the methods that bitcoind does not have: most are in category "page". */
export const PAGE_METHODS: readonly RpcSignature[] = [
  {
    name: "auditpeers",
    category: "network",
    args: [
      {
        names: "height",
        type: "num",
        optional: true,
        about: "compare the coins as of this block; by default as of the tip",
      },
    ],
  },
  {
    name: "changesetting",
    category: "page",
    args: [
      { names: "name", type: "str", about: "the setting, without a dash" },
      {
        names: "value",
        type: "str",
        optional: true,
        anyType: true,
        json: true,
        loose: true,
        about: "its value; null for the default",
      },
    ],
  },
  {
    name: "createpagelink",
    category: "page",
    args: [
      {
        names: "scope",
        type: "str",
        optional: true,
        default: '"spend"',
        about: "view, wallet or spend, each with the ones before",
      },
    ],
  },
  {
    name: "endpagesession",
    category: "page",
    args: [{ names: "id", type: "str", about: "the session, as listpagesessions names it" }],
  },
  {
    name: "findtransaction",
    category: "page",
    args: [
      { names: "txid", type: "str", about: "the transaction" },
      { names: "blockhash", type: "str", optional: true, about: "a block to look into first" },
    ],
  },
  { name: "getmining", category: "page", args: [] },
  {
    name: "getprojectedblocks",
    category: "page",
    args: [
      { names: "count", type: "num", optional: true, default: "8", about: "how many, at most 8" },
      {
        names: "verbose",
        type: "bool",
        optional: true,
        default: "false",
        about: "list the transactions too",
      },
    ],
  },
  { name: "getsyncprogress", category: "page", args: [] },
  {
    name: "gettaillog",
    category: "page",
    args: [
      {
        names: "lines",
        type: "num",
        optional: true,
        default: "200",
        about: "how many, at most 5000",
      },
      { names: "filter", type: "str", optional: true, about: "only lines that hold this text" },
    ],
  },
  { name: "listpagesessions", category: "page", args: [] },
  {
    name: "listsettings",
    category: "page",
    args: [
      {
        names: "filter",
        type: "str",
        optional: true,
        about: "only those whose name or description holds this",
      },
    ],
  },
  {
    name: "setmining",
    category: "page",
    args: [
      { names: "on", type: "bool", about: "whether to mine" },
      {
        names: "interval",
        type: "num",
        optional: true,
        default: "10",
        about: "seconds between two blocks",
      },
      {
        names: "to",
        type: "str",
        optional: true,
        about: "address or descriptor that earns; without it, who earned before",
      },
    ],
  },
];
