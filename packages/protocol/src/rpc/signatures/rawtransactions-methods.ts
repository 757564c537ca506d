import type { RpcSignature } from "../signature.ts";

/** Arguments of the methods in category "rawtransactions", in Core's order. Core: `help`. */
export const RAWTRANSACTIONS_METHODS: readonly RpcSignature[] = [
  {
    name: "analyzepsbt",
    category: "rawtransactions",
    args: [{ names: "psbt", type: "str", freeText: true }],
  },
  {
    name: "combinepsbt",
    category: "rawtransactions",
    args: [{ names: "txs", type: "arr", usage: '["psbt",...]' }],
  },
  {
    name: "combinerawtransaction",
    category: "rawtransactions",
    args: [{ names: "txs", type: "arr", usage: '["hexstring",...]' }],
  },
  {
    name: "converttopsbt",
    category: "rawtransactions",
    args: [
      { names: "hexstring", type: "str" },
      { names: "permitsigdata", type: "bool", optional: true, default: "false" },
      { names: "iswitness", type: "bool", optional: true },
    ],
  },
  {
    name: "createpsbt",
    category: "rawtransactions",
    args: [
      { names: "inputs", type: "arr", usage: '[{"txid":"hex","vout":n,"sequence":n},...]' },
      {
        names: "outputs",
        type: "arr",
        anyType: true,
        usage: '[{"address":amount,...},{"data":"hex"},...]',
      },
      { names: "locktime", type: "num", optional: true, default: "0" },
      { names: "replaceable", type: "bool", optional: true, default: "true" },
      { names: "version", type: "num", optional: true, default: "2" },
    ],
  },
  {
    name: "createrawtransaction",
    category: "rawtransactions",
    args: [
      { names: "inputs", type: "arr", usage: '[{"txid":"hex","vout":n,"sequence":n},...]' },
      {
        names: "outputs",
        type: "arr",
        anyType: true,
        usage: '[{"address":amount,...},{"data":"hex"},...]',
      },
      { names: "locktime", type: "num", optional: true, default: "0" },
      { names: "replaceable", type: "bool", optional: true, default: "true" },
      { names: "version", type: "num", optional: true, default: "2" },
    ],
  },
  {
    name: "decodepsbt",
    category: "rawtransactions",
    args: [{ names: "psbt", type: "str", freeText: true }],
  },
  {
    name: "decoderawtransaction",
    category: "rawtransactions",
    args: [
      { names: "hexstring", type: "str" },
      { names: "iswitness", type: "bool", optional: true },
    ],
  },
  {
    name: "decodescript",
    category: "rawtransactions",
    args: [{ names: "hexstring", type: "str" }],
  },
  {
    name: "descriptorprocesspsbt",
    category: "rawtransactions",
    args: [
      { names: "psbt", type: "str", freeText: true },
      { names: "descriptors", type: "arr", usage: '["",{"desc":"str","range":n or [n,n]},...]' },
      {
        names: "sighashtype",
        type: "str",
        freeText: true,
        optional: true,
        default: '"DEFAULT for Taproot, ALL otherwise"',
      },
      { names: "bip32derivs", type: "bool", optional: true, default: "true" },
      { names: "finalize", type: "bool", optional: true, default: "true" },
    ],
  },
  {
    name: "finalizepsbt",
    category: "rawtransactions",
    args: [
      { names: "psbt", type: "str", freeText: true },
      { names: "extract", type: "bool", optional: true, default: "true" },
    ],
  },
  {
    name: "fundrawtransaction",
    category: "rawtransactions",
    args: [
      { names: "hexstring", type: "str" },
      {
        names: "options",
        type: "named",
        optional: true,
        anyType: true,
        members: [
          { names: "add_inputs", type: "bool", default: "true" },
          { names: "include_unsafe", type: "bool", default: "false" },
          { names: "minconf", type: "num", default: "0" },
          { names: "maxconf", type: "num" },
          { names: "changeAddress", type: "str" },
          { names: "changePosition", type: "num" },
          { names: "change_type", type: "str" },
          { names: "includeWatching", type: "bool", default: "false" },
          { names: "lockUnspents", type: "bool", default: "false" },
          { names: "fee_rate", type: "amount" },
          { names: "feeRate", type: "amount" },
          { names: "subtractFeeFromOutputs", type: "arr", default: "[]" },
          { names: "input_weights", type: "arr" },
          { names: "max_tx_weight", type: "num", default: "400000" },
          { names: "conf_target", type: "num" },
          { names: "estimate_mode", type: "str", default: '"unset"' },
          { names: "replaceable", type: "bool" },
          { names: "solving_data", type: "obj" },
        ],
      },
      { names: "iswitness", type: "bool", optional: true },
    ],
  },
  {
    name: "getrawtransaction",
    category: "rawtransactions",
    args: [
      { names: "txid", type: "str" },
      { names: "verbosity|verbose", type: "num", optional: true, default: "0", anyType: true },
      { names: "blockhash", type: "str", optional: true },
    ],
  },
  {
    name: "joinpsbts",
    category: "rawtransactions",
    args: [{ names: "txs", type: "arr", usage: '["psbt",...]' }],
  },
  {
    name: "sendrawtransaction",
    category: "rawtransactions",
    args: [
      { names: "hexstring", type: "str" },
      { names: "maxfeerate", type: "amount", optional: true, default: '"0.10"' },
      { names: "maxburnamount", type: "amount", optional: true, default: '"0.00"' },
    ],
  },
  {
    name: "signrawtransactionwithkey",
    category: "rawtransactions",
    args: [
      { names: "hexstring", type: "str" },
      { names: "privkeys", type: "arr", usage: '["privatekey",...]' },
      {
        names: "prevtxs",
        type: "arr",
        optional: true,
        usage:
          '[{"txid":"hex","vout":n,"scriptPubKey":"hex","redeemScript":"hex","witnessScript":"hex","amount":amount},...]',
      },
      {
        names: "sighashtype",
        type: "str",
        optional: true,
        default: '"DEFAULT for Taproot, ALL otherwise"',
      },
    ],
  },
  {
    name: "submitpackage",
    category: "rawtransactions",
    args: [
      { names: "package", type: "arr", usage: '["rawtx",...]' },
      { names: "maxfeerate", type: "amount", optional: true, default: '"0.10"' },
      { names: "maxburnamount", type: "amount", optional: true, default: '"0.00"' },
    ],
  },
  {
    name: "testmempoolaccept",
    category: "rawtransactions",
    args: [
      { names: "rawtxs", type: "arr", usage: '["rawtx",...]' },
      { names: "maxfeerate", type: "amount", optional: true, default: '"0.10"' },
    ],
  },
  {
    name: "utxoupdatepsbt",
    category: "rawtransactions",
    args: [
      { names: "psbt", type: "str", freeText: true },
      {
        names: "descriptors",
        type: "arr",
        optional: true,
        usage: '["",{"desc":"str","range":n or [n,n]},...]',
      },
    ],
  },
];
