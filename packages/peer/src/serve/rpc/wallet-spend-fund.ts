import { parseAddress } from "@compeer/protocol/bitcoin/address";
import type { Network } from "@compeer/protocol/bitcoin/network";
import type { TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { decodeHex, isHex } from "@compeer/protocol/bytes/hex";
import { isValidPublicKey } from "@compeer/protocol/crypto/keys";
import { MAX_STANDARD_WEIGHT } from "@compeer/protocol/policy/limits";
import { parseAmount } from "@compeer/protocol/rpc/amount";
import { type Json, JsonNumber, JsonObject, member } from "@compeer/protocol/rpc/json";
import {
  asArray,
  asBool,
  asHash,
  asInt,
  asInt64,
  asObject,
  asText,
  checkMembers,
  type MemberType,
} from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { parseOutputType } from "../../wallet/output-type.ts";
import type { BuiltTransaction, Recipient } from "../../wallet/spend/build-transaction.ts";
import { type FundOptions, fundTransaction } from "../../wallet/spend/fund-transaction.ts";
import type { SolvingData } from "../../wallet/spend/solving-data.ts";
import type { SpendControl } from "../../wallet/spend/spend-control.ts";
import type { Wallet } from "../../wallet/wallet.ts";
import { refused, setFeeRate } from "./wallet-spend-arguments.ts";
import type { SpendOptions } from "./wallet-spend-options.ts";

const TRUC_VERSION = 3;
const TRUC_MAX_WEIGHT = 40_000;
/** Outpoint, sequence, empty script and no witness. */
const MIN_INPUT_WEIGHT = 165;

const MEMBERS: Readonly<Record<string, MemberType>> = {
  add_inputs: "bool",
  include_unsafe: "bool",
  add_to_wallet: "bool",
  changeAddress: "string",
  change_address: "string",
  changePosition: "number",
  change_position: "number",
  change_type: "string",
  includeWatching: "bool",
  include_watching: "bool",
  inputs: "array",
  lockUnspents: "bool",
  lock_unspents: "bool",
  locktime: "number",
  fee_rate: "any",
  feeRate: "any",
  psbt: "bool",
  solving_data: "object",
  subtractFeeFromOutputs: "array",
  subtract_fee_from_outputs: "array",
  replaceable: "bool",
  conf_target: "number",
  estimate_mode: "string",
  minconf: "number",
  maxconf: "number",
  input_weights: "array",
  max_tx_weight: "number",
};

/**
 * Adds inputs and change to a transaction as the options say. Core: FundTransaction in rpc/spend.cpp.
 *
 * @param tx its version, lock time and inputs count
 * @throws RpcError in Core's words
 */
export async function fund(
  wallet: Wallet,
  tx: TransactionBody,
  recipients: readonly Recipient[],
  options: SpendOptions,
  control: SpendControl,
  overrideFeeRate: boolean,
): Promise<BuiltTransaction> {
  await wallet.synced();
  const how = readOptions(wallet, recipients, options, control, overrideFeeRate);
  readSolvingData(control.solving, options.get("solving_data"), wallet.network);
  for (const weight of asArray(options.get("input_weights") ?? [])) readWeight(control, weight);
  if (options.has("max_tx_weight")) control.maxWeight = asInt(options.get("max_tx_weight"));
  if (tx.version === TRUC_VERSION)
    control.maxWeight = Math.min(control.maxWeight ?? TRUC_MAX_WEIGHT, TRUC_MAX_WEIGHT);
  if (recipients.length === 0) throw refused("TX must have at least one output");
  const verdict = await fundTransaction(wallet, tx, recipients, control, how);
  if ("error" in verdict) throw new RpcError(RpcErrorCode.wallet, verdict.error);
  return verdict;
}

function readOptions(
  wallet: Wallet,
  recipients: readonly Recipient[],
  options: SpendOptions,
  control: SpendControl,
  overrideFeeRate: boolean,
): FundOptions {
  checkMembers(options.object, MEMBERS, { allowNull: true, strict: true });
  control.allowOthers = options.flag("add_inputs", control.allowOthers);
  control.includeUnsafe = options.flag("include_unsafe", false);
  readChange(wallet, options, control);
  readOldFeeRate(options, control);
  if (options.has("replaceable")) control.replaceable = asBool(options.get("replaceable"));
  readDepths(options, control);
  const [target, mode] = [options.get("conf_target"), options.get("estimate_mode")];
  setFeeRate(control, target, mode, options.get("fee_rate"), overrideFeeRate);
  const position = options.first("change_position", "changePosition");
  const changePosition = position === undefined ? null : asInt(position);
  if (changePosition !== null && (changePosition < 0 || changePosition > recipients.length))
    throw refused("changePosition out of bounds");
  const lock = options.first("lock_unspents", "lockUnspents");
  const lockCoins = lock !== undefined && asBool(lock);
  return { changePosition, lockCoins };
}

function readChange({ network }: Wallet, options: SpendOptions, control: SpendControl): void {
  const address = options.first("change_address", "changeAddress");
  if (address !== undefined) {
    const script = parseAddress(asText(address), network);
    if (script === null)
      throw new RpcError(
        RpcErrorCode.invalidAddressOrKey,
        "Change address must be a valid bitcoin address",
      );
    control.changeScript = script;
  }
  if (!options.has("change_type")) return;
  const type = options.get("change_type");
  if (address !== undefined)
    throw refused("Cannot specify both change address and address type options");
  control.changeType = parseOutputType(asText(type));
  if (control.changeType === null)
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, `Unknown change type '${asText(type)}'`);
}

