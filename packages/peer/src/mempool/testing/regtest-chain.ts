import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { Chain } from "../../chain/chain.ts";
import type { Clock } from "../../clock/clock.ts";
import { memoryBlockFiles } from "../../storage/block-files.ts";
import { BlockIndexStore } from "../../storage/block-index-store.ts";
import { CoinStore } from "../../storage/coin-store.ts";
import { memoryStore } from "../../storage/memory-store.ts";

export const SILENT_LOG: {
  readonly info: () => void;
  readonly debug: () => void;
  readonly warning: () => void;
  readonly error: () => void;
} = { info: () => {}, debug: () => {}, warning: () => {}, error: () => {} };

/** The chain of a new regtest, in memory. */
export function openRegtestChain(clock: Clock): Promise<Chain> {
  const network = networkByName("regtest");
  const parts = {
    network,
    blockIndex: new BlockIndexStore(memoryStore()),
    blockFiles: memoryBlockFiles(network.magic),
    coinStore: new CoinStore(memoryStore()),
    clock,
    log: SILENT_LOG,
  };
  return Chain.open(parts, { scriptThreads: 1 });
}
