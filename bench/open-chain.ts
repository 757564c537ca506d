import { join } from "node:path";
import { Chain } from "@compeer/peer/chain/chain";
import type { ChainOptions } from "@compeer/peer/chain/chain-parts";
import { Clock } from "@compeer/peer/clock/clock";
import { memoryBlockFiles, openBlockFiles } from "@compeer/peer/storage/block-files";
import { BlockIndexStore } from "@compeer/peer/storage/block-index-store";
import { CoinStore } from "@compeer/peer/storage/coin-store";
import { openLevelStore } from "@compeer/peer/storage/level-store";
import { memoryStore } from "@compeer/peer/storage/memory-store";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { print } from "./report.ts";

/** A chain by itself, on disk in `folder` or in memory without one. */
export async function openChain(
  network: Network,
  folder: string | null,
  options: ChainOptions,
): Promise<Chain> {
  const store = (name: string) =>
    folder === null ? memoryStore() : openLevelStore(join(folder, name), { obfuscate: true });
  const parts = {
    network,
    blockIndex: new BlockIndexStore(await store("index")),
    blockFiles:
      folder === null
        ? memoryBlockFiles(network.magic)
        : openBlockFiles(join(folder, "blocks"), network.magic),
    coinStore: new CoinStore(await store("chainstate")),
    clock: new Clock(),
    log: { info() {}, debug() {}, warning: print, error: print },
  };
  return Chain.open(parts, options);
}

/** Keeps some blocks under way at a time, as the network does. */
export async function feed(
  chain: Chain,
  raws: readonly Uint8Array[],
  window: number,
): Promise<void> {
  const under: Promise<unknown>[] = [];
  for (const raw of raws) {
    under.push(submit(chain, decodeBlock(raw)));
    if (under.length >= window) await under.shift();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(under);
}

async function submit(chain: Chain, block: Block): Promise<void> {
  const { fault } = await chain.submitBlock(block, { force: true });
  if (fault !== null) throw new Error(`${fault.reason} ${fault.detail}`);
}