/** `feeRate`, in bitcoin per 1000 virtual bytes. */
function readOldFeeRate(options: SpendOptions, control: SpendControl): void {
  if (!options.has("feeRate")) return;
  if (options.has("fee_rate"))
    throw refused("Cannot specify both fee_rate (sat/vB) and feeRate (BTC/kvB)");
  if (options.has("conf_target"))
    throw refused(
      "Cannot specify both conf_target and feeRate. Please provide either a confirmation target in blocks for automatic fee estimation, or an explicit fee rate.",
    );
  if (options.has("estimate_mode")) throw refused("Cannot specify both estimate_mode and feeRate");
  control.feeRate = parseAmount(options.get("feeRate"));
  control.overrideFeeRate = true;
}

function readDepths(options: SpendOptions, control: SpendControl): void {
  if (options.has("minconf")) control.minDepth = asInt(options.get("minconf"));
  if (control.minDepth < 0) throw refused("Negative minconf");
  if (!options.has("maxconf")) return;
  control.maxDepth = asInt(options.get("maxconf"));
  checkDepths(control);
}

export function checkDepths({ minDepth, maxDepth }: SpendControl): void {
  if (maxDepth < minDepth)
    throw refused(`maxconf can't be lower than minconf: ${maxDepth} < ${minDepth}`);
}

function readSolvingData(solving: SolvingData, stated: Json, network: Network): void {
  if (stated === null) return;
  const data = asObject(stated);
  for (const key of asArray(member(data, "pubkeys") ?? [])) solving.addKey(publicKeyOf(key));
  for (const script of asArray(member(data, "scripts") ?? [])) {
    const text = asText(script);
    if (!isHex(text)) throw new RpcError(RpcErrorCode.invalidAddressOrKey, `'${text}' is not hex`);
    solving.addScript(decodeHex(text));
  }
  for (const descriptor of asArray(member(data, "descriptors") ?? []))
    addDescriptor(solving, asText(descriptor), network);
}

/** Core: HexToPubKey. */
function publicKeyOf(value: Json): Uint8Array {
  const text = asText(value);
  const problem = `Pubkey "${text}" must`;
  if (!isHex(text))
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, `${problem} be a hex string`);
  const key = decodeHex(text);
  if (key.length !== 33 && key.length !== 65)
    throw new RpcError(
      RpcErrorCode.invalidAddressOrKey,
      `${problem} have a length of either 33 or 65 bytes`,
    );
  if (!isValidPublicKey(key))
    throw new RpcError(RpcErrorCode.invalidAddressOrKey, `${problem} be cryptographically valid.`);
  return key;
}

function addDescriptor(solving: SolvingData, text: string, network: Network): void {
  try {
    for (const descriptor of parseDescriptor(text, network, true))
      solving.addDescriptor(descriptor);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw refused(`Unable to parse descriptor '${text}': ${error.message}`);
  }
}

function readWeight(control: SpendControl, stated: Json): void {
  const object = stated instanceof JsonObject ? stated : new JsonObject([]);
  const txid = asHash(member(object, "txid") ?? null, "txid");
  const vout = member(object, "vout");
  if (!(vout instanceof JsonNumber)) throw refused("Invalid parameter, missing vout key");
  const index = asInt(vout);
  if (index < 0) throw refused("Invalid parameter, vout cannot be negative");
  const value = member(object, "weight");
  if (!(value instanceof JsonNumber)) throw refused("Invalid parameter, missing weight key");
  const weight = asInt64(value);
  if (weight < MIN_INPUT_WEIGHT)
    throw refused(
      "Invalid parameter, weight cannot be less than 165 (41 bytes (size of outpoint + sequence + empty scriptSig) * 4 (witness scaling factor)) + 1 (empty witness)",
    );
  if (weight > MAX_STANDARD_WEIGHT)
    throw refused(
      `Invalid parameter, weight cannot be greater than the maximum standard tx weight of ${MAX_STANDARD_WEIGHT}`,
    );
  control.stateWeight({ txid, index }, weight);
}
