import type { BlockHeader, HeaderFields } from "../bitcoin/header.ts";
import { difficultyInterval, type Network } from "../bitcoin/network.ts";
import type { ChainPoint } from "./chain-point.ts";
import { meetsTarget, nextWorkRequired, validTarget } from "./difficulty.ts";
import { type BlockFault, blockFault } from "./fault.ts";

/** Seconds that a header may lie ahead of our clock. Core: MAX_FUTURE_BLOCK_TIME. */
const MAX_FUTURE_BLOCK_TIME: number = 2 * 60 * 60;

/** Seconds that a period's first block may lie before its parent (BIP94). Core: MAX_TIMEWARP. */
const MAX_TIMEWARP = 600;

/** Is the hash as low as the header claims? Core: CheckBlockHeader. */
export function checkHeaderProofOfWork(
  header: Pick<BlockHeader, "hash" | "bits">,
  network: Network,
): BlockFault | null {
  const target = validTarget(header.bits, network.powLimit);
  if (target !== null && meetsTarget(header.hash, target)) return null;
  return blockFault("invalid-header", "high-hash", "proof of work failed");
}

/**
 * Work, times and version of a header against its ancestors. Core: ContextualCheckBlockHeader.
 *
 * @param now our clock, seconds since 1970
 */
export function checkHeaderContext(
  header: HeaderFields,
  parent: ChainPoint,
  network: Network,
  now: number,
): BlockFault | null {
  if (header.bits !== nextWorkRequired(parent, header.time, network))
    return blockFault("invalid-header", "bad-diffbits", "incorrect proof of work");
  if (header.time <= parent.medianTimePast)
    return blockFault("invalid-header", "time-too-old", "block's timestamp is too early");
  if (isTimewarp(header.time, parent, network))
    return blockFault(
      "invalid-header",
      "time-timewarp-attack",
      "block's timestamp is too early on diff adjustment block",
    );
  return checkHeaderAtHeight(header, parent.height + 1, network, now);
}

/** The part that needs no ancestor. */
export function checkHeaderAtHeight(
  header: HeaderFields,
  height: number,
  network: Network,
  now: number,
): BlockFault | null {
  if (header.time > now + MAX_FUTURE_BLOCK_TIME)
    return blockFault("time-future", "time-too-new", "block timestamp too far in the future");
  if (isOutdated(header.version, height, network)) {
    const hex = (header.version >>> 0).toString(16).padStart(8, "0");
    return blockFault(
      "invalid-header",
      `bad-version(0x${hex})`,
      `rejected nVersion=0x${hex} block`,
    );
  }
  return null;
}

/** BIP94, where the network has it. */
function isTimewarp(time: number, parent: ChainPoint, network: Network): boolean {
  if (!network.enforceBip94 || (parent.height + 1) % difficultyInterval(network) !== 0)
    return false;
  return time < parent.time - MAX_TIMEWARP;
}

/** BIP34, BIP66 and BIP65 each retired a version. */
function isOutdated(version: number, height: number, network: Network): boolean {
  return (
    (version < 2 && height >= network.bip34Height) ||
    (version < 3 && height >= network.bip66Height) ||
    (version < 4 && height >= network.bip65Height)
  );
}
