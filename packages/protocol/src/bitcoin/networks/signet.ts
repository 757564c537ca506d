import { parseHash } from "../../bytes/hash.ts";
import { decodeHex } from "../../bytes/hex.ts";
import { Writer } from "../../bytes/writer.ts";
import { sha256d } from "../../crypto/sha256.ts";
import { genesisBlock } from "../genesis.ts";
import { ALWAYS_ACTIVE, NEVER_ACTIVE, type Network, NO_TIMEOUT } from "../network.ts";
import { SIGNET_SEEDS } from "./fixed-seeds.ts";
import { TEST_PREFIXES } from "./test-prefixes.ts";

/** One of two keys signs the blocks of the public signet. */
const PUBLIC_CHALLENGE = decodeHex(
  "512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be430" +
    "210359ef5021964fe22d6f8e05b2463c9540ce96883fe3b278760f048f5189f2e6c452ae",
);

const GENESIS_HASH = parseHash("00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6");

/** What is known of the public signet only. */
const PUBLIC_SIGNET = {
  dnsSeeds: ["seed.signet.bitcoin.sprovoost.nl.", "seed.signet.achownodes.xyz."],
  fixedSeeds: SIGNET_SEEDS,
  minimumChainWork: 0x67d328e681an,
  assumeValid: parseHash("000000128586e26813922680309f04e1de713c7542fee86ed908f56368aefe2e"), // 267665
  assumedBlockchainSizeGb: 20,
  assumedChainStateSizeGb: 4,
  chainTxData: { time: 1756723017, txCount: 26185472, rate: 0.7452721495389969 },
};

/** What is known of a signet of one's own: nothing. */
const OWN_SIGNET = {
  dnsSeeds: [],
  fixedSeeds: "",
  minimumChainWork: 0n,
  assumeValid: null,
  assumedBlockchainSizeGb: 0,
  assumedChainStateSizeGb: 0,
  chainTxData: { time: 0, txCount: 0, rate: 0 },
};

export interface SignetOptions {
  /** Script that a block's solution must satisfy; by default that of the public signet. */
  readonly signetChallenge?: Uint8Array;
  /** Hosts to ask for peers, instead of the public signet's. */
  readonly signetSeeds?: readonly string[];
}

/** A signet (BIP325): the public one, or a community's own by its challenge. Core: SigNetParams. */
export function signet(options: SignetOptions = {}): Network {
  const challenge = options.signetChallenge ?? PUBLIC_CHALLENGE;
  const known = options.signetChallenge === undefined ? PUBLIC_SIGNET : OWN_SIGNET;
  return Object.freeze<Network>({
    ...known,
    name: "signet",
    directory: "signet",
    isTestChain: true,
    mockable: false,
    defaultConsistencyChecks: false,

    magic: sha256d(new Writer().varBytes(challenge).finish()).slice(0, 4),
    p2pPort: 38333,
    rpcPort: 38332,
    onionPort: 38334,
    dnsSeeds: options.signetSeeds ?? known.dnsSeeds,
    headersSync: { commitmentPeriod: 390, redownloadBufferSize: 9584 },

    bech32Prefix: "tb",
    ...TEST_PREFIXES,

    genesis: genesisBlock({ time: 1598918400, nonce: 52613770, bits: 0x1e0377ae }),
    genesisHash: GENESIS_HASH,

    powLimit: 0x00000377ae000000000000000000000000000000000000000000000000000000n,
    targetSpacing: 600,
    targetTimespan: 14 * 24 * 60 * 60,
    allowMinDifficultyBlocks: false,
    noRetargeting: false,
    enforceBip94: false,

    halvingInterval: 210_000,
    bip34Height: 1,
    bip34Hash: null,
    bip65Height: 1,
    bip66Height: 1,
    csvHeight: 1,
    segwitHeight: 1,
    minBip9WarningHeight: 0,
    scriptFlagExceptions: new Map(),
    deployments: [
      {
        name: "testdummy",
        bit: 28,
        startTime: NEVER_ACTIVE,
        timeout: NO_TIMEOUT,
        minActivationHeight: 0,
        period: 2016,
        threshold: 1815, // 90 %
      },
      {
        name: "taproot",
        bit: 2,
        startTime: ALWAYS_ACTIVE,
        timeout: NO_TIMEOUT,
        minActivationHeight: 0,
        period: 2016,
        threshold: 1815,
      },
    ],
    signetChallenge: challenge,

    pruneAfterHeight: 1000,
    snapshots: [
      {
        height: 160_000,
        blockHash: parseHash("0000003ca3c99aff040f2563c2ad8f8ec88bd0fd6b8f0895cfaf1ef90353a62c"),
        coinsHash: parseHash("fe0a44309b74d6b5883d246cb419c6221bcccf0b308c9b59b7d70783dbdf928a"),
        chainTxCount: 2289496,
      },
    ],
  });
}
