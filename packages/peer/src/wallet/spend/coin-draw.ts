import type { RandomBelow } from "@compeer/protocol/crypto/shuffle";
import { shuffled } from "@compeer/protocol/crypto/shuffle";
import type { CoinKind, SelectableCoin } from "@compeer/protocol/wallet/select-coin";
import { sampleLargest } from "@compeer/protocol/wallet/select-sample";
import type { WalletCoin } from "../ledger.ts";
import type { Wallet } from "../wallet.ts";
import type { OwnedScript } from "../wallet-descriptor.ts";
import { type CoinRates, selectableCoins, usableCoins } from "./available-coins.ts";
import { InputKinds } from "./input-kinds.ts";
import type { SpendControl } from "./spend-control.ts";

/** Confirmations after which a coin from anybody is taken first. */
const SETTLED_DEPTH = 6;
/** Coins that are drawn where those of an address are spent together. */
const MAX_TOGETHER = 2_000;

/**
 * The coins for one payment, looked up once. Where there are very many, a draw of those is tried first
 * that would be taken first anyway; all of them only where the draw will not do.
 * bench/wallet: 50,000 coins prepare a payment in a fifth of the time.
 */
export class CoinDraw {
  readonly #wallet: Wallet;
  readonly #random: RandomBelow;
  readonly #usable: readonly WalletCoin[];
  readonly #drawn: readonly WalletCoin[];

  constructor(wallet: Wallet, control: SpendControl, random: RandomBelow) {
    this.#wallet = wallet;
    this.#random = random;
    this.#usable = usableCoins(wallet, control);
    this.#drawn = this.#draw();
  }

  /** True when the draw leaves coins out. */
  get isPart(): boolean {
    return this.#drawn.length < this.#usable.length;
  }

  all(rates: CoinRates): readonly SelectableCoin[] {
    return selectableCoins(this.#wallet, this.#usable, rates);
  }

  /** @param together whether all coins of an address are drawn, or none (as avoiding partial spends asks) */
  drawn(rates: CoinRates, together: boolean): readonly SelectableCoin[] {
    const coins = together && this.isPart ? this.#wholeAddresses() : this.#drawn;
    return selectableCoins(this.#wallet, coins, rates);
  }

  /** Of each kind of input by itself, as a payment keeps to one kind where it can. */
  #draw(): readonly WalletCoin[] {
    const inputs = new InputKinds(this.#wallet);
    const kinds = new Map<CoinKind, WalletCoin[]>();
    for (const coin of this.#usable) {
      if (coin.depth < (coin.transaction.fromMe ? 1 : SETTLED_DEPTH)) continue;
      const { kind } = inputs.of(coin.owner, coin.script);
      const same = kinds.get(kind);
      if (same === undefined) kinds.set(kind, [coin]);
      else same.push(coin);
    }
    const pools = [...kinds.values()];
    const drawn = pools.flatMap((coins) => this.#sample(coins));
    const settled = pools.reduce((sum, { length }) => sum + length, 0);
    return drawn.length < settled ? drawn : this.#usable;
  }

  #sample(coins: readonly WalletCoin[]): readonly WalletCoin[] {
    return sampleLargest(coins, ({ value }) => value, this.#random);
  }

  /** All coins of as many addresses as make about the same number. */
  #wholeAddresses(): readonly WalletCoin[] {
    const addresses = new Map<OwnedScript, WalletCoin[]>();
    for (const coin of this.#usable) {
      const same = addresses.get(coin.owner);
      if (same === undefined) addresses.set(coin.owner, [coin]);
      else same.push(coin);
    }
    const coins: WalletCoin[] = [];
    for (const { owner } of shuffled(this.#drawn, this.#random)) {
      if (coins.length >= MAX_TOGETHER) break;
      coins.push(...this.#sample(addresses.get(owner) ?? []));
      addresses.delete(owner);
    }
    return coins;
  }
}
