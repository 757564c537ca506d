import type { TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { createPsbt, type Psbt } from "@compeer/protocol/wallet/psbt";
import { formatPsbt } from "@compeer/protocol/wallet/psbt-encode";
import { extractTransaction } from "@compeer/protocol/wallet/psbt-finalize";
import type { SignedPsbt } from "@compeer/protocol/wallet/psbt-sign";
import {
  lockTimeAgainstSniping,
  SEQUENCE_NONFINAL,
  SEQUENCE_REPLACEABLE,
} from "../../wallet/spend/anti-fee-sniping.ts";
import { randomBelow } from "../../wallet/spend/random-below.ts";
import { completePsbt, fillPsbt, requireSendable } from "../../wallet/spend/sign-spend.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { psbtError } from "./psbt-argument.ts";
import type { SpendOptions } from "./wallet-spend-options.ts";

/**
 * Signs a transaction, and sends it when it is complete and nothing speaks against it; else returns it
 * for others to sign. Core: FinishTransaction.
 */
export async function finishSpend(
  wallet: Wallet,
  options: SpendOptions,
  tx: TransactionBody,
): Promise<JsonOut> {
  const filled = fillPsbt(wallet, createPsbt(discouraged(wallet, options, tx)), {
    sign: false,
    bip32derivs: true,
    finalize: false,
  });
  const signed = await completePsbt(wallet, filled.psbt, { bip32derivs: false, finalize: true });
  const { psbt, complete } = requireSigned(signed);
  const asPsbt = options.flag("psbt", false);
  const isAdded = options.flag("add_to_wallet", true);
  if (isAdded && !asPsbt) requireSendable(signed);
  const text = asPsbt || !complete || !isAdded ? formatPsbt(psbt) : undefined;
  const warnings = signed.warnings.length > 0 ? [...signed.warnings] : undefined;
  if (!complete) return { psbt: text, complete, warnings };
  const { raw, txid } = extractTransaction(psbt);
  if (isAdded && !asPsbt) await wallet.commit(raw, {});
  const hex = isAdded && !asPsbt ? undefined : encodeHex(raw);
  return { psbt: text, txid: formatHash(txid), hex, complete, warnings };
}

/** With a lock time against fee sniping, unless a lock time or a sequence was wanted. */
function discouraged(wallet: Wallet, options: SpendOptions, tx: TransactionBody): TransactionBody {
  const isFree = tx.inputs.every(
    ({ sequence }) => sequence === SEQUENCE_NONFINAL || sequence === SEQUENCE_REPLACEABLE,
  );
  if (options.has("locktime") || !isFree) return tx;
  return { ...tx, lockTime: lockTimeAgainstSniping(wallet, randomBelow) };
}

/** @throws RpcError for a PSBT that cannot be signed */
export function requireSigned({ psbt, complete, fault }: SignedPsbt): {
  psbt: Psbt;
  complete: boolean;
} {
  if (fault === null) return { psbt, complete };
  throw psbtError(fault);
}
