import type { Network } from "@compeer/protocol/bitcoin/network";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { Chain } from "../../chain/chain.ts";
import type { ChainOptions } from "../../chain/chain-parts.ts";
import { Clock } from "../../clock/clock.ts";
import { Mempool } from "../../mempool/mempool.ts";
import { DEFAULT_MEMPOOL_OPTIONS } from "../../mempool/mempool-options.ts";
import { memoryBlockFiles } from "../../storage/block-files.ts";
import { BlockIndexStore } from "../../storage/block-index-store.ts";
import { CoinStore } from "../../storage/coin-store.ts";
import { memoryStore } from "../../storage/memory-store.ts";
import { Net } from "../net.ts";
import { DEFAULT_NET_OPTIONS, type NetLog, type NetOptions } from "../net-parts.ts";

/** A whole regtest node in memory, with its log as lines. */
export interface MemoryNode {
  readonly network: Network;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly clock: Clock;
  readonly net: Net;
  readonly lines: string[];
  /** Port that it listens on. */
  readonly port: number;
  close(): Promise<void>;
}

export async function startMemoryNode(
  options: Partial<NetOptions> = {},
  chainOptions: ChainOptions = {},
): Promise<MemoryNode> {
  const network = networkByName("regtest");
  const clock = new Clock();
  const lines: string[] = [];
  const log = lineLog(lines);
  const chain = await Chain.open(
    {
      network,
      clock,
      log,
      blockIndex: new BlockIndexStore(memoryStore()),
      blockFiles: memoryBlockFiles(network.magic),
      coinStore: new CoinStore(memoryStore()),
    },
    { cacheBytes: 4_000_000, scriptThreads: 1, ...chainOptions },
  );
  const mempool = new Mempool({ chain, clock, log }, DEFAULT_MEMPOOL_OPTIONS);
  mempool.added.on(({ wtxid }) => chain.noteScriptsPassed(wtxid));
  const settings = { ...DEFAULT_NET_OPTIONS, binds: [LOOPBACK], ...options };
  const net = new Net({ chain, mempool, clock, log, network, filters: null }, settings);
  await net.start();
  const port = net.listening[0]?.port ?? 0;
  const close = async (): Promise<void> => {
    net.close();
    await chain.close();
  };
  return { network, chain, mempool, clock, net, lines, port, close };
}

const LOOPBACK = { host: "127.0.0.1", port: 0, onion: false };

function lineLog(lines: string[]): NetLog {
  const add = (text: string): void => {
    lines.push(text);
  };
  return { info: add, warning: add, error: add, debug: (_, text) => add(text) };
}
