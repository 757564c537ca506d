import type { Network } from "@compeer/protocol/bitcoin/network";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import type { Chain } from "../chain/chain.ts";
import type { Clock } from "../clock/clock.ts";
import type { Permissions } from "./permissions.ts";

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
  | "bestHeader"
  | "blockChecked"
  | "blockConnected"
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
}

/** What the network asks of the mempool. */
interface NetMempool {
  /** Kinds as Core's TxValidationResult: "missing-inputs" makes an orphan of it. */
  submit(tx: TransactionView): Promise<{
    readonly fault: { readonly kind: string; readonly reason: string } | null;
    readonly entry: NetMempoolEntry | null;
  }>;
  get(txidKey: string): NetMempoolEntry | undefined;
  getByWtxid(wtxidKey: string): NetMempoolEntry | undefined;
  /** Satoshis a 1000 virtual bytes below which nothing is taken. */
  readonly minFeeRate: number;
  /** Counts additions and removals. */
  readonly sequence: number;
  readonly added: { on(listener: (entry: NetMempoolEntry) => void): () => void };
}

export interface NetParts {
  readonly chain: NetChain;
  readonly mempool: NetMempool;
  readonly clock: Clock;
  readonly log: NetLog;
  readonly network: Network;
}

/** An address to listen on. */
export interface BindAddress {
  readonly host: string;
  readonly port: number;
  /** What connects here comes from the Tor daemon. */
  readonly onion: boolean;
  /** -whitebind: permissions of whoever connects here. */
  readonly permissions?: Permissions;
}

export interface NetOptions {
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
  whitelist: [],
  whitelistRelay: true,
  whitelistForceRelay: false,
  blocksOnly: false,
  pruned: false,
  minRelayFeeRate: 100,
  userAgent: "/Compeer:0.1.0/",
  active: true,
  banTime: 86_400,
};
