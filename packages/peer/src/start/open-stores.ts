import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Network } from "@compeer/protocol/bitcoin/network";
import type { Directories, Settings } from "../config/settings.ts";
import { type BlockFiles, memoryBlockFiles, openBlockFiles } from "../storage/block-files.ts";
import { BlockIndexStore } from "../storage/block-index-store.ts";
import { CoinStore } from "../storage/coin-store.ts";
import { openLevelStore } from "../storage/level-store.ts";
import { memoryStore } from "../storage/memory-store.ts";
import { cacheSizes } from "./chain-settings.ts";

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

/** Opens the stores in the chain's folder; -reindex and -reindex-chainstate begin with empty ones. */
export async function openStores(
  settings: Settings,
  directories: Directories,
  network: Network,
): Promise<Stores> {
  const sizes = cacheSizes(settings);
  const reindex = settings.flag("reindex");
  mkdirSync(directories.blocks, { recursive: true });
  const blockIndex = new BlockIndexStore(
    await openLevelStore(join(directories.blocks, "index"), {
      obfuscate: false,
      cacheBytes: sizes.index,
      wipe: reindex,
    }),
  );
  const blockFiles = openBlockFiles(directories.blocks, network.magic, {
    info: await blockIndex.files(),
    fastPrune: settings.flag("fastprune"),
    xor: settings.flag("blocksxor", true),
  });
  const coins = await openLevelStore(join(directories.chain, "chainstate"), {
    obfuscate: true,
    cacheBytes: sizes.coinsDb,
    wipe: reindex || settings.flag("reindex-chainstate"),
  });
  const batchBytes = settings.number("dbbatchsize");
  return { blockIndex, blockFiles, coinStore: new CoinStore(coins, batchBytes) };
}
