import { parseAddress } from "@compeer/protocol/bitcoin/address";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { MAX_BLOCK_WEIGHT } from "@compeer/protocol/consensus/limits";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import { expandDescriptor } from "@compeer/protocol/wallet/expand-descriptor";
import { parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import type { Settings } from "../config/settings.ts";
import { DEFAULT_ASSEMBLE_OPTIONS } from "../mining/assemble.ts";
import type { MinerOptions } from "../mining/miner.ts";
import { rate } from "./mempool-settings.ts";

const MIN_RESERVED_WEIGHT = 2_000;

/** @throws SettingsError in Core's words on a weight that no block can have */
export function minerOptions(settings: Settings): MinerOptions {
  const defaults = DEFAULT_ASSEMBLE_OPTIONS;
  const maxWeight = settings.number("blockmaxweight", defaults.maxWeight);
  const reservedWeight = settings.number("blockreservedweight", defaults.reservedWeight);
  if (maxWeight > MAX_BLOCK_WEIGHT)
    throw new SettingsError(
      `Specified -blockmaxweight (${maxWeight}) exceeds consensus maximum block weight (${MAX_BLOCK_WEIGHT})`,
    );
  if (reservedWeight > MAX_BLOCK_WEIGHT)
    throw new SettingsError(
      `Specified -blockreservedweight (${reservedWeight}) exceeds consensus maximum block weight (${MAX_BLOCK_WEIGHT})`,
    );
  if (reservedWeight < MIN_RESERVED_WEIGHT)
    throw new SettingsError(
      `Specified -blockreservedweight (${reservedWeight}) is lower than minimum safety value of (${MIN_RESERVED_WEIGHT})`,
    );
  const version = settings.number("blockversion");
  return {
    maxWeight,
    reservedWeight,
    minFeeRate: rate(settings, "blockmintxfee", defaults.minFeeRate),
    ...(version === undefined ? {} : { version }),
  };
}

/** Mine a block every so often, to one script. */
export interface MiningPlan {
  readonly intervalMs: number;
  readonly script: Uint8Array;
}

/** Coins that anybody may spend: what a private ledger's miner earns unless it says otherwise. */
export const ANYBODY = "raw(51)";

/**
 * What -mine and -mineto ask for; null when nothing is to be mined.
 *
 * @throws SettingsError on a network whose blocks take real work, or on something that cannot be paid
 */
export function miningPlan(settings: Settings, network: Network): MiningPlan | null {
  const seconds = settings.number("mine", 0);
  if (seconds <= 0) return null;
  if (network.name !== "regtest" && network.name !== "signet")
    throw new SettingsError("-mine is for regtest and for a signet of your own.");
  return {
    intervalMs: seconds * 1000,
    script: rewardScript(settings.text("mineto", ANYBODY), network),
  };
}

/** @throws SettingsError when the text means nothing that can be paid */
export function rewardScript(text: string, network: Network): Uint8Array {
  const address = parseAddress(text, network);
  if (address !== null) return address;
  try {
    const [descriptor] = parseDescriptor(text, network);
    const [expanded] = descriptor === undefined ? [] : expandDescriptor(descriptor, 0);
    if (expanded !== undefined) return expanded.script;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new SettingsError(`${text} is neither an address nor a descriptor of this network.`);
}
