/** Service bits. Core: protocol.h ServiceFlags. */
export const NODE_NETWORK: bigint = 1n << 0n;
/** BIP111. */
export const NODE_BLOOM: bigint = 1n << 2n;
export const NODE_WITNESS: bigint = 1n << 3n;
/** BIP157. */
export const NODE_COMPACT_FILTERS: bigint = 1n << 6n;
/** Only the last 288 blocks are promised (BIP159). */
export const NODE_NETWORK_LIMITED: bigint = 1n << 10n;
/** Encrypted connections (BIP324). */
export const NODE_P2P_V2: bigint = 1n << 11n;

const NAMES: readonly (readonly [bigint, string])[] = [
  [NODE_NETWORK, "NETWORK"],
  [NODE_BLOOM, "BLOOM"],
  [NODE_WITNESS, "WITNESS"],
  [NODE_COMPACT_FILTERS, "COMPACT_FILTERS"],
  [NODE_NETWORK_LIMITED, "NETWORK_LIMITED"],
  [NODE_P2P_V2, "P2P_V2"],
];

/** Names of the set bits, lowest first; `UNKNOWN[2^n]` for others. Core: serviceFlagsToStr. */
export function serviceNames(services: bigint): string[] {
  const names: string[] = [];
  for (let bit = 0; bit < 64; bit++) {
    const flag = 1n << BigInt(bit);
    if ((services & flag) === 0n) continue;
    names.push(NAMES.find(([known]) => known === flag)?.[1] ?? `UNKNOWN[2^${bit}]`);
  }
  return names;
}
