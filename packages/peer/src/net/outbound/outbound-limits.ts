/** Core: MAX_OUTBOUND_FULL_RELAY_CONNECTIONS, MAX_BLOCK_RELAY_ONLY_CONNECTIONS and MAX_FEELER_CONNECTIONS. */
export const MAX_FULL_RELAY = 8;
const MAX_BLOCK_RELAY = 2;
const MAX_FEELERS = 1;

/** How many connections of each kind there may be. */
export interface ConnectionLimits {
  readonly fullRelay: number;
  readonly blockRelay: number;
  /** All that we open by ourselves. */
  readonly automatic: number;
  readonly inbound: number;
}

/** Shares out -maxconnections. Core: CConnman::Init. */
export function connectionLimits(maxConnections: number): ConnectionLimits {
  const all = Math.max(0, maxConnections);
  const fullRelay = Math.min(MAX_FULL_RELAY, all);
  const blockRelay = Math.min(MAX_BLOCK_RELAY, all - fullRelay);
  const outbound = fullRelay + blockRelay + MAX_FEELERS;
  return {
    fullRelay,
    blockRelay,
    automatic: Math.min(outbound, all),
    inbound: Math.max(0, all - outbound),
  };
}
