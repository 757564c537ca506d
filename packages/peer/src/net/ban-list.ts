import { createHash } from "node:crypto";
import type { Clock } from "../clock/clock.ts";
import { parseHost } from "./addresses/address-text.ts";
import type { BanFile, StoredBan } from "./addresses/ban-file.ts";
import {
  compareSubnets,
  formatSubnet,
  isInSubnet,
  isSameSubnet,
  parseSubnet,
  type Subnet,
} from "./addresses/subnet.ts";
import type { NetLog } from "./net-parts.ts";
import { RollingFilter } from "./rolling-filter.ts";

/** `subnet` as listbanned shows it: "1.2.3.0/24"; times in seconds since 1970. */
export type Ban = StoredBan;

interface Kept {
  readonly subnet: Subnet;
  readonly created: number;
  readonly until: number;
}

/** Whom we refuse: bans by hand with an end, and addresses that misbehaved. Core: BanMan. */
export class BanList {
  readonly #clock: Clock;
  readonly #file: BanFile | null;
  /** In the order in which they are listed. */
  #bans: Kept[] = [];
  readonly #discouraged = new RollingFilter(50_000);

  constructor(clock: Clock, file: BanFile | null = null) {
    this.#clock = clock;
    this.#file = file;
  }

  /** Reads what an earlier run left; the file is written only when it is not the list that we keep. */
  load(log: NetLog): void {
    if (this.#file === null) return;
    const stored = this.#file.load();
    if (stored === null) log.info("Recreating the banlist database");
    for (const { subnet, created, until } of stored ?? []) {
      const parsed = parseSubnet(subnet);
      if (parsed !== null) this.#insert({ subnet: parsed, created, until });
      else log.info(`Dropping entry with unparseable address or subnet (${subnet}) from ban list`);
    }
    if (stored?.length !== this.list().length) this.save();
  }

  /** Writes the bans to their file. */
  save(): void {
    this.#file?.save(this.list());
  }

  /** @param until seconds since 1970. @throws RangeError when `text` is no address or subnet */
  ban(text: string, until: number): void {
    this.#insert({ subnet: subnetOf(text), created: this.#clock.now(), until });
    this.save();
  }

  #insert(ban: Kept): void {
    this.#remove(ban.subnet);
    this.#bans.push(ban);
    this.#bans.sort((a, b) => compareSubnets(a.subnet, b.subnet));
  }

  #remove(subnet: Subnet): boolean {
    const before = this.#bans.length;
    this.#bans = this.#bans.filter((ban) => !isSameSubnet(ban.subnet, subnet));
    return this.#bans.length < before;
  }

  /** False when it was not banned. @throws RangeError when `text` is no address or subnet */
  unban(text: string): boolean {
    const isRemoved = this.#remove(subnetOf(text));
    if (isRemoved) this.save();
    return isRemoved;
  }

  clear(): void {
    this.#bans = [];
    this.save();
  }

  list(): Ban[] {
    this.#sweep();
    return this.#bans.map(({ subnet, created, until }) => ({
      subnet: formatSubnet(subnet),
      created,
      until,
    }));
  }

  isBanned(host: string): boolean {
    if (this.#bans.length === 0) return false;
    const address = parseHost(host, 0);
    this.#sweep();
    return address !== null && this.#bans.some(({ subnet }) => isInSubnet(subnet, address));
  }

  /**
   * True when an address is refused already, or exactly this subnet stands in the list.
   *
   * @throws RangeError when `text` is no address or subnet
   */
  has(text: string): boolean {
    const subnet = subnetOf(text);
    if (!text.includes("/")) return this.isBanned(text);
    this.#sweep();
    return this.#bans.some((ban) => isSameSubnet(ban.subnet, subnet));
  }

  discourage(host: string): void {
    this.#discouraged.add(digest(host));
  }

  isDiscouraged(host: string): boolean {
    return this.#discouraged.has(digest(host));
  }

  #sweep(): void {
    const now = this.#clock.now();
    if (this.#bans.some(({ until }) => until <= now))
      this.#bans = this.#bans.filter(({ until }) => until > now);
  }
}

function subnetOf(text: string): Subnet {
  const subnet = parseSubnet(text);
  if (subnet === null) throw new RangeError(`no address or subnet: '${text}'`);
  return subnet;
}

function digest(host: string): Uint8Array {
  return createHash("sha256").update(host).digest();
}
