import { isMoney, type Sats } from "../bitcoin/amount.ts";
import { type Json, JsonNumber } from "./json.ts";
import { RpcError, RpcErrorCode } from "./rpc-error.ts";

const FIXED_POINT = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;
/** Core: UPPER_BOUND of ParseFixedPoint, 10^18 - 1. */
const UPPER_BOUND = 999_999_999_999_999_999n;

/**
 * A decimal text as a whole number of 10^-decimals, or null when it is none or too large or too
 * fine for that. Never passes through a double. Core: ParseFixedPoint.
 */
export function parseFixedPoint(text: string, decimals: number): bigint | null {
  const match = FIXED_POINT.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const mantissa = digits.replace(/0+$/, "");
  if (mantissa.length > 18) return null;
  const zeros = trailingZeros(whole, fraction, digits.length - mantissa.length);
  const exponent = Number(power) - fraction.length + zeros + decimals;
  if (exponent < 0 || exponent >= 18) return null;
  const value = BigInt(mantissa) * 10n ** BigInt(exponent);
  if (value > UPPER_BOUND) return null;
  return sign === "-" ? -value : value;
}

/** Core skips a single leading "0" and counts the zeros after it, so "0.00" has two, not three. */
function trailingZeros(whole: string, fraction: string, counted: number): number {
  if (whole !== "0" || /[1-9]/.test(fraction)) return counted;
  return fraction.length;
}

/**
 * Satoshis of an amount in bitcoin, given as JSON number or string. Core: AmountFromValue.
 *
 * @param decimals 8 for bitcoin, 3 for a fee rate in sat/vB
 * @throws RpcError -3 on anything but an amount between 0 and 21 million
 */
export function parseAmount(value: Json, decimals = 8): Sats {
  const text = value instanceof JsonNumber ? value.text : value;
  if (typeof text !== "string")
    throw new RpcError(RpcErrorCode.type, "Amount is not a number or string");
  const exact = parseFixedPoint(text, decimals);
  if (exact === null) throw new RpcError(RpcErrorCode.type, "Invalid amount");
  const sats = Number(exact); // rounding past 2^53 is far out of range anyway
  if (!isMoney(sats)) throw new RpcError(RpcErrorCode.type, "Amount out of range");
  return sats;
}

/** Satoshis as bitcoin with eight decimals: `-0.00000001`. Core: ValueFromAmount. */
export function formatAmount(sats: Sats | bigint): string {
  const digits = String(sats).replace("-", "").padStart(9, "0");
  return `${sats < 0 ? "-" : ""}${digits.slice(0, -8)}.${digits.slice(-8)}`;
}

/** Satoshis as a JSON number of bitcoin with exactly eight decimals. */
export function amountJson(sats: Sats | bigint): JsonNumber {
  return new JsonNumber(formatAmount(sats));
}
