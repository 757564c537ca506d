import { resolve } from "node:path";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Settings } from "../config/settings.ts";
import { FeeEstimates, type FeeEstimatesParts } from "../fees/fee-estimates.ts";

const FILE = "fee_estimates.dat";

/**
 * The fee estimates of this peer; null when it takes no transactions to learn from.
 *
 * @throws SettingsError when old estimates are wanted where fees are real
 */
export async function openFees(
  settings: Settings,
  network: Network,
  inMemory: boolean,
  parts: FeeEstimatesParts,
): Promise<FeeEstimates | null> {
  if (settings.flag("blocksonly")) return null;
  const acceptStale = settings.flag("acceptstalefeeestimates");
  if (acceptStale && network.name !== "regtest")
    throw new SettingsError(`acceptstalefeeestimates is not supported on ${network.name} chain.`);
  const path = inMemory ? null : resolve(settings.directories.chain, FILE);
  return FeeEstimates.open(parts, { path, acceptStale });
}
