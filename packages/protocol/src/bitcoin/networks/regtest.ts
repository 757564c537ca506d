import { parseHash } from "../../bytes/hash.ts";
import { genesisBlock } from "../genesis.ts";
import { ALWAYS_ACTIVE, type Network, NO_TIMEOUT } from "../network.ts";
import {
  applyActivationHeights,
  applyVersionBits,
  type BuriedHeights,
} from "./regtest-overrides.ts";
import { TEST_PREFIXES } from "./test-prefixes.ts";

export interface RegtestOptions {
  /** Values of -testactivationheight: "segwit@432"; names are segwit, bip34, dersig, cltv and csv. */
  readonly testActivationHeights?: readonly string[];
  /** Values of -vbparams: "taproot:start:timeout[:minimum activation height]". */
  readonly versionBits?: readonly string[];
  /** -test=bip94 */
  readonly enforceBip94?: boolean;
  /** -fastprune */
  readonly fastPrune?: boolean;
}

const HEIGHTS: BuriedHeights = {
  bip34Height: 1,
  bip65Height: 1,
  bip66Height: 1,
  csvHeight: 1,
  segwitHeight: 0,
};

/**
 * The network of tests, where anyone finds a block at once. Core: CRegTestParams.
 *
 * @throws DecodeError on an override that does not parse, with Core's text
 */
export function regtest(options: RegtestOptions = {}): Network {
  return Object.freeze<Network>({
    name: "regtest",
    directory: "regtest",
    isTestChain: true,
    mockable: true,
    defaultConsistencyChecks: true,

    magic: Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda),
    p2pPort: 18444,
    rpcPort: 18443,
    onionPort: 18445,
    dnsSeeds: ["dummySeed.invalid."],
    fixedSeeds: "",
    headersSync: { commitmentPeriod: 275, redownloadBufferSize: 7017 },

    bech32Prefix: "bcrt",
    ...TEST_PREFIXES,

    genesis: genesisBlock({ time: 1296688602, nonce: 2, bits: 0x207fffff }),
    genesisHash: parseHash("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"),

    powLimit: 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffn,
    targetSpacing: 600,
    targetTimespan: 24 * 60 * 60,
    allowMinDifficultyBlocks: true,
    noRetargeting: true,
    enforceBip94: options.enforceBip94 ?? false,
    minimumChainWork: 0n,
    assumeValid: null,

    halvingInterval: 150,
    bip34Hash: null,
    ...applyActivationHeights(HEIGHTS, options.testActivationHeights ?? []),
    minBip9WarningHeight: 0,
    scriptFlagExceptions: new Map(),
    deployments: applyVersionBits(
      [
        {
          name: "testdummy",
          bit: 28,
          startTime: 0,
          timeout: NO_TIMEOUT,
          minActivationHeight: 0,
          period: 144,
          threshold: 108, // 75 %
        },
        {
          name: "taproot",
          bit: 2,
          startTime: ALWAYS_ACTIVE,
          timeout: NO_TIMEOUT,
          minActivationHeight: 0,
          period: 144,
          threshold: 108,
        },
      ],
      options.versionBits ?? [],
    ),
    signetChallenge: null,

    assumedBlockchainSizeGb: 0,
    assumedChainStateSizeGb: 0,
    pruneAfterHeight: options.fastPrune ? 100 : 1000,
    chainTxData: { time: 0, txCount: 0, rate: 0.001 },
    snapshots: [
      {
        height: 110,
        blockHash: parseHash("6affe030b7965ab538f820a56ef56c8149b7dc1d1c144af57113be080db7c397"),
        coinsHash: parseHash("b952555c8ab81fec46f3d4253b7af256d766ceb39fb7752b9d18cdf4a0141327"),
        chainTxCount: 111,
      },
      {
        height: 200,
        blockHash: parseHash("385901ccbd69dff6bbd00065d01fb8a9e464dede7cfe0372443884f9b1dcf6b9"),
        coinsHash: parseHash("17dcc016d188d16068907cdeb38b75691a118d43053b8cd6a25969419381d13a"),
        chainTxCount: 201,
      },
      {
        height: 299,
        blockHash: parseHash("7cc695046fec709f8c9394b6f928f81e81fd3ac20977bb68760fa1faa7916ea2"),
        coinsHash: parseHash("d2b051ff5e8eef46520350776f4100dd710a63447a8e01d917e92e79751a63e2"),
        chainTxCount: 334,
      },
    ],
  });
}
