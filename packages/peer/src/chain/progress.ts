import { formatHash } from "@compeer/protocol/bytes/hash";
import type { BlockNode } from "./block-node.ts";
import type { ChainState } from "./chain-state.ts";
import { formatTime, logWork } from "./log-format.ts";

/** Near the present the count of blocks tells more than the times that miners wrote. */
const RECENT = 2 * 60 * 60;

/** Share of all transactions up to now that `node` and its ancestors have. Core: GuessVerificationProgress. */
export function progressAt(state: ChainState, node: BlockNode): number {
  if (node.chainTxCount === 0) return 0;
  const { time, txCount, rate } = state.network.chainTxData;
  const now = state.clock.now();
  const ahead = state.tree.bestHeader.height - node.height;
  const isRecent = Math.abs(now - node.time) <= RECENT && ahead >= 0;
  const blockTime = isRecent ? now - ahead * state.network.targetSpacing : node.time;
  const total =
    node.chainTxCount <= txCount
      ? txCount + (now - time) * rate
      : node.chainTxCount + (now - blockTime) * rate;
  return Math.min(node.chainTxCount / total, 1);
}

/** The log line of a new tip. Core: UpdateTipLog. */
export function logTip(state: ChainState, node: BlockNode): void {
  const { coins } = state;
  const version = (node.version >>> 0).toString(16).padStart(8, "0");
  state.log.info(
    `UpdateTip: new best=${formatHash(node.hash)} height=${node.height} version=0x${version}` +
      ` log2_work=${logWork(node.chainWork).toFixed(6)} tx=${node.chainTxCount}` +
      ` date='${formatTime(node.time)}' progress=${progressAt(state, node).toFixed(6)}` +
      ` cache=${(coins.bytes / (1 << 20)).toFixed(1)}MiB(${coins.count}txo)`,
  );
}
