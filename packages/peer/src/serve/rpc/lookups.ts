import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import type { Json } from "@compeer/protocol/rpc/json";
import { JsonNumber } from "@compeer/protocol/rpc/json";
import { asHash, asInt } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";

/** @throws RpcError -5 when the block is not in the tree */
export function knownBlock(chain: Chain, hash: Uint8Array): BlockNode {
  const node = chain.node(hash);
  if (node === null) throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Block not found");
  return node;
}

/** A block by hash, or by height on the active chain. Core: ParseHashOrHeight. */
export function blockByHashOrHeight(chain: Chain, value: Json): BlockNode {
  if (!(value instanceof JsonNumber)) return knownBlock(chain, asHash(value, "hash_or_height"));
  const height = asInt(value);
  if (height < 0)
    throw new RpcError(RpcErrorCode.invalidParameter, `Target block height ${height} is negative`);
  const node = chain.at(height);
  if (node === null)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      `Target block height ${height} after current tip ${chain.tip.height}`,
    );
  return node;
}

/** The bytes of a block. @throws RpcError -1 when they are not on disk. Core: CheckBlockDataAvailability. */
export async function blockBytes(chain: Chain, node: BlockNode): Promise<Uint8Array> {
  if (!node.haveData) {
    if (chain.isPruned && node.txCount > 0)
      throw new RpcError(RpcErrorCode.misc, "Block not available (pruned data)");
    throw new RpcError(RpcErrorCode.misc, "Block not available (not fully downloaded)");
  }
  const bytes = await chain.readBlock(node);
  if (bytes === null) throw new RpcError(RpcErrorCode.misc, "Block not found on disk");
  return bytes;
}

export async function blockOf(chain: Chain, node: BlockNode): Promise<Block> {
  return decodeBlock(await blockBytes(chain, node));
}
