import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";

/**
 * Hashes a second that the blocks up to `height` took. Core: GetNetworkHashPS.
 *
 * @param count blocks to look at; -1 for those since the last change of difficulty
 * @param height -1 for the tip
 */
export function networkHashRate(chain: Chain, count: number, height: number): number {
  if (count < -1 || count === 0) throw invalid("Invalid nblocks. Must be a positive number or -1.");
  if (height < -1 || height > chain.tip.height)
    throw invalid("Block does not exist at specified height");
  const last = height < 0 ? chain.tip : chain.at(height);
  if (last === null || last.height === 0) return 0;
  const interval = chain.network.targetTimespan / chain.network.targetSpacing;
  const wanted = count === -1 ? (last.height % interval) + 1 : count;
  let first: BlockNode = last;
  let minTime = last.time;
  let maxTime = last.time;
  for (let i = Math.min(wanted, last.height); i > 0 && first.parent !== null; i--) {
    first = first.parent;
    minTime = Math.min(minTime, first.time);
    maxTime = Math.max(maxTime, first.time);
  }
  if (minTime === maxTime) return 0;
  return Number(last.chainWork - first.chainWork) / (maxTime - minTime);
}

function invalid(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, message);
}
