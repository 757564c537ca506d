import type { BlockHeader } from "@compeer/protocol/bitcoin/header";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { formatHash } from "@compeer/protocol/bytes/hash";
import {
  checkHeaderContext,
  checkHeaderProofOfWork,
} from "@compeer/protocol/consensus/check-header";
import { type BlockFault, blockFault, formatFault } from "@compeer/protocol/consensus/fault";
import type { BlockNode } from "./block-node.ts";
import { VALID_TREE } from "./block-status.ts";
import type { HeadersVerdict } from "./chain-parts.ts";
import type { ChainState } from "./chain-state.ts";

/** The node of a header that is in the tree, or why it is not, or why it is not good. */
export interface HeaderVerdict {
  readonly node: BlockNode | null;
  readonly fault: BlockFault | null;
}

/**
 * Checks a header and puts it in the tree. Nothing here keeps a peer from sending endless headers of
 * little work; who takes headers from peers checks their work first. Core: AcceptBlockHeader.
 */
export function acceptHeader(state: ChainState, header: BlockHeader): HeaderVerdict {
  const known = state.tree.get(header.hash);
  if (known !== undefined) return { node: known, fault: faultOfKnown(state, known) };
  const fault = checkNewHeader(state, header);
  if (fault !== null) {
    const hash = formatHash(header.hash);
    state.log.debug("validation", `AcceptBlockHeader: ${hash}, ${formatFault(fault)}`);
    return { node: null, fault };
  }
  return { node: addHeader(state, header), fault: null };
}

/** Takes headers until one is refused; each must follow a known one. Core: ProcessNewBlockHeaders. */
export function acceptHeaders(state: ChainState, headers: readonly BlockHeader[]): HeadersVerdict {
  let last: BlockNode | null = null;
  let fault: BlockFault | null = null;
  for (const header of headers) {
    const verdict = acceptHeader(state, header);
    fault = verdict.fault;
    if (fault !== null) break;
    last = verdict.node;
  }
  if (signalBestHeader(state) && last !== null && state.isInitialDownload) logSync(state, last);
  return { last, fault };
}

function logSync({ clock, log, network }: ChainState, { height, time }: BlockNode): void {
  const left = Math.max(0, Math.floor((clock.now() - time) / network.targetSpacing));
  const percent = ((100 * height) / (height + left)).toFixed(2);
  log.info(`Synchronizing blockheaders, height: ${height} (~${percent}%)`);
}

/** Tells once of each new best header; false when there is none. Core: NotifyHeaderTip. */
export function signalBestHeader(state: ChainState): boolean {
  const best = state.tree.bestHeader;
  if (best === state.lastHeaderSignalled) return false;
  state.lastHeaderSignalled = best;
  state.headersChanged.emit(best);
  return true;
}

/** Puts a checked header in the tree. */
export function addHeader(state: ChainState, header: BlockHeader): BlockNode {
  const node = state.tree.add(header);
  node.raiseValidity(VALID_TREE);
  state.tree.markDirty(node);
  return node;
}

function faultOfKnown(state: ChainState, node: BlockNode): BlockFault | null {
  if (!node.isFailed) return null;
  const hash = formatHash(node.hash);
  state.log.debug("validation", `AcceptBlockHeader: block ${hash} is marked invalid`);
  return blockFault("cached-invalid", "duplicate-invalid", "");
}

function checkNewHeader(state: ChainState, header: BlockHeader): BlockFault | null {
  const { network } = state;
  if (equalBytes(header.hash, network.genesisHash)) return null;
  const fault = checkHeaderProofOfWork(header, network);
  if (fault !== null) return fault;
  const parent = state.tree.get(header.prevHash);
  if (parent === undefined) return blockFault("missing-prev", "prev-blk-not-found", "");
  if (parent.isFailed) return blockFault("invalid-prev", "bad-prevblk", "");
  return checkHeaderContext(header, parent, network, state.clock.now());
}
