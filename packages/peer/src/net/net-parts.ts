import type { Network } from "@compeer/protocol/bitcoin/network";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import type { CoinSummary } from "@compeer/protocol/wire/audit-messages";
import type { BlockNode } from "../chain/block-node.ts";
import type { Chain } from "../chain/chain.ts";
import type { Clock } from "../clock/clock.ts";
import type { AddressOptions } from "./addresses/address-options.ts";
import type { BindAddress } from "./bind-address.ts";
import type { Resolver } from "./outbound/resolver.ts";
import type { Random } from "./random.ts";
import { PLAIN_REACH, type ReachOptions } from "./reach/reach-options.ts";
import type { Sockets } from "./sockets.ts";

/** Where the network writes its log lines. */
export interface NetLog {
  info(text: string): void;
  debug(category: string, text: string): void;
  warning(text: string): void;
  error(text: string): void;
}

/** What the network asks of the chain. */
export type NetChain = Pick<
  Chain,
  | "acceptHeaders"
  | "at"
  | "block"
  | "bestHeader"
  | "blockChecked"
  | "blockConnected"
  | "blockFound"
  | "blockDisconnected"
  | "contains"
  | "findFork"
  | "forkOfLocator"
  | "isImporting"
  | "isInitialDownload"
  | "isPruned"
  | "locator"
  | "minimumChainWork"
  | "next"
  | "node"
  | "readBlock"
  | "settle"
  | "submitBlock"
  | "tip"
  | "tipChanged"
  | "wanted"
>;

/** What the network needs to know of a transaction in the mempool. */
export interface NetMempoolEntry {
  readonly tx: TransactionView;
  readonly txid: Uint8Array;
  readonly wtxid: Uint8Array;
  readonly txidKey: string;
  readonly wtxidKey: string;
  readonly fee: number;
  readonly vsize: number;
  /** The mempool's sequence number when it entered. */
  readonly sequence: number;
  /** What it would be mined with: its rate orders announcements. */
  readonly chunk: { readonly fee: number; readonly size: number };
  readonly parents: Iterable<NetMempoolEntry>;
}

/** Why a transaction was refused. Kinds as Core's TxValidationResult: "missing-inputs" makes an orphan of it. */
export interface NetMempoolFault {
  readonly kind: string;
  readonly reason: string;
  readonly detail: string;
}

/** A transaction left the mempool. */
interface NetRemoval {
  readonly entry: NetMempoolEntry;
  /** "replaced" and others. */
  readonly reason: string;
}

/** What the network asks of the mempool. */
interface NetMempool {
  submit(tx: TransactionView): Promise<{
    readonly fault: NetMempoolFault | null;
    readonly entry: NetMempoolEntry | null;
  }>;
  /** Parents before their child; the results are by wtxid key. */
  submitPackage(txs: readonly TransactionView[]): Promise<{
    readonly fault: object | null;
    readonly results: ReadonlyMap<
      string,
      | { readonly type: "invalid"; readonly fault: NetMempoolFault }
      | { readonly type: "valid" | "mempool-entry" | "different-witness" }
    >;
  }>;
  get(txidKey: string): NetMempoolEntry | undefined;
  entries(): Iterable<NetMempoolEntry>;
  getByWtxid(wtxidKey: string): NetMempoolEntry | undefined;
  /** Satoshis a 1000 virtual bytes below which nothing is taken. */
  readonly minFeeRate: number;
  /** Counts additions and removals. */
  readonly sequence: number;
  readonly added: { on(listener: (entry: NetMempoolEntry) => void): () => void };
  readonly removed: { on(listener: (removal: NetRemoval) => void): () => void };
  /** Txid keys of what this peer was given to send and nobody has fetched yet. */
  readonly unbroadcast: ReadonlySet<string>;
  /** Somebody has fetched it. */
  markBroadcast(txidKey: string): void;
}

/** What the network asks of the index of block filters. */
export interface NetFilters {
  /** Null when the index has not come to the block. */
  record(
    node: BlockNode,
  ): Promise<{ readonly hash: Uint8Array; readonly header: Uint8Array } | null>;
  filter(node: BlockNode): Promise<Uint8Array | null>;
}

/** What the network asks of whoever knows the hash over all coins. */
export interface NetAudit {
  /** All coins after a connected block, as any peer may ask. */
  forStrangers(
    node: BlockNode,
  ): Promise<
    | { readonly state: "kept"; readonly coins: CoinSummary }
    | { readonly state: "not-kept" | "busy" | "damaged" }
  >;
}

