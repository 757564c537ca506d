import { decodeHex, isHex } from "@compeer/protocol/bytes/hex";
import { amountJson } from "@compeer/protocol/rpc/amount";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { PROTOCOL_VERSION } from "@compeer/protocol/wire/protocol-version";
import { serviceNames } from "@compeer/protocol/wire/services";
import type { Chain } from "../../chain/chain.ts";
import type { Clock } from "../../clock/clock.ts";
import { REACHED_NETWORKS } from "../../net/addresses/address-class.ts";
import { formatHost } from "../../net/addresses/address-text.ts";
import type { Net } from "../../net/net.ts";
import type { PeerInfo } from "../../net/peer-info.ts";
import { formatProxy } from "../../net/reach/proxies.ts";
import type { ProxyServer } from "../../net/reach/reach-options.ts";
import { UPLOAD_CYCLE } from "../../net/reach/upload-limit.ts";
import { type RpcMethod, rpcMethod } from "./method.ts";
import type { Params } from "./params.ts";

/** bitcoind's version that callers find the same behaviour of: 30.99.0. */
const CLIENT_VERSION = 309900;
const MAX_COMMAND = 12;
const OUTBOUND_KINDS = ["outbound-full-relay", "block-relay-only", "addr-fetch", "feeler"] as const;
type OutboundKind = (typeof OUTBOUND_KINDS)[number];

export interface NetworkDeps {
  readonly net: Net;
  readonly chain: Chain;
  readonly clock: Clock;
  /** Satoshis a 1000 virtual bytes. */
  readonly minRelayRate: number;
  readonly incrementalRate: number;
  readonly localRelay: boolean;
  /** Seconds that a ban lasts when nothing is said. */
  readonly banTime: number;
  warnings(): readonly string[];
}

/** Methods about other peers. */
export function networkMethods(deps: NetworkDeps): readonly RpcMethod[] {
  const { net, chain } = deps;
  return [
    rpcMethod("getpeerinfo", {
      description: "Everything that is known of each connected peer.",
      result: `[{ "id": n, "addr": "host:port", "network": (${[...REACHED_NETWORKS, "not_publicly_routable"].join(", ")}), ... }, ...]    one object a peer`,
      run: () => net.peers().map(peerJson),
    }),
    rpcMethod("getconnectioncount", {
      description: "Number of connected peers.",
      run: () => net.connectionCount.inbound + net.connectionCount.outbound,
    }),
    rpcMethod("getnetworkinfo", {
      description: "How this peer stands in the network.",
      result: `{ ..., "networks": [{ "name": (${REACHED_NETWORKS.join(", ")}), "limited": b, "reachable": b, ... }, ...], ... }`,
      run: () => networkInfo(deps),
    }),
    rpcMethod("getnettotals", {
      description: "Bytes sent and received since the start.",
      run: () => trafficJson(net),
    }),
    rpcMethod("addnode", {
      description:
        '"add" keeps a connection to a node, "remove" no longer does, "onetry" connects to it once.',
      run: ({ params }) => addNode(net, params),
    }),
    rpcMethod("getaddednodeinfo", {
      description: "The nodes that addnode added, and whether they are connected.",
      run: ({ params }) => addedNodes(net, params.optionalText("node")),
    }),
    rpcMethod("addconnection", {
      description: "Opens an outgoing connection of a certain kind. Only on regtest.",
      run: ({ params }) => {
        if (chain.network.name !== "regtest")
          throw new Error("addconnection is for regression testing (-regtest mode) only.");
        return addConnection(net, params);
      },
    }),
    rpcMethod("disconnectnode", {
      description: "Ends the connection to a peer, named by its address or by its number.",
      run: ({ params }) => disconnect(net, params),
    }),
    rpcMethod("setnetworkactive", {
      description: "Switches all connections off, or on again.",
      run: ({ params }) => {
        net.setActive(params.bool("state"));
        return net.isActive;
      },
    }),
    rpcMethod("ping", {
      description: "Sends a ping to every peer; getpeerinfo tells how long the answers take.",
      run: () => {
        net.pingAll();
        return null;
      },
    }),
    rpcMethod("setban", {
      description: "Refuses an address or a subnet for a time, or no longer does.",
      run: ({ params }) => setBan(deps, params),
    }),
    rpcMethod("listbanned", {
      description: "The addresses and subnets that are refused, and until when.",
      run: () =>
        net.bans.list().map(({ subnet, created, until }) => ({
          address: subnet,
          ban_created: created,
          banned_until: until,
          ban_duration: until - created,
          time_remaining: until - deps.clock.now(),
        })),
    }),
    rpcMethod("clearbanned", {
      description: "Refuses nobody any longer.",
      run: () => {
        net.bans.clear();
        return null;
      },
    }),
    rpcMethod("sendmsgtopeer", {
      description: "Sends bytes as a message of a certain type to a peer, for tests.",
      run: ({ params }) => sendMessage(net, params),
    }),
    rpcMethod("getblockfrompeer", {
      description:
        "Asks a peer for a block of which only the header is known, or which was pruned.",
      run: ({ params }) => {
        const node = chain.node(params.hash("blockhash"));
        if (node === null) throw new RpcError(RpcErrorCode.misc, "Block header missing");
        // Blocks ahead of the tip would keep the files they lie in from being pruned.
        if (chain.pruneMode !== "off" && node.height > chain.tip.height)
          throw new RpcError(
            RpcErrorCode.misc,
            "In prune mode, only blocks that the node has already synced previously can be fetched from a peer",
          );
        if (node.haveData) throw new RpcError(RpcErrorCode.misc, "Block already downloaded");
        const refusal = net.fetchBlock(params.int64("peer_id"), node);
        if (refusal !== null) throw new RpcError(RpcErrorCode.misc, refusal);
        return {};
      },
    }),
  ];
}

