import { hashKey, parseHash } from "../../bytes/hash.ts";
import { genesisBlock } from "../genesis.ts";
import { NEVER_ACTIVE, type Network, NO_TIMEOUT } from "../network.ts";
import { TEST_SEEDS } from "./fixed-seeds.ts";
import { TEST_PREFIXES } from "./test-prefixes.ts";

/** Testnet 3. Core: CTestNetParams. */
export const TEST: Network = Object.freeze<Network>({
  name: "test",
  directory: "testnet3",
  isTestChain: true,
  mockable: false,
  defaultConsistencyChecks: false,

  magic: Uint8Array.of(0x0b, 0x11, 0x09, 0x07),
  p2pPort: 18333,
  rpcPort: 18332,
  onionPort: 18334,
  dnsSeeds: [
    "testnet-seed.bitcoin.jonasschnelli.ch.",
    "seed.tbtc.petertodd.net.",
    "seed.testnet.bitcoin.sprovoost.nl.",
    "testnet-seed.bluematt.me.",
    "seed.testnet.achownodes.xyz.",
  ],
  fixedSeeds: TEST_SEEDS,
  headersSync: { commitmentPeriod: 628, redownloadBufferSize: 13460 },

  bech32Prefix: "tb",
  ...TEST_PREFIXES,

  genesis: genesisBlock({ time: 1296688602, nonce: 414098458, bits: 0x1d00ffff }),
  genesisHash: parseHash("000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"),

  powLimit: 0x00000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffn,
  targetSpacing: 600,
  targetTimespan: 14 * 24 * 60 * 60,
  allowMinDifficultyBlocks: true,
  noRetargeting: false,
  enforceBip94: false,
  minimumChainWork: 0x16dd270dd94fac1d7632n,
  assumeValid: parseHash("0000000000000065c6c38258e201971a3fdfcc2ceee0dd6e85a6c022d45dee34"), // 4550000

  halvingInterval: 210_000,
  bip34Height: 21_111,
  bip34Hash: parseHash("0000000023b3a96d3484e5abb3755c413e7d41500f8e2a5c3f0dd01299cd8ef8"),
  bip65Height: 581_885,
  bip66Height: 330_776,
  csvHeight: 770_112,
  segwitHeight: 834_624,
  minBip9WarningHeight: 836_640, // segwitHeight and one period
  scriptFlagExceptions: new Map([
    // Spends a P2SH coin without its script (BIP16)
    [hashKey(parseHash("00000000dd30457c001f4095d208cc1296b0eed002427aa599874af7a432b105")), 0],
  ]),
  deployments: [
    {
      name: "testdummy",
      bit: 28,
      startTime: NEVER_ACTIVE,
      timeout: NO_TIMEOUT,
      minActivationHeight: 0,
      period: 2016,
      threshold: 1512, // 75 %
    },
    {
      name: "taproot",
      bit: 2,
      startTime: 1619222400, // 24 April 2021
      timeout: 1628640000, // 11 August 2021
      minActivationHeight: 0,
      period: 2016,
      threshold: 1512,
    },
  ],
  signetChallenge: null,

  assumedBlockchainSizeGb: 240,
  assumedChainStateSizeGb: 19,
  pruneAfterHeight: 1000,
  chainTxData: { time: 1751816758, txCount: 508468699, rate: 7.172978845985714 },
  snapshots: [
    {
      height: 2_500_000,
      blockHash: parseHash("0000000000000093bcb68c03a9a168ae252572d348a2eaeba2cdf9231d73206f"),
      coinsHash: parseHash("f841584909f68e47897952345234e37fcd9128cd818f41ee6c3ca68db8071be7"),
      chainTxCount: 66484552,
    },
  ],
});
