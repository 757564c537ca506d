import { blockWork } from "@compeer/protocol/consensus/difficulty";
import type { NetChain } from "./net-parts.ts";

/** A fork may begin so many blocks below the tip. */
const BUFFER = 144n;

/** Work that a chain must show before its headers are stored. Core: GetAntiDoSWorkThreshold. */
export function antiDosWork(chain: NetChain): bigint {
  const { tip, minimumChainWork } = chain;
  const near = tip.chainWork - BUFFER * blockWork(tip.bits);
  return near > minimumChainWork ? near : minimumChainWork;
}
