import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Chain } from "../chain/chain.ts";
import type { Settings } from "../config/settings.ts";
import { BlockFilterIndex } from "../indexes/block-filter-index.ts";
import { CoinStatisticsIndex } from "../indexes/coin-statistics-index.ts";
import { Indexes } from "../indexes/indexes.ts";
import { TransactionIndex } from "../indexes/transaction-index.ts";
import { memoryFlatFiles, openFlatFiles } from "../storage/flat-files.ts";
import type { KeyValueStore } from "../storage/key-value.ts";
import { openLevelStore } from "../storage/level-store.ts";
import { memoryStore } from "../storage/memory-store.ts";
import { pruneMode } from "./chain-settings.ts";
import type { Rebuild } from "./coin-healing.ts";

interface IndexesParts {
  readonly chain: Chain;
  readonly log: { info(text: string): void };
  readonly inMemory: boolean;
  /** What the chain builds anew; the indexes wait for it. */
  readonly rebuild: Rebuild;
  /** The coins were damaged: the running hash over them may be as well. */
  readonly distrustsCoins: boolean;
  failed(error: Error): void;
}

/** Which indexes are asked for, and whether filters are served. */
export interface IndexOptions {
  readonly transactions: boolean;
  readonly blockFilters: boolean;
  readonly coinStatistics: boolean;
  /** -peerblockfilters. */
  readonly serveFilters: boolean;
}

/** @throws SettingsError in Core's words */
export function indexOptions(settings: Settings): IndexOptions {
  const transactions = settings.flag("txindex");
  const blockFilters = asksFilters(settings);
  const serveFilters = settings.flag("peerblockfilters");
  if (serveFilters && !blockFilters)
    throw new SettingsError("Cannot set -peerblockfilters without -blockfilterindex.");
  if (transactions && pruneMode(settings) !== "off")
    throw new SettingsError("Prune mode is incompatible with -txindex.");
  return {
    ...{ transactions, blockFilters, serveFilters },
    coinStatistics: settings.flag("coinstatsindex"),
  };
}

function asksFilters(settings: Settings): boolean {
  const value = settings.text("blockfilterindex");
  if (value === undefined || value === "0") return false;
  if (value === "" || value === "1") return true;
  for (const name of settings.list("blockfilterindex"))
    if (name !== "basic") throw new SettingsError(`Unknown -blockfilterindex value ${name}.`);
  return true;
}

/** Opens the indexes in the chain's folder, as Core names them, and lets them follow the chain. */
export async function openIndexes(
  settings: Settings,
  options: IndexOptions,
  parts: IndexesParts,
): Promise<Indexes> {
  const { chain, inMemory, rebuild, distrustsCoins } = parts;
  const folder = join(settings.directories.chain, "indexes");
  const openRecords = async (path: string[], wipe = rebuild === "all"): Promise<KeyValueStore> => {
    if (inMemory) return memoryStore();
    mkdirSync(join(folder, ...path), { recursive: true });
    return openLevelStore(join(folder, ...path), { obfuscate: false, wipe });
  };
  const filters = ["blockfilter", "basic"];
  return new Indexes(
    {
      transactions: options.transactions
        ? await TransactionIndex.open(chain, await openRecords(["txindex"]))
        : null,
      coinStatistics: options.coinStatistics
        ? await CoinStatisticsIndex.open(
            chain,
            await openRecords(["coinstatsindex", "db"], distrustsCoins || rebuild === "all"),
          )
        : null,
      blockFilters: options.blockFilters
        ? await BlockFilterIndex.open(
            chain,
            await openRecords([...filters, "db"]),
            inMemory ? memoryFlatFiles() : openFlatFiles(join(folder, ...filters)),
          )
        : null,
    },
    { ...parts, waits: rebuild !== "nothing" || chain.isImporting },
  );
}
