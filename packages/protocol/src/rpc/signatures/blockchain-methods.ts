import type { RpcSignature } from "../signature.ts";

/** Arguments of the methods in category "blockchain", in Core's order. Core: `help`. */
export const BLOCKCHAIN_METHODS: readonly RpcSignature[] = [
  {
    name: "dumptxoutset",
    category: "blockchain",
    args: [
      { names: "path", type: "str", freeText: true },
      { names: "type", type: "str", freeText: true, optional: true, default: '""' },
      {
        names: "options",
        type: "named",
        optional: true,
        usage: '{"rollback":n,...}',
        members: [{ names: "rollback", type: "num", anyType: true, loose: true }],
      },
    ],
  },
  { name: "getbestblockhash", category: "blockchain", args: [] },
  {
    name: "getblock",
    category: "blockchain",
    args: [
      { names: "blockhash", type: "str" },
      { names: "verbosity|verbose", type: "num", optional: true, default: "1", anyType: true },
    ],
  },
  { name: "getblockchaininfo", category: "blockchain", args: [] },
  { name: "getblockcount", category: "blockchain", args: [] },
  {
    name: "getblockfilter",
    category: "blockchain",
    args: [
      { names: "blockhash", type: "str" },
      { names: "filtertype", type: "str", optional: true, default: '"basic"' },
    ],
  },
  {
    name: "getblockfrompeer",
    category: "blockchain",
    args: [
      { names: "blockhash", type: "str" },
      { names: "peer_id", type: "num" },
    ],
  },
  { name: "getblockhash", category: "blockchain", args: [{ names: "height", type: "num" }] },
  {
    name: "getblockheader",
    category: "blockchain",
    args: [
      { names: "blockhash", type: "str" },
      { names: "verbose", type: "bool", optional: true, default: "true" },
    ],
  },
  {
    name: "getblockstats",
    category: "blockchain",
    args: [
      { names: "hash_or_height", type: "num", anyType: true, loose: true },
      { names: "stats", type: "arr", optional: true },
    ],
  },
  { name: "getchainstates", category: "blockchain", args: [] },
  { name: "getchaintips", category: "blockchain", args: [] },
  {
    name: "getchaintxstats",
    category: "blockchain",
    args: [
      { names: "nblocks", type: "num", optional: true },
      { names: "blockhash", type: "str", optional: true },
    ],
  },
  {
    name: "getdeploymentinfo",
    category: "blockchain",
    args: [
      { names: "blockhash", type: "str", optional: true, default: '"hash of current chain tip"' },
    ],
  },
  {
    name: "getdescriptoractivity",
    category: "blockchain",
    args: [
      { names: "blockhashes", type: "arr", usage: '["blockhash",...]' },
      { names: "scanobjects", type: "arr", usage: "[scanobjects,...]" },
      { names: "include_mempool", type: "bool", optional: true, default: "true" },
    ],
  },
  { name: "getdifficulty", category: "blockchain", args: [] },
  {
    name: "getmempoolancestors",
    category: "blockchain",
    args: [
      { names: "txid", type: "str" },
      { names: "verbose", type: "bool", optional: true, default: "false" },
    ],
  },
  { name: "getmempoolcluster", category: "blockchain", args: [{ names: "txid", type: "str" }] },
  {
    name: "getmempooldescendants",
    category: "blockchain",
    args: [
      { names: "txid", type: "str" },
      { names: "verbose", type: "bool", optional: true, default: "false" },
    ],
  },
  { name: "getmempoolentry", category: "blockchain", args: [{ names: "txid", type: "str" }] },
  { name: "getmempoolinfo", category: "blockchain", args: [] },
  {
    name: "getrawmempool",
    category: "blockchain",
    args: [
      { names: "verbose", type: "bool", optional: true, default: "false" },
      { names: "mempool_sequence", type: "bool", optional: true, default: "false" },
    ],
  },
  {
    name: "gettxout",
    category: "blockchain",
    args: [
      { names: "txid", type: "str" },
      { names: "n", type: "num" },
      { names: "include_mempool", type: "bool", optional: true, default: "true" },
    ],
  },
  {
    name: "gettxoutproof",
    category: "blockchain",
    args: [
      { names: "txids", type: "arr", usage: '["txid",...]' },
      { names: "blockhash", type: "str", optional: true },
    ],
  },
  {
    name: "gettxoutsetinfo",
    category: "blockchain",
    args: [
      { names: "hash_type", type: "str", optional: true, default: '"hash_serialized_3"' },
      { names: "hash_or_height", type: "num", optional: true, anyType: true, loose: true },
      { names: "use_index", type: "bool", optional: true, default: "true" },
    ],
  },
  {
    name: "gettxspendingprevout",
    category: "blockchain",
    args: [{ names: "outputs", type: "arr", usage: '[{"txid":"hex","vout":n},...]' }],
  },
  {
    name: "importmempool",
    category: "blockchain",
    args: [
      { names: "filepath", type: "str", freeText: true },
      {
        names: "options",
        type: "named",
        optional: true,
        members: [
          { names: "use_current_time", type: "bool", default: "true" },
          { names: "apply_fee_delta_priority", type: "bool", default: "false" },
          { names: "apply_unbroadcast_set", type: "bool", default: "false" },
        ],
      },
    ],
  },
  {
    name: "loadtxoutset",
    category: "blockchain",
    args: [{ names: "path", type: "str", freeText: true }],
  },
  { name: "preciousblock", category: "blockchain", args: [{ names: "blockhash", type: "str" }] },
  { name: "pruneblockchain", category: "blockchain", args: [{ names: "height", type: "num" }] },
  { name: "savemempool", category: "blockchain", args: [] },
  {
    name: "scanblocks",
    category: "blockchain",
    args: [
      { names: "action", type: "str" },
      { names: "scanobjects", type: "arr", optional: true, usage: "[scanobjects,...]" },
      { names: "start_height", type: "num", optional: true, default: "0" },
      { names: "stop_height", type: "num", optional: true },
      { names: "filtertype", type: "str", optional: true, default: '"basic"' },
      {
        names: "options",
        type: "named",
        optional: true,
        members: [{ names: "filter_false_positives", type: "bool", default: "false" }],
      },
    ],
  },
  {
    name: "scantxoutset",
    category: "blockchain",
    args: [
      { names: "action", type: "str" },
      { names: "scanobjects", type: "arr", optional: true, usage: "[scanobjects,...]" },
    ],
  },
  {
    name: "verifychain",
    category: "blockchain",
    args: [
      { names: "checklevel", type: "num", optional: true },
      { names: "nblocks", type: "num", optional: true },
    ],
  },
  { name: "verifytxoutproof", category: "blockchain", args: [{ names: "proof", type: "str" }] },
  {
    name: "waitforblock",
    category: "blockchain",
    args: [
      { names: "blockhash", type: "str" },
      { names: "timeout", type: "num", optional: true, default: "0" },
    ],
  },
  {
    name: "waitforblockheight",
    category: "blockchain",
    args: [
      { names: "height", type: "num" },
      { names: "timeout", type: "num", optional: true, default: "0" },
    ],
  },
  {
    name: "waitfornewblock",
    category: "blockchain",
    args: [
      { names: "timeout", type: "num", optional: true, default: "0" },
      { names: "current_tip", type: "str", optional: true },
    ],
  },
];
