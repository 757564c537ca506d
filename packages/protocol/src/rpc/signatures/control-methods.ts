import type { RpcSignature } from "../signature.ts";

/** Arguments of the methods in category "control", in Core's order. Core: `help`. */
export const CONTROL_METHODS: readonly RpcSignature[] = [
  {
    name: "getmemoryinfo",
    category: "control",
    args: [{ names: "mode", type: "str", optional: true, default: '"stats"' }],
  },
  { name: "getrpcinfo", category: "control", args: [] },
  { name: "help", category: "control", args: [{ names: "command", type: "str", optional: true }] },
  {
    name: "logging",
    category: "control",
    args: [
      { names: "include", type: "arr", optional: true, usage: '["include_category",...]' },
      { names: "exclude", type: "arr", optional: true, usage: '["exclude_category",...]' },
    ],
  },
  {
    name: "stop",
    category: "control",
    args: [{ names: "wait", type: "num", optional: true, hidden: true }],
  },
  { name: "uptime", category: "control", args: [] },
];
