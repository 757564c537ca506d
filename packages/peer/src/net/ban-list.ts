import { createHash } from "node:crypto";
import { type BlockList, isIP } from "node:net";
import type { Clock } from "../clock/clock.ts";
import { parseSubnet } from "./permissions.ts";
import { RollingFilter } from "./rolling-filter.ts";

export interface Ban {
  /** Address or subnet as listbanned shows it: "1.2.3.0/24". */
  readonly subnet: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly until: number;
}

/** Whom we refuse: bans by hand with an end, and addresses that misbehaved. Core: BanMan. */
export class BanList {
  readonly #clock: Clock;
  readonly #bans = new Map<string, Ban & { readonly matcher: BlockList }>();
  readonly #discouraged = new RollingFilter(50_000);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param until seconds since 1970. @throws RangeError when `text` is no address or subnet */
  ban(text: string, until: number): void {
    const subnet = withPrefix(text);
    this.#bans.set(subnet, {
      subnet,
      created: this.#clock.now(),
      until,
      matcher: parseSubnet(text),
    });
  }

  /** False when it was not banned. */
  unban(text: string): boolean {
    return this.#bans.delete(withPrefix(text));
  }

  clear(): void {
    this.#bans.clear();
  }

  list(): Ban[] {
    this.#sweep();
    return [...this.#bans.values()].map(({ subnet, created, until }) => ({
      subnet,
      created,
      until,
    }));
  }

  isBanned(host: string): boolean {
    const family = isIP(host);
    if (family === 0 || this.#bans.size === 0) return false;
    this.#sweep();
    const type = family === 4 ? "ipv4" : "ipv6";
    return [...this.#bans.values()].some(({ matcher }) => matcher.check(host, type));
  }

  /** True when exactly this address or subnet stands in the list. */
  has(text: string): boolean {
    this.#sweep();
    return this.#bans.has(withPrefix(text));
  }

  discourage(host: string): void {
    this.#discouraged.add(digest(host));
  }

  isDiscouraged(host: string): boolean {
    return this.#discouraged.has(digest(host));
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const { subnet, until } of this.#bans.values())
      if (until <= now) this.#bans.delete(subnet);
  }
}

function withPrefix(text: string): string {
  return text.includes("/") ? text : `${text}/${isIP(text) === 4 ? 32 : 128}`;
}

function digest(host: string): Uint8Array {
  return createHash("sha256").update(host).digest();
}
