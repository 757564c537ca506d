import { shuffled } from "@compeer/protocol/crypto/shuffle";
import type { GossipedAddress } from "@compeer/protocol/wire/address-message";
import { internalAddress, parseHost } from "../addresses/address-text.ts";
import type { Addresses } from "../addresses/addresses.ts";
import type { NetOptions, NetParts } from "../net-parts.ts";
import { SEED_SERVICES } from "./fixed-seeds.ts";
import { SYSTEM_RESOLVER } from "./resolver.ts";
import { wait } from "./wait.ts";

/** Full-relay peers with which no seed is asked. Core: SEED_OUTBOUND_CONNECTION_THRESHOLD. */
export const ENOUGH_PEERS = 2;
/** So many are asked at once, with a pause between that depends on whom we know. Core: DNSSEEDS_*. */
const SEEDS_AT_ONCE = 3;
const MANY_ADDRESSES = 1000;
const PAUSE_FEW = 11;
const PAUSE_MANY = 300;
/** Time that seed nodes have before names are asked, seconds. */
const SEED_NODE_TIMEOUT = 30;
/** Addresses taken of one seed, so that none fills the book. */
const MAX_PER_SEED = 32;
const DAY = 86_400;
const LOOK_MS = 500;

interface SeedingParts extends Pick<NetParts, "network" | "clock" | "log" | "resolver"> {
  readonly addresses: Addresses;
  readonly isActive: () => boolean;
  /** Names are looked up by a proxy only. */
  readonly hasNameProxy: () => boolean;
  /** Full-relay peers with a finished handshake. */
  readonly fullRelayCount: () => number;
  /** Has a connection made for the addresses of a node. */
  fetchAddresses(name: string): void;
}

/** Asks DNS seeds for addresses when there are too few peers. Core: ThreadDNSAddressSeed. */
export class DnsSeeding {
  readonly #parts: SeedingParts;
  readonly #options: NetOptions;
  readonly #signal: AbortSignal;
  #found = 0;

  constructor(parts: SeedingParts, options: NetOptions, signal: AbortSignal) {
    this.#parts = parts;
    this.#options = options;
    this.#signal = signal;
  }

  /** Ends when peers or seeds are found, or is called off. */
  async run(): Promise<void> {
    const { network, addresses, log } = this.#parts;
    if (this.#options.seedNodes.length > 0 && !(await this.#awaitSeedNodes())) return;
    const seeds = shuffled(network.dnsSeeds, (limit) => addresses.random.below(limit));
    const isFirst = this.#options.forceDnsSeed || addresses.book.size === 0;
    if (!isFirst && this.#hasEnough) {
      log.info("Skipping DNS seeds. Enough peers have been found");
      return;
    }
    let now = isFirst ? seeds.length : 0;
    for (const seed of seeds) {
      if (now === 0) {
        now = SEEDS_AT_ONCE;
        if (!(await this.#pause())) return;
      }
      if (!(await this.#awaitActive())) return;
      await this.#ask(seed);
      now--;
    }
    log.info(`${this.#found} addresses found from DNS seeds`);
  }

  get #hasEnough(): boolean {
    return this.#parts.fullRelayCount() >= ENOUGH_PEERS;
  }

  /** False when called off. */
  async #awaitSeedNodes(): Promise<boolean> {
    const { log } = this.#parts;
    log.info(
      `-seednode enabled. Trying the provided seeds for ${SEED_NODE_TIMEOUT} seconds before defaulting to the dnsseeds.`,
    );
    const end = performance.now() + SEED_NODE_TIMEOUT * 1000;
    while (await wait(this.#parts.clock, LOOK_MS, this.#signal)) {
      if (performance.now() > end) {
        log.info(
          "Couldn't connect to enough peers via seed nodes. Handing fetch logic to the DNS seeds.",
        );
        return true;
      }
      if (this.#hasEnough) {
        log.info("P2P peers available. Finished fetching data from seed nodes.");
        return true;
      }
    }
    return false;
  }

  /** Time for the addresses we know; false when they gave peers enough, or when called off. */
  async #pause(): Promise<boolean> {
    const { addresses, log } = this.#parts;
    if (addresses.book.size === 0) return true;
    const seconds = addresses.book.size >= MANY_ADDRESSES ? PAUSE_MANY : PAUSE_FEW;
    log.info(`Waiting ${seconds} seconds before querying DNS seeds.`);
    for (let left = seconds; left > 0; left -= PAUSE_FEW) {
      if (!(await wait(this.#parts.clock, Math.min(PAUSE_FEW, left) * 1000, this.#signal)))
        return false;
      if (!this.#hasEnough) continue;
      if (this.#found > 0) {
        log.info(`${this.#found} addresses found from DNS seeds`);
        log.info("P2P peers available. Finished DNS seeding.");
      } else log.info("P2P peers available. Skipped DNS seeding.");
      return false;
    }
    return true;
  }

  async #awaitActive(): Promise<boolean> {
    const { isActive, log } = this.#parts;
    if (this.#signal.aborted) return false;
    if (isActive()) return true;
    log.info("Waiting for network to be reactivated before querying DNS seeds.");
    while (!isActive()) if (!(await wait(this.#parts.clock, 1000, this.#signal))) return false;
    return true;
  }

  async #ask(seed: string): Promise<void> {
    const { addresses, log, hasNameProxy } = this.#parts;
    log.info(`Loading addresses from DNS seed ${seed}`);
    if (hasNameProxy()) {
      this.#parts.fetchAddresses(seed);
      return;
    }
    const name = `x${SEED_SERVICES.toString(16)}.${seed}`;
    const found = (await this.#resolve(name))
      .slice(0, MAX_PER_SEED)
      .flatMap((ip) => this.#entry(ip));
    // A seed that knows no services may be a peer itself.
    if (found.length === 0) this.#parts.fetchAddresses(seed);
    else addresses.book.add(found, internalAddress(name));
    this.#found += found.length;
  }

  async #resolve(name: string): Promise<readonly string[]> {
    try {
      return await (this.#parts.resolver ?? SYSTEM_RESOLVER)(name);
    } catch {
      return [];
    }
  }

  /** As if seen three to seven days ago. */
  #entry(ip: string): GossipedAddress[] {
    const { network, clock, addresses } = this.#parts;
    const address = parseHost(ip, network.p2pPort);
    if (address === null) return [];
    const time = clock.now() - 3 * DAY - addresses.random.below(4 * DAY);
    return [{ ...address, time, services: SEED_SERVICES }];
  }
}
