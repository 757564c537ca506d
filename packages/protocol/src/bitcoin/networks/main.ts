import { hashKey, parseHash } from "../../bytes/hash.ts";
import { genesisBlock } from "../genesis.ts";
import { NEVER_ACTIVE, type Network, NO_TIMEOUT } from "../network.ts";
import { MAIN_SEEDS } from "./fixed-seeds.ts";

/** Script rules in the numbering of `script/flags.ts`, which lies above this folder. */
const P2SH_AND_WITNESS = (1 << 0) | (1 << 11);

/** The network whose coins people trade. Core: CMainParams. */
export const MAIN: Network = Object.freeze<Network>({
  name: "main",
  directory: "",
  isTestChain: false,
  mockable: false,
  defaultConsistencyChecks: false,

  magic: Uint8Array.of(0xf9, 0xbe, 0xb4, 0xd9),
  p2pPort: 8333,
  rpcPort: 8332,
  onionPort: 8334,
  dnsSeeds: [
    "seed.bitcoin.sipa.be.",
    "dnsseed.bluematt.me.",
    "dnsseed.bitcoin.dashjr-list-of-p2p-nodes.us.",
    "seed.bitcoin.jonasschnelli.ch.",
    "seed.btc.petertodd.net.",
    "seed.bitcoin.sprovoost.nl.",
    "dnsseed.emzy.de.",
    "seed.bitcoin.wiz.biz.",
    "seed.mainnet.achownodes.xyz.",
  ],
  fixedSeeds: MAIN_SEEDS,
  headersSync: { commitmentPeriod: 632, redownloadBufferSize: 15009 },

  bech32Prefix: "bc",
  pubKeyHashPrefix: 0,
  scriptHashPrefix: 5,
  secretKeyPrefix: 128,
  extendedPublicPrefix: 0x0488b21e,
  extendedSecretPrefix: 0x0488ade4,

  genesis: genesisBlock({ time: 1231006505, nonce: 2083236893, bits: 0x1d00ffff }),
  genesisHash: parseHash("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"),

  powLimit: 0x00000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffn,
  targetSpacing: 600,
  targetTimespan: 14 * 24 * 60 * 60,
  allowMinDifficultyBlocks: false,
  noRetargeting: false,
  enforceBip94: false,
  minimumChainWork: 0xdee8e2a309ad8a9820433c68n,
  assumeValid: parseHash("00000000000000000000611fd22f2df7c8fbd0688745c3a6c3bb5109cc2a12cb"), // 912683

  halvingInterval: 210_000,
  bip34Height: 227_931,
  bip34Hash: parseHash("000000000000024b89b42a942fe0d9fea3bb44ab7bd1b19115dd6a759c0808b8"),
  bip65Height: 388_381,
  bip66Height: 363_725,
  csvHeight: 419_328,
  segwitHeight: 481_824,
  minBip9WarningHeight: 483_840, // segwitHeight and one period
  scriptFlagExceptions: new Map([
    // Spends a P2SH coin without its script (BIP16)
    [key("00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22"), 0],
    // Spends a witness v1 coin against BIP341
    [key("0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad"), P2SH_AND_WITNESS],
  ]),
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
      startTime: 1619222400, // 24 April 2021
      timeout: 1628640000, // 11 August 2021
      minActivationHeight: 709_632,
      period: 2016,
      threshold: 1815,
    },
  ],
  signetChallenge: null,

  assumedBlockchainSizeGb: 810,
  assumedChainStateSizeGb: 14,
  pruneAfterHeight: 100_000,
  chainTxData: { time: 1756722903, txCount: 1235299397, rate: 5.456290459519495 },
  snapshots: [
    {
      height: 840_000,
      blockHash: parseHash("0000000000000000000320283a032748cef8227873ff4872689bf23f1cda83a5"),
      coinsHash: parseHash("a2a5521b1b5ab65f67818e5e8eccabb7171a517f9e2382208f77687310768f96"),
      chainTxCount: 991032194,
    },
    {
      height: 880_000,
      blockHash: parseHash("000000000000000000010b17283c3c400507969a9c2afd1dcf2082ec5cca2880"),
      coinsHash: parseHash("dbd190983eaf433ef7c15f78a278ae42c00ef52e0fd2a54953782175fbadcea9"),
      chainTxCount: 1145604538,
    },
    {
      height: 910_000,
      blockHash: parseHash("0000000000000000000108970acb9522ffd516eae17acddcb1bd16469194a821"),
      coinsHash: parseHash("4daf8a17b4902498c5787966a2b51c613acdab5df5db73f196fa59a4da2f1568"),
      chainTxCount: 1226586151,
    },
  ],
});

function key(hash: string): string {
  return hashKey(parseHash(hash));
}
