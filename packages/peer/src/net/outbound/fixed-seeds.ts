import { decodeBase64 } from "@compeer/protocol/bytes/base64";
import { Reader } from "@compeer/protocol/bytes/reader";
import { decodeAddressV2 } from "@compeer/protocol/wire/address";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import { NODE_NETWORK, NODE_WITNESS } from "@compeer/protocol/wire/services";
import type { Random } from "../random.ts";

const WEEK = 7 * 86_400;
/** What is asked of a peer that a seed names. Core: SeedsServiceFlags. */
export const SEED_SERVICES: bigint = NODE_NETWORK | NODE_WITNESS;

/** The addresses that a network's parameters name, as if seen one to two weeks ago. Core: ConvertSeeds. */
export function decodeFixedSeeds(base64: string, now: number, random: Random): GossipedAddress[] {
  const reader = new Reader(decodeBase64(base64));
  const seeds: GossipedAddress[] = [];
  while (reader.left > 0) {
    const time = now - WEEK - random.below(WEEK);
    seeds.push({ ...decodeAddressV2(reader), time, services: SEED_SERVICES });
  }
  return seeds;
}
