export type NetworkName = "main" | "test" | "testnet4" | "signet" | "regtest";

/** `Deployment.startTime` of rules that hold from the first block on. Core: ALWAYS_ACTIVE. */
export const ALWAYS_ACTIVE = -1;
/** `Deployment.startTime` of rules that never begin to hold. Core: NEVER_ACTIVE. */
export const NEVER_ACTIVE = -2;
/** `Deployment.timeout` of a deployment that has none. RPC shows it as 2^63 - 1. Core: NO_TIMEOUT. */
export const NO_TIMEOUT: number = Number.POSITIVE_INFINITY;

/** A soft fork that miners activate by version bits (BIP9, with BIP341's minimum activation height). */
export interface Deployment {
  readonly name: "testdummy" | "taproot";
  readonly bit: number;
  /** Median time past, seconds, or one of the constants above. */
  readonly startTime: number;
  readonly timeout: number;
  readonly minActivationHeight: number;
  /** Blocks in a signalling period, and how many of them must signal. */
  readonly period: number;
  readonly threshold: number;
}

/** What the chain's transaction count was at a known block: a guess of the sync progress rests on it. */
interface ChainTxData {
  readonly time: number;
  readonly txCount: number;
  /** Transactions a second since then. */
  readonly rate: number;
}

/** A set of coins whose hash is known, so that one may start from it. Core: AssumeutxoData. */
interface KnownSnapshot {
  readonly height: number;
  readonly blockHash: Uint8Array;
  readonly coinsHash: Uint8Array;
  readonly chainTxCount: number;
}

/** Parameters of the low-work defence while headers come in. Core: HeadersSyncParams. */
interface HeadersSyncParameters {
  readonly commitmentPeriod: number;
  readonly redownloadBufferSize: number;
}

/**
 * Everything in which the networks differ. A frozen plain object that is passed in: there is no current
 * network. Core: CChainParams, Consensus::Params.
 */
export interface Network {
  readonly name: NetworkName;
  /** Folder below the data directory; empty for main. */
  readonly directory: string;
  /** False for main. */
  readonly isTestChain: boolean;
  /** True where time may be set by hand. */
  readonly mockable: boolean;
  readonly defaultConsistencyChecks: boolean;

  // The wire
  /** First four bytes of a message and of a stored block. */
  readonly magic: Uint8Array;
  readonly p2pPort: number;
  readonly rpcPort: number;
  readonly onionPort: number;
  readonly dnsSeeds: readonly string[];
  /** Peers to begin with, as addrv2 entries without time and services, in base64; empty for none. */
  readonly fixedSeeds: string;
  readonly headersSync: HeadersSyncParameters;

  // Addresses and keys
  readonly bech32Prefix: string;
  readonly pubKeyHashPrefix: number;
  readonly scriptHashPrefix: number;
  readonly secretKeyPrefix: number;
  readonly extendedPublicPrefix: number;
  readonly extendedSecretPrefix: number;

  // The first block
  readonly genesis: Uint8Array;
  readonly genesisHash: Uint8Array;

  // Proof of work
  /** Largest target allowed. */
  readonly powLimit: bigint;
  /** Seconds between blocks that the difficulty aims at. */
  readonly targetSpacing: number;
  /** Seconds that a difficulty period should take. */
  readonly targetTimespan: number;
  /** A block 20 minutes after its parent may have the least difficulty. */
  readonly allowMinDifficultyBlocks: boolean;
  readonly noRetargeting: boolean;
  /** BIP94: no timewarp, and the period's first block carries the real difficulty. */
  readonly enforceBip94: boolean;
  readonly minimumChainWork: bigint;
  /** Scripts of this block's ancestors are taken as valid; null where none is known. */
  readonly assumeValid: Uint8Array | null;

  // Rules by height (BIP90)
  readonly halvingInterval: number;
  readonly bip34Height: number;
  readonly bip34Hash: Uint8Array | null;
  readonly bip65Height: number;
  readonly bip66Height: number;
  /** BIP68, BIP112 and BIP113. */
  readonly csvHeight: number;
  /** BIP141, BIP143 and BIP147. */
  readonly segwitHeight: number;
  readonly minBip9WarningHeight: number;
  /** Blocks that are valid under fewer script rules than all others, by `hashKey`. */
  readonly scriptFlagExceptions: ReadonlyMap<string, number>;
  readonly deployments: readonly Deployment[];
  /** BIP325: the script that a block's solution must satisfy; null where blocks are not signed. */
  readonly signetChallenge: Uint8Array | null;

  // Hints
  readonly assumedBlockchainSizeGb: number;
  readonly assumedChainStateSizeGb: number;
  readonly pruneAfterHeight: number;
  readonly chainTxData: ChainTxData;
  readonly snapshots: readonly KnownSnapshot[];
}

/** Blocks between two changes of the difficulty. */
export function difficultyInterval(network: Network): number {
  return network.targetTimespan / network.targetSpacing;
}