/** Core: getpeerinfo. */
function peerJson(peer: PeerInfo): JsonOut {
  return {
    id: peer.id,
    addr: peer.address,
    addrbind: peer.boundAddress,
    addrlocal: peer.addressOfUs === "" ? undefined : peer.addressOfUs,
    network: peer.network,
    services: formatServices(peer.services),
    servicesnames: [...peer.serviceNames],
    relaytxes: peer.relaysTransactions,
    last_inv_sequence: peer.lastInvSequence,
    inv_to_send: peer.invToSend,
    lastsend: peer.lastSend,
    lastrecv: peer.lastReceive,
    last_transaction: peer.lastTransaction,
    last_block: peer.lastBlock,
    bytessent: peer.bytesSent,
    bytesrecv: peer.bytesReceived,
    conntime: peer.connectedAt,
    timeoffset: peer.timeOffset,
    pingtime: peer.ping ?? undefined,
    minping: peer.minPing ?? undefined,
    pingwait: peer.pingWait ?? undefined,
    version: peer.version,
    subver: peer.userAgent,
    inbound: peer.isInbound,
    bip152_hb_to: peer.highBandwidthTo,
    bip152_hb_from: peer.highBandwidthFrom,
    startingheight: peer.startHeight,
    presynced_headers: peer.presyncedHeaders,
    synced_headers: peer.syncedHeaders,
    synced_blocks: peer.syncedBlocks,
    inflight: [...peer.inFlight],
    addr_relay_enabled: peer.isAddressRelayOn,
    addr_processed: peer.addressesProcessed,
    addr_rate_limited: peer.addressesLimited,
    permissions: [...peer.permissions],
    minfeefilter: amountJson(peer.feeFilter),
    bytessent_per_msg: peer.sentByCommand,
    bytesrecv_per_msg: peer.receivedByCommand,
    connection_type: peer.kind,
    transport_protocol_type: peer.transport,
    session_id: peer.sessionId,
  };
}

