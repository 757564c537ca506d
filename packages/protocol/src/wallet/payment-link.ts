import { checkAddress } from "../bitcoin/address.ts";
import { isMoney, type Sats } from "../bitcoin/amount.ts";
import type { Network } from "../bitcoin/network.ts";
import { NETWORK_NAMES, networkByName } from "../bitcoin/networks/all.ts";

/** A way to pay that a link offers besides addresses, such as a Lightning invoice. */
interface PaymentInstruction {
  readonly key: string;
  readonly value: string;
}

/** What a `bitcoin:` link asks for (BIP21, BIP321). */
export interface PaymentLink {
  /** On-chain addresses of this network, the one in the body first; none when only other ways are offered. */
  readonly addresses: readonly string[];
  readonly amount: Sats | null;
  readonly label: string | null;
  readonly message: string | null;
  /** Known ways to pay that are not on-chain, by their key: lightning, lno, pay, sp. */
  readonly instructions: readonly PaymentInstruction[];
}

/** Why a link cannot be paid, said to the person who pasted it. */
export interface PaymentLinkFault {
  readonly fault: string;
}

const SCHEME = /^bitcoin:/i;
const OTHER_WAYS = ["lightning", "lno", "pay", "sp"];
const ONCE = ["amount", "label", "message", "pop"];
/** Longer than any sensible link, a QR code holds less than half of it. */
const MAX_LENGTH = 10_000;

/**
 * Reads a link, or an address alone. Nothing that it names is ever fetched or opened: neither BIP72's
 * `r` nor BIP321's `pop`.
 */
export function parsePaymentLink(text: string, network: Network): PaymentLink | PaymentLinkFault {
  const trimmed = text.trim();
  if (trimmed.length > MAX_LENGTH) return { fault: "This is too long for a payment link." };
  const [body = "", query = ""] = splitOnce(trimmed.replace(SCHEME, ""), "?");
  const draft = new Draft(network);
  draft.address(body.replace(/^\/\//, ""));
  for (const pair of query.split("&")) if (pair !== "") draft.parameter(pair);
  return draft.finish();
}

/** Collects the parts of a link until one is wrong. */
class Draft {
  readonly #network: Network;
  readonly #addresses: string[] = [];
  readonly #instructions: PaymentInstruction[] = [];
  readonly #single = new Map<string, string>();
  #amount: Sats | null = null;
  #fault: string | null = null;

  constructor(network: Network) {
    this.#network = network;
  }

  address(text: string): void {
    if (text === "") return;
    const fault = addressFault(text, this.#network);
    if (fault === null) this.#addresses.push(text);
    else this.#fault ??= fault;
  }

  parameter(pair: string): void {
    const [name = "", encoded = ""] = splitOnce(pair, "=");
    const value = percentDecoded(encoded);
    const key = name.toLowerCase();
    if (value === null) this.#fault ??= `The value of ${key} is not encoded as links are.`;
    else if (key.startsWith("req-"))
      this.#fault ??= `The link requires ${key.slice(4)}, which this wallet does not know.`;
    else if (ONCE.includes(key)) this.#setOnce(key, value);
    else if (key === this.#network.bech32Prefix) this.address(value);
    else if (OTHER_WAYS.includes(key)) this.#instructions.push({ key, value });
  }

  #setOnce(key: string, value: string): void {
    if (this.#single.has(key)) this.#fault ??= `The link gives ${key} more than once.`;
    this.#single.set(key, value);
    if (key !== "amount") return;
    this.#amount = parseLinkAmount(value);
    if (this.#amount === null) this.#fault ??= `"${value}" is not an amount of bitcoin.`;
  }

  finish(): PaymentLink | PaymentLinkFault {
    if (this.#fault !== null) return { fault: this.#fault };
    if (this.#addresses.length === 0 && this.#instructions.length === 0)
      return { fault: "The link names nothing that can be paid." };
    return {
      addresses: this.#addresses,
      amount: this.#amount,
      label: this.#single.get("label") ?? null,
      message: this.#single.get("message") ?? null,
      instructions: this.#instructions,
    };
  }
}

/** Why a text is no address of a network, naming the networks whose address it is; null when it is one. */
function addressFault(text: string, network: Network): string | null {
  const verdict = checkAddress(text, network);
  if ("script" in verdict) return null;
  const others = NETWORK_NAMES.filter(
    (name) => "script" in checkAddress(text, networkByName(name)),
  );
  if (others.length === 0) return `"${text}" is no address: ${verdict.error}`;
  return `"${text}" is an address of ${others.join(", ")}; this wallet is on ${network.name}.`;
}

function parseLinkAmount(text: string): Sats | null {
  const match = /^(\d*)(?:\.(\d*))?$/.exec(text);
  if (match === null) return null;
  const [, whole = "", fraction = ""] = match;
  const kept = fraction.replace(/0+$/, "");
  if (whole + fraction === "" || whole.length > 8 || kept.length > 8) return null;
  const sats = Number(whole + kept.padEnd(8, "0"));
  return isMoney(sats) ? sats : null;
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // a bare % or bytes that are no UTF-8
  }
}

/** What a link may ask for besides its address. */
export interface PaymentRequest {
  readonly amount?: Sats | undefined;
  readonly label?: string | undefined;
  readonly message?: string | undefined;
}

/** The link that asks for a payment to an address (BIP21). */
export function formatPaymentLink(address: string, request: PaymentRequest): string {
  const pairs: string[] = [];
  if (request.amount !== undefined) pairs.push(`amount=${formatLinkAmount(request.amount)}`);
  if (request.label !== undefined) pairs.push(`label=${encodeURIComponent(request.label)}`);
  if (request.message !== undefined) pairs.push(`message=${encodeURIComponent(request.message)}`);
  return `bitcoin:${address}${pairs.length === 0 ? "" : "?"}${pairs.join("&")}`;
}

/** Bitcoin without zeros at its end: 20.3. */
function formatLinkAmount(sats: Sats): string {
  const digits = String(sats).padStart(9, "0");
  const fraction = digits.slice(-8).replace(/0+$/, "");
  return `${digits.slice(0, -8)}${fraction === "" ? "" : "."}${fraction}`;
}
