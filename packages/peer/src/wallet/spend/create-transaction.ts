import type { RandomBelow } from "@compeer/protocol/crypto/shuffle";
import { RpcError } from "@compeer/protocol/rpc/rpc-error";
import type { Wallet } from "../wallet.ts";
import type { CoinSource } from "./available-coins.ts";
import {
  type BuildVerdict,
  buildTransaction,
  type ChangeScript,
  type Recipient,
} from "./build-transaction.ts";
import { changeTypeFor } from "./change-type.ts";
import { CoinDraw } from "./coin-draw.ts";
import { randomBelow } from "./random-below.ts";
import type { SpendControl } from "./spend-control.ts";

/**
 * The best transaction for some payments, without signatures: where it costs no more than the settings
 * allow, coins of one address are spent together. Core: CreateTransaction.
 *
 * @param changePosition where change goes; by lot when null
 */
export async function createTransaction(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: SpendControl,
  changePosition: number | null = null,
  random: RandomBelow = randomBelow,
): Promise<BuildVerdict> {
  if (recipients.length === 0) return { error: "Transaction must have at least one recipient" };
  const change = await changeScriptFor(wallet, recipients, control);
  let draw: CoinDraw | null = null;
  const build = (how: SpendControl): BuildVerdict => {
    const buildOf = (coins: CoinSource) =>
      buildTransaction(wallet, recipients, how, change, changePosition, random, coins);
    const drawOnce = (): CoinDraw => {
      draw ??= new CoinDraw(wallet, how, random);
      return draw;
    };
    const verdict = buildOf((_, { avoidPartialSpends }, rates) =>
      drawOnce().drawn(rates, avoidPartialSpends),
    );
    if (!("error" in verdict) || draw?.isPart !== true) return verdict;
    return buildOf((_wallet, _control, rates) => drawOnce().all(rates));
  };
  const verdict = cheaperTogether(wallet, control, build);
  const isUsed = !("error" in verdict) && verdict.changePosition !== null;
  if (control.changeScript === null && "script" in change && !isUsed)
    wallet.returnChange(change.script);
  return verdict;
}

/** Avoids partial spends where that is cheap enough (-maxapsfee). */
function cheaperTogether(
  wallet: Wallet,
  control: SpendControl,
  build: (control: SpendControl) => BuildVerdict,
): BuildVerdict {
  const { options } = wallet;
  const first = build(control);
  if ("error" in first || first.fee === 0) return first;
  if (options.maxPartialSpendFee < 0 || control.avoidPartialSpends) return first;
  const grouped = build(
    control.with((copy) => {
      copy.avoidPartialSpends = true;
    }),
  );
  if ("error" in grouped) return first;
  const isCheap = grouped.fee <= first.fee + options.maxPartialSpendFee;
  wallet.log(
    `Fee non-grouped = ${first.fee}, grouped = ${grouped.fee}, using ${isCheap ? "grouped" : "non-grouped"}`,
  );
  return isCheap ? grouped : first;
}

async function changeScriptFor(
  wallet: Wallet,
  recipients: readonly Recipient[],
  { changeScript, changeType }: SpendControl,
): Promise<ChangeScript> {
  if (changeScript !== null) return { script: changeScript };
  const scripts = recipients.map(({ script }) => script);
  try {
    return { script: await wallet.newChangeScript(changeTypeFor(wallet, changeType, scripts)) };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return {
      error: `Transaction needs a change address, but we can't generate it. ${error.message}`,
    };
  }
}
