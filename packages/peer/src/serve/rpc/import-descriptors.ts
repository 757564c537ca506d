import { formatAddress } from "@compeer/protocol/bitcoin/address";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import {
  type Json,
  JsonNumber,
  type JsonObject,
  type JsonOut,
  member,
  typeName,
} from "@compeer/protocol/rpc/json";
import { asBool, asInt64, asObject, asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { isRanged } from "@compeer/protocol/wallet/expand-descriptor";
import { type Descriptor, parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { signingScripts } from "@compeer/protocol/wallet/signing-script";
import type { BlockNode } from "../../chain/block-node.ts";
import { type SplitDescriptor, splitDescriptor } from "../../wallet/descriptor-text.ts";
import { TIMESTAMP_WINDOW, type Wallet } from "../../wallet/wallet.ts";
import { parseRange } from "./scan-objects.ts";

/** Core: the least time that is told apart from "never". */
const MINIMUM_TIMESTAMP = 1;

interface Outcome {
  readonly timestamp: number;
  readonly warnings: readonly string[];
  readonly error: RpcError | null;
}

/**
 * Takes descriptors in, each by itself, then looks again at the blocks since the oldest of their times.
 *
 * @throws RpcError in Core's words when nothing can be imported at all
 */
export async function importDescriptors(
  wallet: Wallet,
  requests: readonly Json[],
): Promise<JsonOut> {
  if (wallet.isRescanning)
    throw new RpcError(
      RpcErrorCode.wallet,
      "Wallet is currently rescanning. Abort existing rescan or wait.",
    );
  wallet.requireUnlocked();
  const tip = wallet.chain.node(wallet.lastBlock.hash) as BlockNode;
  const outcomes: Outcome[] = [];
  let lowest = tip.time;
  for (const request of requests) {
    const timestamp = Math.max(timestampOf(asObject(request), tip), MINIMUM_TIMESTAMP);
    outcomes.push(await importOne(wallet, asObject(request), timestamp));
    lowest = Math.min(lowest, timestamp);
  }
  wallet.refreshOutputs();
  const isAny = outcomes.some(({ error }) => error === null);
  const scanned = isAny ? await rescanFrom(wallet, lowest) : lowest;
  return outcomes.map((outcome) => outcomeJson(judged(outcome, scanned, wallet)));
}

/** Core: GetImportTimestamp. */
function timestampOf(request: JsonObject, tip: BlockNode): number {
  const value = member(request, "timestamp");
  if (value === undefined)
    throw new RpcError(RpcErrorCode.type, "Missing required timestamp field for key");
  if (value instanceof JsonNumber) return asInt64(value);
  if (value === "now") return tip.medianTimePast;
  throw new RpcError(
    RpcErrorCode.type,
    `Expected number or "now" timestamp value for key. got type ${typeName(value)}`,
  );
}

async function importOne(wallet: Wallet, request: JsonObject, timestamp: number): Promise<Outcome> {
  const warnings: string[] = [];
  try {
    await take(wallet, request, timestamp, warnings);
    return { timestamp, warnings, error: null };
  } catch (error) {
    if (error instanceof RpcError) return { timestamp, warnings, error };
    throw error;
  }
}

interface Wish {
  readonly active: boolean;
  readonly internal: boolean | undefined;
  readonly label: string;
  readonly hasLabel: boolean;
  readonly rangeStart: number;
  readonly rangeEnd: number;
  readonly nextIndex: number;
}

/** Core: ProcessDescriptorImport. */
async function take(
  wallet: Wallet,
  request: JsonObject,
  timestamp: number,
  warnings: string[],
): Promise<void> {
  const desc = member(request, "desc");
  if (desc === undefined) throw invalid("Descriptor not found.");
  const text = asText(desc);
  const active = optionalBool(request, "active") ?? false;
  const label = asText(member(request, "label") ?? "");
  if (label === "*") throw new RpcError(RpcErrorCode.walletInvalidLabelName, "Invalid label name");
  const parsed = split(text, wallet);
  const first = parsed[0] as SplitDescriptor;
  const internal = optionalBool(request, "internal");
  if (internal !== undefined && parsed.length > 1)
    throw new RpcError(
      RpcErrorCode.invalidAddressOrKey,
      "Cannot have multipath descriptor while also specifying 'internal'",
    );
  const hasLabel = member(request, "label") !== undefined;
  const wish = { active, internal, label, hasLabel };
  const range = rangeOf(request, first, wallet, warnings);
  checkWish(first, parsed.length, wish, wallet, parsed);
  for (const [place, each] of parsed.entries()) {
    const isInternal = parsed.length === 2 ? place === 1 : (internal ?? false);
    checkKeys(each, wallet, warnings);
    await add(wallet, each, { ...wish, ...range, internal: isInternal }, timestamp, text, warnings);
  }
}

function split(text: string, { network }: Wallet): readonly SplitDescriptor[] {
  try {
    return splitDescriptor(text, network, true);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, error.message, { cause: error });
  }
}

function rangeOf(
  request: JsonObject,
  first: SplitDescriptor,
  wallet: Wallet,
  warnings: string[],
): Pick<Wish, "rangeStart" | "rangeEnd" | "nextIndex"> {
  const given = member(request, "range");
  if (!isRanged(first.descriptor)) {
    if (given !== undefined)
      throw invalid("Range should not be specified for an un-ranged descriptor");
    return { rangeStart: 0, rangeEnd: 1, nextIndex: 0 };
  }
  let [rangeStart, rangeEnd] = [0, Math.max(wallet.options.keypool, 1)];
  if (given === undefined) warnings.push("Range not given, using default keypool range");
  else {
    const [begin, last] = parseRange(given);
    rangeStart = begin;
    rangeEnd = last + 1;
  }
  const next = member(request, "next_index");
  const nextIndex = next === undefined ? rangeStart : asInt64(next);
  if (nextIndex < rangeStart || nextIndex >= rangeEnd) throw invalid("next_index is out of range");
  return { rangeStart, rangeEnd, nextIndex };
}

function checkWish(
  { descriptor }: SplitDescriptor,
  count: number,
  { active, internal, hasLabel }: Pick<Wish, "active" | "internal" | "hasLabel">,
  wallet: Wallet,
  parsed: readonly SplitDescriptor[],
): void {
  const ranged = isRanged(descriptor);
  if (active && !ranged) throw invalid("Active descriptors must be ranged");
  if (count > 1 && hasLabel) throw invalid("Multipath descriptors should not have a label");
  if (ranged && hasLabel) throw invalid("Ranged descriptors should not have a label");
  if (internal === true && hasLabel) throw invalid("Internal addresses should not have a label");
  if (active && descriptor.node.type === "combo")
    throw refused("Combo descriptors cannot be set to active");
  if (!wallet.hasPrivateKeys && parsed.some(({ secretText }) => secretText !== null))
    throw refused("Cannot import private keys to a wallet with private keys disabled");
}

/** Core: what ExpandPrivate is asked for. */
function checkKeys(each: SplitDescriptor, wallet: Wallet, warnings: string[]): void {
  const keys = keysOf(each, wallet);
  if (keys === null)
    throw refused(
      "Cannot expand descriptor. Probably because of hardened derivations without private keys provided",
    );
  if (!wallet.hasPrivateKeys) return;
  if (each.secretText === null)
    throw refused(
      "Cannot import descriptor without private keys to a wallet with private keys enabled",
    );
  if (keys.some((secret) => secret === null))
    warnings.push(
      "Not all private keys provided. Some wallet functionality may return unexpected errors",
    );
}

/** Secrets of all keys at the first index; null when they cannot be derived. */
function keysOf(each: SplitDescriptor, { network }: Wallet): readonly (Uint8Array | null)[] | null {
  const [descriptor] =
    each.secretText === null
      ? [each.descriptor]
      : (parseDescriptor(each.secretText, network) as [Descriptor]);
  try {
    return signingScripts(descriptor, 0).flatMap(({ keys }) => keys.map(({ secret }) => secret));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

async function add(
  wallet: Wallet,
  each: SplitDescriptor,
  wish: Wish & { readonly internal: boolean },
  timestamp: number,
  text: string,
  warnings: string[],
): Promise<void> {
  const { rangeStart, rangeEnd, nextIndex, active, internal, label } = wish;
  try {
    const parts = { ...each, timestamp, rangeStart, rangeEnd, nextIndex };
    const descriptor = await wallet.addDescriptor(parts);
    if (!descriptor.isRanged && !internal)
      for (const script of wallet.scriptsAt(descriptor, 0)) {
        const address = formatAddress(script, wallet.network);
        if (address !== null) await wallet.labels.set(address, label, "receive");
      }
    if (descriptor.type !== null) wallet.setActive(descriptor, active, internal);
    else if (active) warnings.push("Unknown output type, cannot set descriptor to active.");
  } catch (error) {
    throw refused(`Could not add descriptor '${text}': ${(error as Error).message}`);
  }
}

/**
 * Looks again at the blocks since a time.
 *
 * @returns the time from which on all blocks could be looked at. Core: RescanFromTime
 */
async function rescanFrom(wallet: Wallet, time: number): Promise<number> {
  const start = firstBlockSince(wallet, time - TIMESTAMP_WINDOW);
  if (start === null) return time;
  const result = await wallet.rescan(start, null);
  await wallet.resubmit(false);
  if (result.status === "aborted") throw new RpcError(RpcErrorCode.misc, "Rescan aborted by user.");
  return result.failed === null ? time : result.failed.timeMax + TIMESTAMP_WINDOW + 1;
}

/** The first block whose time, or that of a block before it, is not older. */
function firstBlockSince({ chain, lastBlock }: Wallet, time: number): BlockNode | null {
  let [low, high] = [0, lastBlock.height + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((chain.at(middle) as BlockNode).timeMax >= time) high = middle;
    else low = middle + 1;
  }
  return low > lastBlock.height ? null : chain.at(low);
}

/** A descriptor whose time lies before blocks that could not be read failed. */
function judged(outcome: Outcome, scanned: number, { chain }: Wallet): Outcome {
  if (outcome.error !== null || scanned <= outcome.timestamp) return outcome;
  const reason = chain.isPruned
    ? "This error could be caused by pruning or data corruption (see bitcoind log for details) and could be dealt with by downloading and rescanning the relevant blocks (see -reindex option and rescanblockchain RPC)."
    : "This error could potentially caused by data corruption. If the issue persists you may want to reindex (see -reindex option).";
  const message = `Rescan failed for descriptor with timestamp ${outcome.timestamp}. There was an error reading a block from time ${scanned - TIMESTAMP_WINDOW - 1}, which is after or within ${TIMESTAMP_WINDOW} seconds of key creation, and could contain transactions pertaining to the desc. As a result, transactions and coins using this desc may not appear in the wallet. ${reason}`;
  return { ...outcome, error: new RpcError(RpcErrorCode.misc, message) };
}

function outcomeJson({ warnings, error }: Outcome): JsonOut {
  return {
    success: error === null,
    error: error === null ? undefined : { code: error.code, message: error.message },
    warnings: warnings.length > 0 ? [...warnings] : undefined,
  };
}

function optionalBool(request: JsonObject, name: string): boolean | undefined {
  const value = member(request, name);
  return value === undefined ? undefined : asBool(value);
}

function invalid(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, message);
}

function refused(message: string): RpcError {
  return new RpcError(RpcErrorCode.wallet, message);
}
