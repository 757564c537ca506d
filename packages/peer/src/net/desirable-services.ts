import { NODE_NETWORK, NODE_NETWORK_LIMITED, NODE_WITNESS } from "@compeer/protocol/wire/services";
import type { NetParts } from "./net-parts.ts";

/** Within so many blocks of the tip a peer with only the last 288 is good enough. Core: 144. */
const LIMITED_PEER_DEPTH = 144;

type ServiceParts = {
  readonly chain: Pick<NetParts["chain"], "tip">;
} & Pick<NetParts, "clock" | "network">;

/** What we want of a peer that offers `services`. Core: GetDesirableServiceFlags. */
export function desirableServices(services: bigint, parts: ServiceParts): bigint {
  const age = parts.clock.now() - parts.chain.tip.time;
  const isNear = age < LIMITED_PEER_DEPTH * parts.network.targetSpacing;
  return (services & NODE_NETWORK_LIMITED) !== 0n && isNear
    ? NODE_NETWORK_LIMITED | NODE_WITNESS
    : NODE_NETWORK | NODE_WITNESS;
}

/** Core: HasAllDesirableServiceFlags. */
export function isDesirable(services: bigint, parts: ServiceParts): boolean {
  const wanted = desirableServices(services, parts);
  return (services & wanted) === wanted;
}

/** Core: MayHaveUsefulAddressDB. */
export function mayKnowAddresses(services: bigint): boolean {
  return (services & (NODE_NETWORK | NODE_NETWORK_LIMITED)) !== 0n;
}
