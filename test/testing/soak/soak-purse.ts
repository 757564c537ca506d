import { finishTransaction, type Transaction } from "@compeer/protocol/bitcoin/transaction";
import { parseHash } from "@compeer/protocol/bytes/hash";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import type { Unspent } from "../grow-chain.ts";
import type { Caller } from "../peers.ts";
import type { Random } from "../random.ts";
import { inputOf, SPENDABLE, signSpend } from "../script-kinds.ts";

/** A payment, signed, and what it spends and makes. */
export interface Payment {
  readonly tx: Transaction;
  readonly hex: string;
  readonly spent: readonly Unspent[];
  readonly made: readonly Unspent[];
  readonly fee: number;
}

interface PaymentOptions {
  readonly satsPerKvb?: number;
  readonly outputs?: number;
  readonly version?: number;
}

interface ScannedCoin {
  readonly txid: string;
  readonly vout: number;
  readonly scriptPubKey: string;
  readonly amount: number;
  readonly coinbase: boolean;
  readonly height: number;
}

const SCRIPTS = [...SPENDABLE.values()];
const MATURITY = 100;
/** About what one takes, whatever its kind; the fee need not be exact. */
const INPUT_VBYTES = 150;
const OUTPUT_VBYTES = 45;
const DUST = 2000;

/** Every coin that `signSpend` can spend, mature at the tip of a node. */
export async function scanCoins(node: Caller): Promise<Unspent[]> {
  const descriptors = SCRIPTS.map((script) => `raw(${encodeHex(script)})`);
  const { height: tip, unspents } = await node.call<{ height: number; unspents: ScannedCoin[] }>(
    "scantxoutset",
    "start",
    descriptors,
  );
  return unspents
    .filter(({ coinbase, height }) => !coinbase || height + MATURITY <= tip + 1)
    .map(({ txid, vout, scriptPubKey, amount, coinbase, height }) => ({
      txid: parseHash(txid),
      index: vout,
      coin: { value: Math.round(amount * 1e8), script: decodeHex(scriptPubKey), height, coinbase },
    }));
}

/** Where the reward of a block goes: a script of some kind. */
export function randomReward(random: Random): string {
  return `raw(${encodeHex(random.pick(SCRIPTS))})`;
}

/** Coins of every kind of script, paid to scripts of every kind. */
export class SoakPurse {
  readonly #random: Random;
  #coins: Unspent[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#coins.length;
  }

  refill(coins: readonly Unspent[]): void {
    this.#coins = [...coins];
  }

  put(coins: readonly Unspent[]): void {
    this.#coins.push(...coins);
  }

  /** Any coins, which are no longer here afterwards; fewer when there are not so many. */
  take(count: number): Unspent[] {
    const taken: Unspent[] = [];
    while (taken.length < count && this.#coins.length > 0)
      taken.push(...this.#coins.splice(this.#random.below(this.#coins.length), 1));
    return taken;
  }

  /** Spends all these coins; null when they hold too little. */
  pay(spent: readonly Unspent[], options: PaymentOptions = {}): Payment | null {
    const { satsPerKvb = 2000, outputs = 1 + this.#random.below(3), version = 2 } = options;
    const vsize = 12 + INPUT_VBYTES * spent.length + OUTPUT_VBYTES * outputs;
    const fee = Math.ceil((vsize * satsPerKvb) / 1000);
    const total = spent.reduce((sum, { coin }) => sum + coin.value, 0);
    const value = Math.floor((total - fee) / outputs);
    if (value < DUST) return null;
    const paid = Array.from({ length: outputs }, () => ({
      value,
      script: this.#random.pick(SCRIPTS),
    }));
    const inputs = spent.map((each) => inputOf(each));
    const body = { version, inputs, outputs: paid, lockTime: 0 };
    const coins = spent.map(({ coin }) => coin);
    const tx = finishTransaction(signSpend(body, coins));
    const made = paid.map((output, index) => ({
      txid: tx.txid,
      index,
      coin: { ...output, height: 0, coinbase: false },
    }));
    return { tx, hex: encodeHex(tx.raw), spent, made, fee: total - value * outputs };
  }
}
