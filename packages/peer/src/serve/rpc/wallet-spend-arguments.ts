import type { Output } from "@compeer/protocol/bitcoin/transaction";
import { parseAmount } from "@compeer/protocol/rpc/amount";
import { type Json, JsonNumber, typeName } from "@compeer/protocol/rpc/json";
import { asInt, asText } from "@compeer/protocol/rpc/json-value";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { Recipient } from "../../wallet/spend/build-transaction.ts";
import { type EstimateMode, SpendControl } from "../../wallet/spend/spend-control.ts";
import type { Wallet } from "../../wallet/wallet.ts";

/** Blocks that a confirmation may be wanted within. Core: estimateMaxBlocks. */
const MAX_CONFIRM_TARGET = 1008;
/** Digits behind the point of a rate in sat/vB. */
const RATE_DECIMALS = 3;
const MODES: readonly EstimateMode[] = ["unset", "economical", "conservative"];

/** How the settings want transactions made, where the caller says nothing else. */
export function newControl({ options }: Wallet): SpendControl {
  const control = new SpendControl();
  control.avoidPartialSpends = options.avoidPartialSpends;
  return control;
}

/** Takes over how the caller wants the fee rate found. Core: SetFeeEstimateMode. */
export function setFeeRate(
  control: SpendControl,
  confirmTarget: Json,
  estimateMode: Json,
  feeRate: Json,
  overrideFeeRate: boolean,
): void {
  if (feeRate !== null) {
    if (confirmTarget !== null)
      throw refused(
        "Cannot specify both conf_target and fee_rate. Please provide either a confirmation target in blocks for automatic fee estimation, or an explicit fee rate.",
      );
    if (estimateMode !== null && asText(estimateMode) !== "unset")
      throw refused("Cannot specify both estimate_mode and fee_rate");
    control.feeRate = parseAmount(feeRate, RATE_DECIMALS);
    control.overrideFeeRate ||= overrideFeeRate;
    control.replaceable ??= true;
    return;
  }
  if (estimateMode !== null) control.estimateMode = modeOf(asText(estimateMode));
  if (confirmTarget !== null) control.confirmTarget = confirmTargetOf(confirmTarget);
}

function modeOf(text: string): EstimateMode {
  const mode = MODES.find((each) => each === text.toLowerCase());
  if (mode !== undefined) return mode;
  const names = MODES.map((each) => `"${each}"`).join(", ");
  throw refused(`Invalid estimate_mode parameter, must be one of: ${names}`);
}

function confirmTargetOf(value: Json): number {
  const target = asInt(value);
  if (target < 1 || target > MAX_CONFIRM_TARGET)
    throw refused(`Invalid conf_target, must be between 1 and ${MAX_CONFIRM_TARGET}`);
  return target;
}

/** Whether used addresses are left alone. Core: GetAvoidReuseFlag. */
export function avoidReuseOf({ avoidReuse }: Wallet, wanted: boolean | undefined): boolean {
  if (wanted === true && !avoidReuse)
    throw new RpcError(
      RpcErrorCode.wallet,
      `wallet does not have the "avoid reuse" feature enabled`,
    );
  return wanted ?? avoidReuse;
}

/** Payments out of outputs, of which some pay the fee. */
export function recipientsOf(
  outputs: readonly Output[],
  feePayers: ReadonlySet<number>,
): Recipient[] {
  return outputs.map(({ script, value }, position) => ({
    script,
    value,
    subtractFee: feePayers.has(position),
  }));
}

/**
 * Positions of the outputs that pay the fee, stated by position or by name. Core:
 * InterpretSubtractFeeFromOutputInstructions.
 */
export function feePayersOf(stated: Json, names: readonly string[]): Set<number> {
  const payers = new Set<number>();
  if (stated === null) return payers;
  const problem = "Invalid parameter 'subtract fee from output'";
  for (const each of stated as readonly Json[]) {
    const position = payerPosition(each, names, problem);
    if (payers.has(position)) throw refused(`${problem}, duplicated position: ${position}`);
    if (position < 0) throw refused(`${problem}, negative position: ${position}`);
    if (position >= names.length) throw refused(`${problem}, position too large: ${position}`);
    payers.add(position);
  }
  return payers;
}

function payerPosition(stated: Json, names: readonly string[], problem: string): number {
  if (stated instanceof JsonNumber) return asInt(stated);
  if (typeof stated !== "string")
    throw refused(`${problem}, invalid value type: ${typeName(stated)}`);
  const position = names.indexOf(stated);
  if (position < 0) throw refused(`${problem}, destination ${stated} not found in tx outputs`);
  return position;
}

/** Core: RPC_INVALID_PARAMETER. */
export function refused(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, message);
}
