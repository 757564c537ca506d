import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";

const HASH_SIZE = 32;
const WORD = 64n;

/** Figures over all coins as of one block, in satoshis; sums from the first block on. */
export interface CoinFigures {
  /** MuHash of all coins. */
  readonly hash: Uint8Array;
  readonly outputs: bigint;
  readonly bogoSize: bigint;
  readonly amount: bigint;
  readonly subsidy: bigint;
  readonly spent: bigint;
  /** Outputs of all but coinbases. */
  readonly created: bigint;
  readonly coinbase: bigint;
  readonly genesisLost: bigint;
  /** Coins that another of the same name took the place of (BIP30). */
  readonly repeatedLost: bigint;
  /** Outputs that nobody can spend. */
  readonly scriptsLost: bigint;
  /** What miners left of their rewards. */
  readonly unclaimed: bigint;
}

/** Before the first block. */
export const NO_COINS: CoinFigures = {
  hash: new Uint8Array(HASH_SIZE),
  outputs: 0n,
  bogoSize: 0n,
  amount: 0n,
  subsidy: 0n,
  spent: 0n,
  created: 0n,
  coinbase: 0n,
  genesisLost: 0n,
  repeatedLost: 0n,
  scriptsLost: 0n,
  unclaimed: 0n,
};

/** What can never be spent. */
export function lostAmount(figures: CoinFigures): bigint {
  return figures.genesisLost + figures.repeatedLost + figures.scriptsLost + figures.unclaimed;
}

/** Core: DBVal in src/index/coinstatsindex.cpp. */
export function encodeFigures(figures: CoinFigures): Uint8Array {
  const writer = new Writer(192).raw(figures.hash);
  writer.u64big(figures.outputs).u64big(figures.bogoSize);
  writer.u64big(figures.amount).u64big(figures.subsidy);
  for (const wide of [figures.spent, figures.created, figures.coinbase])
    for (let at = 0n; at < 256n; at += WORD) writer.u64big((wide >> at) & 0xffff_ffff_ffff_ffffn);
  writer.u64big(figures.genesisLost).u64big(figures.repeatedLost);
  return writer.u64big(figures.scriptsLost).u64big(figures.unclaimed).finish();
}

/** @throws DecodeError unless `bytes` are exactly one record */
export function decodeFigures(bytes: Uint8Array): CoinFigures {
  const reader = new Reader(bytes);
  const wide = (): bigint => {
    let value = 0n;
    for (let at = 0n; at < 256n; at += WORD) value |= reader.u64big() << at;
    return value;
  };
  const figures: CoinFigures = {
    hash: reader.take(HASH_SIZE).slice(),
    outputs: reader.u64big(),
    bogoSize: reader.u64big(),
    amount: reader.u64big(),
    subsidy: reader.u64big(),
    spent: wide(),
    created: wide(),
    coinbase: wide(),
    genesisLost: reader.u64big(),
    repeatedLost: reader.u64big(),
    scriptsLost: reader.u64big(),
    unclaimed: reader.u64big(),
  };
  reader.end();
  return figures;
}
