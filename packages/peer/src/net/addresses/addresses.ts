import { randomBytes } from "node:crypto";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { Reader } from "@compeer/protocol/bytes/reader";
import { sipHash24 } from "@compeer/protocol/crypto/sip-hash";
import type { Clock } from "../../clock/clock.ts";
import type { NetLog } from "../net-parts.ts";
import { type Random, SYSTEM_RANDOM } from "../random.ts";
import { AddressBook } from "./address-book.ts";
import type { HostAddress } from "./address-class.ts";
import type { AddressOptions, AsMapFile } from "./address-options.ts";
import { AddressStore } from "./address-store.ts";
import { parseHost } from "./address-text.ts";
import { LOCAL_MANUAL, LocalAddresses } from "./local-addresses.ts";
import { NetGroups } from "./net-groups.ts";
import { ReachableNetworks } from "./reachable-networks.ts";

/** Key of a book that tests can foretell (-test=addrman). */
const KNOWN_KEY = Uint8Array.of(1, ...new Array(31).fill(0));

/** All that has to do with addresses: the book, its files, our own ones, groups and what we reach. */
export interface Addresses {
  readonly book: AddressBook;
  readonly store: AddressStore;
  readonly local: LocalAddresses;
  readonly groups: NetGroups;
  readonly reachable: ReachableNetworks;
  readonly random: Random;
  /** An address's group under a key of this run. Core: CalculateKeyedNetGroup. */
  keyedGroup(address: HostAddress): bigint;
}

/** @throws Error in Core's words when peers.dat is damaged */
export function openAddresses(
  parts: {
    readonly clock: Clock;
    readonly log: NetLog;
    readonly magic: Uint8Array;
    readonly random?: Random;
  },
  options: AddressOptions,
): Addresses {
  const { log, clock, magic } = parts;
  const random = parts.random ?? SYSTEM_RANDOM;
  const groups = openGroups(options.asMap, log);
  const { directory } = options;
  const key = options.knownKey ? { key: KNOWN_KEY } : {};
  const store = new AddressStore({ directory, magic, groups, log, ...key });
  const reachable = new ReachableNetworks(options.reachable);
  const local = new LocalAddresses({ ...options, log, random, reachable });
  for (const { host, port } of options.external) {
    const address = parseHost(host, port);
    if (address !== null) local.add(address, LOCAL_MANUAL);
  }
  const seed = new Reader(randomBytes(16));
  const [k0, k1] = [seed.u64big(), seed.u64big()];
  return {
    book: new AddressBook(store.loadPeers(), {
      clock,
      log,
      random,
      checkRatio: options.checkRatio,
    }),
    store,
    local,
    groups,
    reachable,
    random,
    keyedGroup: (address) => sipHash24(k0, k1, groups.groupOf(address)),
  };
}

function openGroups(asMap: AsMapFile | null, log: NetLog): NetGroups {
  const groups = new NetGroups(asMap?.bytes ?? null);
  if (asMap === null) log.info("Using /16 prefix for IP bucketing");
  else {
    log.info(`Opened asmap file "${asMap.path}" (${asMap.bytes.length} bytes) from disk`);
    log.info(`Using asmap version ${formatHash(groups.checksum)} for IP bucketing`);
  }
  return groups;
}
