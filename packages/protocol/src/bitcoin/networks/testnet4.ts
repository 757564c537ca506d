import { parseHash } from "../../bytes/hash.ts";
import { genesisBlock } from "../genesis.ts";
import { ALWAYS_ACTIVE, NEVER_ACTIVE, type Network, NO_TIMEOUT } from "../network.ts";
import { TESTNET4_SEEDS } from "./fixed-seeds.ts";
import { TEST_PREFIXES } from "./test-prefixes.ts";

/** Testnet 4 (BIP94). Core: CTestNet4Params. */
export const TESTNET4: Network = Object.freeze<Network>({
  name: "testnet4",
  directory: "testnet4",
  isTestChain: true,
  mockable: false,
  defaultConsistencyChecks: false,

  magic: Uint8Array.of(0x1c, 0x16, 0x3f, 0x28),
  p2pPort: 48333,
  rpcPort: 48332,
  onionPort: 48334,
  dnsSeeds: ["seed.testnet4.bitcoin.sprovoost.nl.", "seed.testnet4.wiz.biz."],
  fixedSeeds: TESTNET4_SEEDS,
  headersSync: { commitmentPeriod: 275, redownloadBufferSize: 7017 },

  bech32Prefix: "tb",
  ...TEST_PREFIXES,

  genesis: genesisBlock({
    time: 1714777860,
    nonce: 393743547,
    bits: 0x1d00ffff,
    message: "03/May/2024 000000000000000000001ebd58c244970b3aa9d783bb001011fbe8ea8e98e00e",
    publicKeyHex: "00".repeat(33),
  }),
  genesisHash: parseHash("00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043"),

  powLimit: 0x00000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffn,
  targetSpacing: 600,
  targetTimespan: 14 * 24 * 60 * 60,
  allowMinDifficultyBlocks: true,
  noRetargeting: false,
  enforceBip94: true,
  minimumChainWork: 0x34a4690fe592dc49c7cn,
  assumeValid: parseHash("000000000000000180a58e7fa3b0db84b5ea76377524894f53660d93ac839d9b"), // 91000

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
      threshold: 1512, // 75 %
    },
    {
      name: "taproot",
      bit: 2,
      startTime: ALWAYS_ACTIVE,
      timeout: NO_TIMEOUT,
      minActivationHeight: 0,
      period: 2016,
      threshold: 1512,
    },
  ],
  signetChallenge: null,

  assumedBlockchainSizeGb: 22,
  assumedChainStateSizeGb: 2,
  pruneAfterHeight: 1000,
  chainTxData: { time: 1752470331, txCount: 11414302, rate: 0.2842619757327476 },
  snapshots: [
    {
      height: 90_000,
      blockHash: parseHash("0000000002ebe8bcda020e0dd6ccfbdfac531d2f6a81457191b99fc2df2dbe3b"),
      coinsHash: parseHash("784fb5e98241de66fdd429f4392155c9e7db5c017148e66e8fdbc95746f8b9b5"),
      chainTxCount: 11347043,
    },
  ],
});
