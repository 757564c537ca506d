import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { outpointKey } from "@compeer/protocol/bitcoin/outpoint-key";
import { COINBASE_MATURITY } from "@compeer/protocol/consensus/limits";
import { feeAt } from "@compeer/protocol/policy/fee-rate";
import type { SelectableCoin } from "@compeer/protocol/wallet/select-coin";
import type { WalletCoin } from "../ledger.ts";
import type { Wallet } from "../wallet.ts";
import { individualBumpFees } from "./bump-fees.ts";
import { type InputKind, InputKinds } from "./input-kinds.ts";
import type { SpendControl } from "./spend-control.ts";

const TRUC_VERSION = 3;

/** Rates that coins are judged by, satoshis per 1000 virtual bytes. */
export interface CoinRates {
  readonly feeRate: Sats;
  readonly longTermRate: Sats;
}

/** Where the coins come from that a transaction may spend. */
export type CoinSource = (
  wallet: Wallet,
  control: SpendControl,
  rates: CoinRates,
) => readonly SelectableCoin[];

/** Coins of the wallet that may be spent without being named. Core: AvailableCoins. */
export function availableCoins(
  wallet: Wallet,
  control: SpendControl,
  rates: CoinRates,
): SelectableCoin[] {
  return selectableCoins(wallet, usableCoins(wallet, control), rates);
}

/** As `availableCoins`, before they are judged. */
export function usableCoins(wallet: Wallet, control: SpendControl): readonly WalletCoin[] {
  const excluded = excludedKeys(wallet, control);
  const usable = wallet.ledger.coins().filter((coin) => mayUse(wallet, control, coin, excluded));
  return control.version === TRUC_VERSION ? withoutOtherTruc(usable) : usable;
}

/** What it costs to spend each coin, and what hangs on it. */
export function selectableCoins(
  wallet: Wallet,
  coins: readonly WalletCoin[],
  rates: CoinRates,
): SelectableCoin[] {
  const unconfirmed = coins.filter(({ depth }) => depth === 0);
  const bumpFees = individualBumpFees(wallet.mempool, unconfirmed, rates.feeRate);
  const inputs = new InputKinds(wallet);
  return coins.map((coin) => {
    const bumpFee = coin.depth === 0 ? (bumpFees?.get(keyOf(coin)) ?? 0) : 0;
    return selectable(wallet, coin, rates, bumpFee, inputs.of(coin.owner, coin.script));
  });
}

function mayUse(
  wallet: Wallet,
  control: SpendControl,
  coin: WalletCoin,
  excluded: ReadonlySet<string>,
): boolean {
  const { depth, isSafe, transaction } = coin;
  if (depth < control.minDepth || depth > control.maxDepth) return false;
  if (!control.includeUnsafe && !isSafe) return false;
  if (depth <= COINBASE_MATURITY && wallet.ledger.isImmature(transaction)) return false;
  // Keys take time to make, where there are very many coins.
  if (excluded.size > 0 && excluded.has(keyOf(coin))) return false;
  if (wallet.avoidReuse && control.avoidReuse && wallet.isReused(coin.script)) return false;
  return depth > 0 || fitsVersion(coin, control);
}

/** Keys of coins that are locked, or selected already. */
function excludedKeys(wallet: Wallet, { selected }: SpendControl): ReadonlySet<string> {
  const outpoints = [...wallet.lockedCoins, ...selected.map(({ prevout }) => prevout)];
  return new Set(outpoints.map(({ txid, index }) => outpointKey(txid, index)));
}

/** As `outpointKey`: the key of a transaction begins those of its outputs. */
function keyOf({ transaction, index }: WalletCoin): string {
  return transaction.key + index;
}

/** Unconfirmed, version 3 spends version 3 only, and only one child each (BIP431). */
function fitsVersion({ transaction }: WalletCoin, { version }: SpendControl): boolean {
  const isTruc = transaction.view().version === TRUC_VERSION;
  if (version !== TRUC_VERSION) return !isTruc;
  return isTruc && transaction.trucChild === null;
}

/** A version 3 transaction may have one unconfirmed parent: the one that is worth most. */
function withoutOtherTruc(coins: readonly WalletCoin[]): readonly WalletCoin[] {
  const values = new Map<string, Sats>();
  for (const { depth, transaction, value } of coins)
    if (depth === 0) values.set(transaction.key, (values.get(transaction.key) ?? 0) + value);
  let [best, most] = ["", -1];
  for (const [key, value] of values) if (value > most) [best, most] = [key, value];
  return coins.filter(({ depth, transaction }) => depth > 0 || transaction.key === best);
}

function selectable(
  wallet: Wallet,
  coin: WalletCoin,
  { feeRate, longTermRate }: CoinRates,
  bumpFee: Sats,
  { kind, size }: InputKind,
): SelectableCoin {
  const { txid, index, value, script, depth, transaction } = coin;
  const entry = depth === 0 ? wallet.mempool.get(transaction.key) : undefined;
  return {
    prevout: { txid, index },
    value,
    script,
    kind,
    depth,
    isFromMe: transaction.fromMe,
    inputSize: size,
    fee: feeAt(feeRate, Math.max(0, size)) + bumpFee,
    bumpFee,
    longTermFee: feeAt(longTermRate, Math.max(0, size)),
    ancestors: entry === undefined ? 0 : entry.ancestors.count,
    descendants: entry === undefined ? 0 : entry.cluster.members.length,
  };
}
