import { MAX_MONEY } from "../bitcoin/amount.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";

/** Under this name two compeers agree to compare their coins (BIP434). */
export const AUDIT_FEATURE = "compeer-audit-1";

const HASH_SIZE = 32;

/**
 * How an audit is answered, in the order of the byte that stands for it. "kept": the coins are told;
 * "not-kept": the block is connected but its coins are not known any more; "unknown": there is no such
 * height; "busy": they could be counted, but not now; "damaged": the coins here are wrong.
 */
const AUDIT_STATES = ["kept", "not-kept", "unknown", "busy", "damaged"] as const;
type AuditState = (typeof AUDIT_STATES)[number];

/** All coins as of a block. */
export interface CoinSummary {
  /** MuHash of all coins. */
  readonly hash: Uint8Array;
  readonly count: number;
  /** Satoshis. */
  readonly amount: number;
}

/** The answer to `getaudit`. */
export interface AuditAnswer {
  /** As it was asked for. */
  readonly height: number;
  readonly state: AuditState;
  readonly tipHeight: number;
  readonly tipHash: Uint8Array;
  /** The connected block at `height`; zeros when there is none. */
  readonly blockHash: Uint8Array;
  /** Zeros unless they are kept. */
  readonly coins: CoinSummary;
}

/** When nothing is told of coins. */
export const NO_COIN_SUMMARY: CoinSummary = {
  hash: new Uint8Array(HASH_SIZE),
  count: 0,
  amount: 0,
};

/** `getaudit`: all coins after the connected block at a height. */
export function encodeGetAudit(height: number): Uint8Array {
  return new Writer(4).u32(height).finish();
}

/** The height. @throws DecodeError unless `payload` is exactly one question */
export function decodeGetAudit(payload: Uint8Array): number {
  const reader = new Reader(payload);
  const height = reader.u32();
  reader.end();
  return height;
}

/** `audit`. */
export function encodeAudit(answer: AuditAnswer): Uint8Array {
  const writer = new Writer(121).u32(answer.height).u8(AUDIT_STATES.indexOf(answer.state));
  writer.u32(answer.tipHeight).raw(answer.tipHash).raw(answer.blockHash);
  const { hash, count, amount } = answer.coins;
  return writer.raw(hash).u64(count).u64(amount).finish();
}

/** @throws DecodeError unless `payload` is exactly one answer */
export function decodeAudit(payload: Uint8Array): AuditAnswer {
  const reader = new Reader(payload);
  const height = reader.u32();
  const state = AUDIT_STATES[reader.u8()];
  if (state === undefined) throw new DecodeError("unknown state of an audit");
  const tipHeight = reader.u32();
  const tipHash = reader.take(HASH_SIZE).slice();
  const blockHash = reader.take(HASH_SIZE).slice();
  const coins = { hash: reader.take(HASH_SIZE).slice(), count: reader.u64(), amount: reader.u64() };
  reader.end();
  if (coins.count > Number.MAX_SAFE_INTEGER) throw new DecodeError("too many coins");
  if (coins.amount > MAX_MONEY) throw new DecodeError("more coins than can be");
  return { height, state, tipHeight, tipHash, blockHash, coins };
}
