/** The part of a peer in getpeerinfo that tells why it is connected. */
export interface ConnectionFacts {
  readonly connection_type: string;
  readonly inbound: boolean;
  readonly relaytxes: boolean;
  readonly bip152_hb_from: boolean;
  readonly bip152_hb_to: boolean;
  readonly permissions: readonly string[];
}

const REASONS: { readonly [type: string]: string } = {
  "outbound-full-relay": "We chose it, for blocks and transactions",
  "block-relay-only": "We chose it, for blocks alone: it hides how we are connected",
  inbound: "It came to us",
  manual: "You named it",
  "addr-fetch": "We ask it for addresses, then leave",
  feeler: "We try whether its address works, then leave",
};

/** Why a peer is connected, as a sentence without its full stop. */
export function connectionReason({ connection_type }: ConnectionFacts): string {
  return REASONS[connection_type] ?? connection_type;
}

/** What keeps a peer from being dropped, or makes it more useful than others; may be empty. */
export function connectionMerits(peer: ConnectionFacts): readonly string[] {
  const merits: string[] = [];
  if (peer.permissions.length > 0) merits.push(`allowed: ${peer.permissions.join(", ")}`);
  if (peer.connection_type === "manual") merits.push("never dropped to make room");
  if (peer.bip152_hb_to) merits.push("gives us new blocks first");
  if (peer.bip152_hb_from) merits.push("asked us to give it new blocks first");
  if (peer.inbound && !peer.relaytxes) merits.push("wants no transactions");
  return merits;
}

const NETWORKS: { readonly [network: string]: string } = {
  ipv4: "IPv4",
  ipv6: "IPv6",
  onion: "Tor",
  i2p: "I2P",
  cjdns: "CJDNS",
  internal: "itself",
  not_publicly_routable: "local",
  all: "All",
};

/** What people call a network of getpeerinfo or getaddrmaninfo. */
export function networkName(network: string): string {
  return NETWORKS[network] ?? network;
}

/** How a peer is reached: its network, and whether strangers can read along. */
export function wayOf(peer: {
  readonly network?: string;
  readonly transport_protocol_type?: string;
}): string {
  const transport = peer.transport_protocol_type;
  const words = transport === undefined || transport === "detecting" ? [] : [transport];
  return [...(peer.network === undefined ? [] : [networkName(peer.network)]), ...words].join(", ");
}
