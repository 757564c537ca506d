import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { BASIC_FILTER_NAME } from "@compeer/protocol/filters/basic-filter";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { asHash } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import { VALID_SCRIPTS } from "../../chain/block-status.ts";
import type { Chain } from "../../chain/chain.ts";
import type { BlockFilterIndex } from "../../indexes/block-filter-index.ts";
import type { Indexes } from "../../indexes/indexes.ts";
import { knownBlock } from "./lookups.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import { BlockScanner } from "./scan-blocks.ts";

export interface IndexDeps {
  readonly chain: Chain;
  readonly indexes: Indexes;
}

/** Methods over the indexes that were asked for. */
export function indexMethods({ chain, indexes }: IndexDeps): readonly RpcMethod[] {
  const scanner = new BlockScanner(chain, indexes);
  return [
    rpcMethod("scanblocks", {
      description:
        'Finds the blocks whose filters match descriptors. "start" scans, "status" tells how far, "abort" ends it.',
      run: ({ params, signal }) => {
        const action = params.text("action");
        if (action === "status") return scanner.progress;
        if (action === "abort") return scanner.abort();
        if (action === "start") return scanner.start(params, signal);
        throw new RpcError(RpcErrorCode.invalidParameter, `Invalid action '${action}'`);
      },
    }),
    rpcMethod("getindexinfo", {
      description: "How far the optional indexes have come: all, or the one with the given name.",
      run: ({ params }) => indexInfo(indexes, params.optionalText("index_name") ?? ""),
    }),
    rpcMethod("getblockfilter", {
      description: "The filter of a block and the header that binds it to those before (BIP157).",
      run: ({ params }) =>
        blockFilter(indexes, params.optionalText("filtertype") ?? BASIC_FILTER_NAME, () =>
          knownBlock(chain, asHash(params.raw("blockhash"), "blockhash")),
        ),
    }),
  ];
}

function indexInfo(indexes: Indexes, wanted: string): JsonOut {
  const info: { [name: string]: JsonOut } = {};
  for (const { name, synced, bestBlockHeight } of indexes.summaries())
    if (wanted === "" || wanted === name)
      info[name] = { synced, best_block_height: bestBlockHeight };
  return info;
}

async function blockFilter(
  indexes: Indexes,
  type: string,
  findBlock: () => BlockNode,
): Promise<JsonOut> {
  if (type !== BASIC_FILTER_NAME)
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Unknown filtertype");
  const index = indexes.blockFilters;
  if (index === null)
    throw new RpcError(RpcErrorCode.misc, `Index is not enabled for filtertype ${type}`);
  const node = findBlock();
  const isReady = await indexes.isReady(index);
  const record = await index.record(node);
  const filter = await index.filter(node);
  if (record === null || filter === null) throw filterMissing(node, isReady, index);
  return { filter: encodeHex(filter), header: formatHash(record.header) };
}

function filterMissing(node: BlockNode, isReady: boolean, index: BlockFilterIndex): RpcError {
  if (!node.isValid(VALID_SCRIPTS))
    return new RpcError(
      RpcErrorCode.invalidAddressOrKey,
      "Filter not found. Block was not connected to active chain.",
    );
  if (!isReady)
    return new RpcError(
      RpcErrorCode.misc,
      "Filter not found. Block filters are still in the process of being indexed.",
    );
  return new RpcError(
    RpcErrorCode.internal,
    `Filter not found. The ${index.name} lacks a block that it has passed: start again with -reindex.`,
  );
}
