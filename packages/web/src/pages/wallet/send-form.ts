import { formatAmount } from "@compeer/protocol/rpc/amount";
import type { Fees } from "../../state/chain.ts";
import { typedAmount, typedRate } from "./typed-amount.ts";
import type { Outpoint } from "./wallet-json.ts";

/** One line of the form: to whom, and how much. */
export interface Recipient {
  readonly id: number;
  readonly address: string;
  readonly amount: string;
}

/** Into which of the coming blocks a payment should fit, or a rate of one's own. */
export type Speed = "next1" | "next3" | "next6" | "custom";

/** What the form says; the pages before and after the review read it. */
export interface SendForm {
  readonly recipients: readonly Recipient[];
  readonly speed: Speed;
  /** As typed, in satoshis a virtual byte; read when the speed is "custom". */
  readonly ownRate: string;
  /** The recipients get what is left after the fee. */
  readonly subtractFee: boolean;
  /** Coins picked by hand; none: the wallet chooses. */
  readonly coins: readonly Outpoint[];
}

/** Arguments of `send` and `previewsend`, by name. */
export interface SendArguments {
  readonly [name: string]: unknown;
  readonly outputs: readonly { readonly [address: string]: string }[];
  readonly fee_rate?: number;
  readonly options: {
    readonly inputs?: readonly Outpoint[];
    readonly add_inputs?: boolean;
    readonly subtract_fee_from_outputs?: readonly number[];
    readonly replaceable: boolean;
  };
}

/** What is wrong with a recipient before the peer is asked, one sentence each; null where nothing is. */
export function recipientFaults({ address, amount }: Recipient): {
  readonly address: string | null;
  readonly amount: string | null;
} {
  return {
    address: address.trim() === "" ? "Say to whom." : null,
    amount: typedAmount(amount).error,
  };
}

/** A wallet pays no less, in satoshis a virtual byte, unless told to. Core: DEFAULT_TRANSACTION_MINFEE */
const WALLET_MINIMUM = 1;

/**
 * The rate that the form asks for, in satoshis a virtual byte, not below what it takes: rounded up to
 * the three decimals that the peer reads. Null when there is none (yet).
 */
export function rateOf(
  { speed, ownRate }: Pick<SendForm, "speed" | "ownRate">,
  fees: Fees | null,
): number | null {
  if (speed === "custom") return typedRate(ownRate);
  return fees === null ? null : speedRate(fees, speed);
}

/** The rate that one of the choices stands for. */
export function speedRate(fees: Fees, speed: Exclude<Speed, "custom">): number {
  return Math.max(WALLET_MINIMUM, Math.ceil(fees[speed] * 1000 - 1e-6) / 1000);
}

/** The form as arguments; null while something in it is wrong. */
export function sendArguments(form: SendForm, fees: Fees | null): SendArguments | null {
  const outputs: { [address: string]: string }[] = [];
  for (const { address, amount } of form.recipients) {
    const { sats } = typedAmount(amount);
    if (address.trim() === "" || sats === null) return null;
    outputs.push({ [address.trim()]: formatAmount(sats) });
  }
  const rate = rateOf(form, fees);
  if (outputs.length === 0 || (rate === null && form.speed === "custom")) return null;
  return {
    outputs,
    ...(rate === null ? {} : { fee_rate: rate }),
    options: {
      replaceable: true,
      ...(form.coins.length === 0 ? {} : { inputs: form.coins, add_inputs: false }),
      ...(form.subtractFee ? { subtract_fee_from_outputs: [...outputs.keys()] } : {}),
    },
  };
}

/** Coins as an address of the page names them: `txid:vout,txid:vout`. */
export function coinsOfQuery(text: string | null): readonly Outpoint[] {
  return (text ?? "")
    .split(",")
    .filter((piece) => /^[0-9a-f]{64}:[0-9]{1,9}$/.test(piece))
    .map((piece) => ({ txid: piece.slice(0, 64), vout: Number(piece.slice(65)) }));
}