function formatServices(services: bigint): string {
  return services.toString(16).padStart(16, "0");
}

function networkInfo(deps: NetworkDeps): JsonOut {
  const { net } = deps;
  const { inbound, outbound } = net.connectionCount;
  return {
    version: CLIENT_VERSION,
    subversion: net.userAgent,
    protocolversion: PROTOCOL_VERSION,
    localservices: formatServices(net.services),
    localservicesnames: [...serviceNames(net.services)],
    localrelay: deps.localRelay,
    timeoffset: medianOffset(net.peers()),
    networkactive: net.isActive,
    connections: inbound + outbound,
    connections_in: inbound,
    connections_out: outbound,
    networks: REACHED_NETWORKS.map((name) => ({
      name,
      limited: !net.addresses.reachable.has(name),
      reachable: net.addresses.reachable.has(name),
      ...proxyJson(net.proxies.get(name)),
    })),
    relayfee: amountJson(deps.minRelayRate),
    incrementalfee: amountJson(deps.incrementalRate),
    localaddresses: net.addresses.local.list().map(({ address, score }) => ({
      address: formatHost(address),
      port: address.port,
      score,
    })),
    warnings: [...deps.warnings()],
  };
}

function proxyJson(proxy: ProxyServer | null): {
  readonly proxy: string;
  readonly proxy_randomize_credentials: boolean;
} {
  return {
    proxy: proxy === null ? "" : formatProxy(proxy),
    proxy_randomize_credentials: proxy?.isolates ?? false,
  };
}

/** Median of the clocks of peers that we chose, against ours, seconds. */
function medianOffset(peers: readonly PeerInfo[]): number {
  const offsets = peers
    .filter(({ isInbound }) => !isInbound)
    .map(({ timeOffset }) => timeOffset)
    .sort((a, b) => a - b);
  return offsets[offsets.length >> 1] ?? 0;
}

function trafficJson(net: Net): JsonOut {
  const { sent, received } = net.totals;
  return {
    totalbytesrecv: received,
    totalbytessent: sent,
    timemillis: Date.now(),
    uploadtarget: {
      timeframe: UPLOAD_CYCLE,
      target: net.upload.target,
      target_reached: net.upload.isReached,
      serve_historical_blocks: !net.upload.isReachedForHistory,
      bytes_left_in_cycle: net.upload.bytesLeft,
      time_left_in_cycle: net.upload.secondsLeft,
    },
  };
}

async function addNode(net: Net, params: Params): Promise<null> {
  const node = params.text("node");
  const command = params.text("command");
  const useV2 = params.optionalBool("v2transport", net.usesV2);
  if (useV2 && !net.usesV2)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "Error: v2transport requested but not enabled (see -v2transport)",
    );
  if (command === "onetry") await net.connectTo(node, "manual", useV2);
  else if (command === "add") {
    if (!net.addNode(node, useV2))
      throw new RpcError(RpcErrorCode.clientNodeAlreadyAdded, "Error: Node already added");
  } else if (command === "remove") {
    if (!net.removeAddedNode(node))
      throw new RpcError(
        RpcErrorCode.clientNodeNotAdded,
        "Error: Node could not be removed. It has not been added previously.",
      );
  } else throw new Error('addnode "node" "command" ( v2transport )\n\nAdds or removes a node.\n');
  return null;
}

function addedNodes(net: Net, wanted: string | undefined): JsonOut {
  const nodes = net.addedNodes().filter(({ name }) => wanted === undefined || name === wanted);
  if (wanted !== undefined && nodes.length === 0)
    throw new RpcError(RpcErrorCode.clientNodeNotAdded, "Error: Node has not been added.");
  return nodes.map(({ name, peer }) => ({
    addednode: name,
    connected: peer !== null,
    addresses:
      peer === null
        ? []
        : [{ address: peer.address, connected: peer.isInbound ? "inbound" : "outbound" }],
  }));
}

