import type { Socket } from "node:net";
import type { BlockNode } from "@compeer/peer/chain/block-node";
import { Chain } from "@compeer/peer/chain/chain";
import { Mempool } from "@compeer/peer/mempool/mempool";
import { DEFAULT_MEMPOOL_OPTIONS } from "@compeer/peer/mempool/mempool-options";
import { Net } from "@compeer/peer/net/net";
import { DEFAULT_NET_OPTIONS, type NetOptions } from "@compeer/peer/net/net-parts";
import type { Sockets } from "@compeer/peer/net/sockets";
import { mineBlock } from "@compeer/peer/net/testing/mine-block";
import { memoryBlockFiles } from "@compeer/peer/storage/block-files";
import { BlockIndexStore } from "@compeer/peer/storage/block-index-store";
import { CoinStore } from "@compeer/peer/storage/coin-store";
import { memoryStore } from "@compeer/peer/storage/memory-store";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import type { SimulatedInternet } from "./simulated-internet.ts";
import { SimulatedClock, type Simulation } from "./simulation.ts";

const PORT = 18_444;
const CACHE_BYTES = 1_000_000;
const network = networkByName("regtest");

const SILENCE = {
  info: () => undefined,
  warning: () => undefined,
  error: () => undefined,
  debug: () => undefined,
};

/** A real chain, mempool and network of compeer on a simulated host, with a simulated clock. */
export class SimulatedPeer {
  /** Address on the simulated internet. */
  readonly host: string;
  readonly chain: Chain;
  readonly net: Net;
  readonly #world: World;
  #mined = 0;
  isRunning = true;

  private constructor(host: string, world: World, chain: Chain, net: Net) {
    this.host = host;
    this.#world = world;
    this.chain = chain;
    this.net = net;
  }

  static async start(
    host: string,
    world: World,
    options: Partial<NetOptions>,
  ): Promise<SimulatedPeer> {
    const clock = new SimulatedClock(world.simulation);
    const parts = { network, clock, log: SILENCE };
    const chain = await Chain.open(
      {
        ...parts,
        blockIndex: new BlockIndexStore(memoryStore()),
        blockFiles: memoryBlockFiles(network.magic),
        coinStore: new CoinStore(memoryStore()),
      },
      { cacheBytes: CACHE_BYTES, scriptThreads: 1 },
    );
    const mempool = new Mempool({ ...parts, chain }, DEFAULT_MEMPOOL_OPTIONS);
    const sockets = simulatedSockets(host, world.internet);
    const net = new Net(
      { ...parts, chain, mempool, sockets, random: world.simulation.random, filters: null },
      {
        ...DEFAULT_NET_OPTIONS,
        binds: [{ host, port: PORT, onion: false }],
        v2Transport: false,
        knownKey: true,
        ...options,
      },
    );
    await net.start();
    return new SimulatedPeer(host, world, chain, net);
  }

  /** Finds a block on what it takes for the best one. */
  mine(): BlockNode {
    const { tip } = this.chain;
    const salt = this.#mined++ & 0xff;
    const time = Math.max(tip.time + 1, new SimulatedClock(this.#world.simulation).now());
    const block = mineBlock({ hash: tip.hash, height: tip.height, time: time - 1 }, { salt });
    void this.chain.submitBlock(block, { force: true });
    return tip;
  }

  /** It is gone without a word. */
  kill(): void {
    this.isRunning = false;
    this.#world.internet.kill(this.host);
    this.net.close();
  }

  async close(): Promise<void> {
    this.net.close();
    await this.chain.close();
  }
}

export interface World {
  readonly simulation: Simulation;
  readonly internet: SimulatedInternet;
}

function simulatedSockets(own: string, internet: SimulatedInternet): Sockets {
  return {
    connect: async (to, timeoutMs) =>
      (await internet.connect(own, to, timeoutMs)) as unknown as Socket,
    listen: async (bind, accept) => ({
      port: bind.port,
      close: internet.listen(bind, (socket) => accept(socket as unknown as Socket)),
    }),
  };
}
