import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Settings } from "../config/settings.ts";
import { DEFAULT_ASSEMBLE_OPTIONS } from "../mining/assemble.ts";
import type { MinerOptions } from "../mining/miner.ts";
import { rate } from "./mempool-settings.ts";

const MAX_BLOCK_WEIGHT = 4_000_000;
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