async function addConnection(net: Net, params: Params): Promise<JsonOut> {
  const address = params.text("address");
  const kind = params.text("connection_type").trim();
  if (!isOutboundKind(kind))
    throw new RpcError(RpcErrorCode.invalidParameter, `no connection type is called ${kind}`);
  const useV2 = params.bool("v2transport");
  if (useV2 && !net.usesV2)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      "Error: Adding v2transport connections requires -v2transport init flag to be set.",
    );
  if (!net.mayConnect(kind))
    throw new RpcError(
      RpcErrorCode.clientNodeCapacityReached,
      "Error: Already at capacity for specified connection type.",
    );
  await net.connectTo(address, kind, useV2);
  return { address, connection_type: kind };
}

function isOutboundKind(kind: string): kind is OutboundKind {
  return (OUTBOUND_KINDS as readonly string[]).includes(kind);
}

function disconnect(net: Net, params: Params): null {
  const address = params.optionalText("address");
  const id = params.optionalInt64("nodeid");
  const byAddress = address !== undefined && id === undefined;
  if (!byAddress && (id === undefined || (address !== undefined && address !== "")))
    throw new RpcError(
      RpcErrorCode.invalidParams,
      "Only one of address and nodeid should be provided.",
    );
  if (!net.disconnect(byAddress ? address : (id as number)))
    throw new RpcError(RpcErrorCode.clientNodeNotConnected, "Node not found in connected nodes");
  return null;
}

function setBan({ net, clock, banTime }: NetworkDeps, params: Params): null {
  const subnet = params.text("subnet");
  const command = params.text("command");
  const seconds = params.optionalInt64("bantime", 0);
  const absolute = params.optionalBool("absolute", false);
  if (command === "remove") {
    if (!unban(net, subnet))
      throw new RpcError(
        RpcErrorCode.clientInvalidIpOrSubnet,
        "Error: Unban failed. Requested address/subnet was not previously manually banned.",
      );
    return null;
  }
  if (command !== "add") throw new Error('setban "subnet" "command" ( bantime absolute )\n');
  if (isBanned(net, subnet))
    throw new RpcError(RpcErrorCode.clientNodeAlreadyAdded, "Error: IP/Subnet already banned");
  if (absolute && seconds < clock.now())
    throw new RpcError(RpcErrorCode.invalidParameter, "Error: Absolute timestamp is in the past");
  const until = absolute ? seconds : clock.now() + (seconds > 0 ? seconds : banTime);
  try {
    net.ban(subnet, until);
  } catch (error) {
    throw invalidSubnet(error);
  }
  return null;
}

function isBanned(net: Net, subnet: string): boolean {
  try {
    return net.bans.has(subnet);
  } catch (error) {
    throw invalidSubnet(error);
  }
}

function unban(net: Net, subnet: string): boolean {
  try {
    return net.bans.unban(subnet);
  } catch (error) {
    throw invalidSubnet(error);
  }
}

function invalidSubnet(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  return new RpcError(RpcErrorCode.clientInvalidIpOrSubnet, "Error: Invalid IP/Subnet", {
    cause: error,
  });
}

function sendMessage(net: Net, params: Params): JsonOut {
  const command = params.text("msg_type");
  const hex = params.text("msg");
  if (command.length > MAX_COMMAND)
    throw new RpcError(
      RpcErrorCode.invalidParameter,
      `Error: msg_type too long, max length is ${MAX_COMMAND}`,
    );
  if (hex !== "" && !isHex(hex))
    throw new RpcError(RpcErrorCode.invalidParameter, "Error parsing input for msg");
  if (!net.sendRaw(params.int64("peer_id"), command, decodeHex(hex)))
    throw new RpcError(RpcErrorCode.misc, "Error: Could not send message to peer");
  return {};
}
