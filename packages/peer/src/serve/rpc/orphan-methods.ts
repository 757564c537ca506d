import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { virtualSize } from "@compeer/protocol/policy/virtual-size";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Net } from "../../net/net.ts";
import type { Orphan } from "../../net/transactions/orphan.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";

/** Methods about transactions whose parents are missing. */
export function orphanMethods({ net }: { readonly net: Net }): readonly RpcMethod[] {
  return [
    rpcMethod("getorphantxs", {
      description: "The transactions that wait for parents which this peer does not have.",
      run: ({ params }) => {
        const verbosity = verbosityOf(params);
        if (verbosity < 0 || verbosity > 2)
          throw new RpcError(RpcErrorCode.invalidParameter, `Invalid verbosity value ${verbosity}`);
        return [...net.orphans()].map((orphan) => orphanJson(orphan, verbosity));
      },
    }),
  ];
}

function verbosityOf(params: Params): number {
  if (typeof params.raw("verbosity") === "boolean")
    throw new RpcError(RpcErrorCode.type, "Verbosity was boolean but only integer allowed");
  return params.verbosity("verbosity", 0);
}

function orphanJson({ tx, txid, wtxid, announcers }: Orphan, verbosity: number): JsonOut {
  if (verbosity === 0) return formatHash(txid);
  return {
    txid: formatHash(txid),
    wtxid: formatHash(wtxid),
    bytes: tx.totalSize,
    vsize: virtualSize(tx.weight),
    weight: tx.weight,
    from: [...announcers.keys()].sort((a, b) => a - b),
    hex: verbosity === 2 ? encodeHex(tx.raw) : undefined,
  };
}
