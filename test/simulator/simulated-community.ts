import { parseHost } from "@compeer/peer/net/addresses/address-text";
import { NODE_NETWORK, NODE_WITNESS } from "@compeer/protocol/wire/services";
import { type LineOptions, SimulatedInternet } from "./simulated-internet.ts";
import { SimulatedPeer } from "./simulated-peer.ts";
import { SimulatedClock, Simulation } from "./simulation.ts";

const PORT = 18_444;

/** Many peers that know some of the others' addresses and find their connections themselves. */
export class SimulatedCommunity {
  readonly simulation: Simulation;
  readonly internet: SimulatedInternet;
  readonly peers: SimulatedPeer[] = [];

  private constructor(seed: number, lines: Partial<LineOptions>) {
    this.simulation = new Simulation(seed);
    this.internet = new SimulatedInternet(this.simulation, lines);
  }

  /** @param known so many addresses of others each peer begins with */
  static async start(
    seed: number,
    size: number,
    known: number,
    lines: Partial<LineOptions> = {},
  ): Promise<SimulatedCommunity> {
    const community = new SimulatedCommunity(seed, lines);
    for (let i = 0; i < size; i++)
      community.peers.push(await SimulatedPeer.start(hostOf(i), community, {}));
    for (const peer of community.peers) community.#introduce(peer, known);
    return community;
  }

  #introduce(peer: SimulatedPeer, known: number): void {
    const { random } = this.simulation;
    const time = new SimulatedClock(this.simulation).now();
    const services = NODE_NETWORK | NODE_WITNESS;
    for (let i = 0; i < known; i++) {
      const { host } = random.pick(this.peers);
      const address = parseHost(host, PORT);
      if (address !== null) peer.net.addresses.book.add([{ ...address, services, time }], address);
    }
  }

  get running(): SimulatedPeer[] {
    return this.peers.filter((peer) => peer.isRunning);
  }

  /** Part of the peers fail at once, without a word. */
  killShare(share: number): void {
    let left = Math.round(share * this.peers.length);
    while (left > 0) {
      const peer = this.simulation.random.pick(this.running);
      peer.kill();
      left--;
    }
  }

  /** A random peer finds a block. @returns the part of the running peers that have it after `ms` */
  async spread(ms: number): Promise<number> {
    const { running } = this;
    const finder = this.simulation.random.pick(running);
    const height = finder.mine().height + 1;
    const has = (peer: SimulatedPeer): boolean => peer.chain.tip.height >= height;
    await this.simulation.run(ms, () => running.every(has));
    return running.filter(has).length / running.length;
  }

  async close(): Promise<void> {
    for (const peer of this.peers) await peer.close();
  }
}

/** A host in a net group of its own. */
function hostOf(index: number): string {
  return `${20 + (index % 100)}.${1 + Math.floor(index / 100)}.7.${1 + (index % 200)}`;
}
