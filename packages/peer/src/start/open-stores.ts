import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Directories, Settings } from "../config/settings.ts";
import { type BlockFiles, memoryBlockFiles, openBlockFiles } from "../storage/block-files.ts";
import { BlockIndexStore } from "../storage/block-index-store.ts";
import { CoinStore } from "../storage/coin-store.ts";
import type { KeyValueStore } from "../storage/key-value.ts";
import { type LevelStoreOptions, openLevelStore } from "../storage/level-store.ts";
import { memoryStore } from "../storage/memory-store.ts";
import { cacheSizes } from "./chain-settings.ts";
import type { Rebuild } from "./coin-healing.ts";

/** Where the chain keeps what it knows. The chain closes them. */
export interface Stores {
  readonly blockIndex: BlockIndexStore;
  readonly blockFiles: BlockFiles;
  readonly coinStore: CoinStore;
}

/** Stores that live as long as the process. */
export function memoryStores(network: Network): Stores {
  return {
    blockIndex: new BlockIndexStore(memoryStore()),
    blockFiles: memoryBlockFiles(network.magic),
    coinStore: new CoinStore(memoryStore()),
  };
}

/**
 * Opens the stores in the chain's folder; what is to be built anew begins empty.
 *
 * @throws SettingsError naming what is damaged and how it is built again; nothing stays open then
 */
export async function openStores(
  settings: Settings,
  directories: Directories,
  network: Network,
  rebuild: Rebuild,
): Promise<Stores> {
  mkdirSync(directories.blocks, { recursive: true });
  const [index, coins] = await openBoth(
    openIndex(settings, directories, rebuild),
    openCoins(settings, directories, rebuild),
  );
  try {
    const blockIndex = new BlockIndexStore(index);
    const blockFiles = openBlockFiles(directories.blocks, network.magic, {
      info: await blockIndex.files(),
      fastPrune: settings.flag("fastprune"),
      xor: settings.flag("blocksxor", true),
    });
    const coinStore = new CoinStore(coins, settings.number("dbbatchsize"));
    return { blockIndex, blockFiles, coinStore };
  } catch (error) {
    await Promise.all([index.close(), coins.close()]);
    throw error;
  }
}

/** Both stores, opened at a time, or none. */
async function openBoth(
  first: Promise<KeyValueStore>,
  second: Promise<KeyValueStore>,
): Promise<[KeyValueStore, KeyValueStore]> {
  const [one, other] = await Promise.allSettled([first, second]);
  if (one.status === "fulfilled" && other.status === "fulfilled") return [one.value, other.value];
  if (one.status === "fulfilled") await one.value.close();
  if (other.status === "fulfilled") await other.value.close();
  throw one.status === "rejected" ? one.reason : (other as PromiseRejectedResult).reason;
}

function openIndex(
  settings: Settings,
  { blocks }: Directories,
  rebuild: Rebuild,
): Promise<KeyValueStore> {
  return openDatabase("block database", "-reindex", join(blocks, "index"), {
    obfuscate: false,
    cacheBytes: cacheSizes(settings).index,
    wipe: rebuild === "all",
  });
}

function openCoins(
  settings: Settings,
  { chain }: Directories,
  rebuild: Rebuild,
): Promise<KeyValueStore> {
  return openDatabase("coins database", "-reindex-chainstate", join(chain, "chainstate"), {
    obfuscate: true,
    cacheBytes: cacheSizes(settings).coinsDb,
    wipe: rebuild !== "nothing",
  });
}

/** @param remedy the option that builds the database again from what is left */
async function openDatabase(
  name: string,
  remedy: string,
  path: string,
  options: LevelStoreOptions,
): Promise<KeyValueStore> {
  try {
    return await openLevelStore(path, options);
  } catch (cause) {
    const reason = damageOf(cause);
    if (reason === null) throw cause;
    throw new SettingsError(
      `Error opening ${name}: ${reason}\nPlease restart with ${remedy} to recover.`,
      { cause },
    );
  }
}

/** What is wrong with the files, or null when the error is of another kind. */
function damageOf(error: unknown): string | null {
  if (error instanceof DecodeError) return error.message;
  const cause = error instanceof Error ? error.cause : undefined;
  const damaged = cause instanceof Error && "code" in cause && cause.code === "LEVEL_CORRUPTION";
  return damaged ? cause.message : null;
}