export interface NetParts {
  /** Left out: audits are neither offered nor asked for. */
  readonly audit?: NetAudit;
  /** Left out: those of the operating system. */
  readonly sockets?: Sockets;
  /** Where the times of what is sent and whom to call come from; left out: the system's chance. */
  readonly random?: Random;
  /** Null when they are not served (-peerblockfilters). */
  readonly filters: NetFilters | null;
  readonly chain: NetChain;
  readonly mempool: NetMempool;
  readonly clock: Clock;
  readonly log: NetLog;
  readonly network: Network;
  /** Asks for the addresses of a name; by default the system does. */
  readonly resolver?: Resolver;
}

/** How many bytes of a connection may wait. */
export interface BufferLimits {
  /** -maxreceivebuffer: of frames that wait to be handled; above it the socket is not read. */
  readonly receiveBuffer: number;
  /** -maxsendbuffer: of what waits to be sent; above it nothing more of the peer is handled. */
  readonly sendBuffer: number;
}

export interface NetOptions extends AddressOptions, OutboundOptions, BufferLimits {
  /** -listen. */
  readonly listen: boolean;
  /** -port; 0 lets the system choose. */
  readonly port: number;
  /** -bind and -whitebind; none listens on every address of the machine. */
  readonly binds: readonly BindAddress[];
  /** -connect: dial only these; null when the option is not given, empty for -connect=0. */
  readonly connect: readonly string[] | null;
  /** -addnode. */
  readonly addNodes: readonly string[];
  /** -maxconnections. */
  readonly maxConnections: number;
  /** -peertimeout, seconds. */
  readonly peerTimeout: number;
  /** -timeout, milliseconds. */
  readonly connectTimeoutMs: number;
  /** -whitelist as given: "noban,relay@192.168.0.0/24". */
  readonly whitelist: readonly string[];
  readonly whitelistRelay: boolean;
  readonly whitelistForceRelay: boolean;
  /** -blocksonly. */
  readonly blocksOnly: boolean;
  /** -txreconciliation. */
  readonly reconciles: boolean;
  /** -peerbloomfilters. */
  readonly serveBloomFilters: boolean;
  /** -peerblockfilters. */
  readonly serveFilters: boolean;
  /** -prune: only the last blocks are promised to others. */
  readonly pruned: boolean;
  /** -minrelaytxfee, satoshis a 1000 virtual bytes. */
  readonly minRelayFeeRate: number;
  /** As others see us: "/Compeer:0.1.0(comment)/". */
  readonly userAgent: string;
  /** -networkactive. */
  readonly active: boolean;
  /** -bantime, seconds. */
  readonly banTime: number;
  /** -capturemessages: the folder for them; null writes none. */
  readonly captureFolder: string | null;
  /** -v2transport: encrypt connections where the other end can (BIP324). */
  readonly v2Transport: boolean;
  /** Proxies, Tor, I2P and what else leads to others. */
  readonly reach: ReachOptions;
}

/** How peers are found beyond those that are named. */
interface OutboundOptions {
  /** -dnsseed and -forcednsseed. */
  readonly dnsSeed: boolean;
  readonly forceDnsSeed: boolean;
  /** -fixedseeds. */
  readonly fixedSeeds: boolean;
  /** -seednode. */
  readonly seedNodes: readonly string[];
  /** -landiscovery. */
  readonly lanDiscovery: boolean;
}

/** What applies where nothing else is set. */
export const DEFAULT_NET_OPTIONS: NetOptions = {
  listen: true,
  port: 0,
  binds: [],
  connect: null,
  addNodes: [],
  maxConnections: 125,
  peerTimeout: 60,
  connectTimeoutMs: 5000,
  receiveBuffer: 5_000_000,
  sendBuffer: 1_000_000,
  whitelist: [],
  whitelistRelay: true,
  whitelistForceRelay: false,
  blocksOnly: false,
  reconciles: false,
  serveBloomFilters: false,
  serveFilters: false,
  pruned: false,
  minRelayFeeRate: 100,
  userAgent: "/Compeer:0.1.0/",
  active: true,
  banTime: 86_400,
  captureFolder: null,
  v2Transport: true,
  reach: PLAIN_REACH,
  directory: null,
  knownKey: false,
  checkRatio: 0,
  asMap: null,
  external: [],
  discover: false,
  reachable: ["ipv4", "ipv6"],
  dnsSeed: false,
  forceDnsSeed: false,
  fixedSeeds: false,
  seedNodes: [],
  lanDiscovery: false,
};
