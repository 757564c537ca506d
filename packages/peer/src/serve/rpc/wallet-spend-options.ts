import { type Json, JsonObject, member } from "@compeer/protocol/rpc/json";
import { asBool, asText } from "@compeer/protocol/rpc/json-value";
import { refused } from "./wallet-spend-arguments.ts";

/** Options of a call, that others may be added to. Null counts as not stated. */
export class SpendOptions {
  readonly #values: Map<string, Json>;

  constructor(object: JsonObject | null) {
    this.#values = new Map((object?.entries ?? []) as readonly (readonly [string, Json])[]);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Null when it is not stated. */
  get(name: string): Json {
    return this.#values.get(name) ?? null;
  }

  /** The one of some names that is stated; undefined when none is. */
  first(...names: readonly string[]): Json | undefined {
    const name = names.find((each) => this.has(each));
    return name === undefined ? undefined : this.get(name);
  }

  set(name: string, value: Json): void {
    this.#values.set(name, value);
  }

  /** As one object again. */
  get object(): JsonObject {
    return new JsonObject([...this.#values]);
  }

  flag(name: string, fallback: boolean): boolean {
    return this.has(name) ? asBool(this.get(name)) : fallback;
  }
}

/**
 * Joins what was stated about the fee as arguments into the options, where it may be stated too.
 * Core: InterpretFeeEstimationInstructions.
 */
export function joinFeeArguments(
  options: SpendOptions,
  confirmTarget: Json,
  estimateMode: Json,
  feeRate: Json,
): void {
  if (options.has("conf_target") || options.has("estimate_mode")) {
    if (confirmTarget !== null || estimateMode !== null)
      throw refused(
        "Pass conf_target and estimate_mode either as arguments or in the options object, but not both",
      );
  } else {
    options.set("conf_target", confirmTarget);
    options.set("estimate_mode", estimateMode);
  }
  if (options.has("fee_rate")) {
    if (feeRate !== null)
      throw refused(
        "Pass the fee_rate either as an argument, or in the options object, but not both",
      );
  } else options.set("fee_rate", feeRate);
  const mode = options.get("estimate_mode");
  if (options.get("conf_target") !== null && (mode === null || asText(mode) === "unset"))
    throw refused("Specify estimate_mode");
}

const OLD_NAMES: readonly (readonly [string, string])[] = [
  ["feeRate", "Use fee_rate (sat/vB) instead of feeRate"],
  ["changeAddress", "Use change_address instead of changeAddress"],
  ["changePosition", "Use change_position instead of changePosition"],
  ["lockUnspents", "Use lock_unspents instead of lockUnspents"],
  ["subtractFeeFromOutputs", "Use subtract_fee_from_outputs instead of subtractFeeFromOutputs"],
];

/** Core: PreventOutdatedOptions. */
export function refuseOldNames(options: SpendOptions): void {
  for (const [name, message] of OLD_NAMES) if (options.has(name)) throw refused(message);
}

/** Puts weights that are stated beside inputs where they are looked for. Core: SetOptionsInputWeights. */
export function joinInputWeights(options: SpendOptions, inputs: Json): void {
  if (options.has("input_weights"))
    throw refused("Input weights should be specified in inputs rather than in options.");
  const listed = (inputs ?? []) as readonly Json[];
  if (listed.length === 0) return;
  const weighed = listed.filter(
    (input) => input instanceof JsonObject && member(input, "weight") !== undefined,
  );
  options.set("input_weights", weighed);
}
