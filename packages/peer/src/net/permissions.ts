import { BlockList, isIP } from "node:net";

/** What a peer may do beyond others, as bits. Core: NetPermissionFlags. */
export type Permissions = number;

const PERMIT_NOTHING: Permissions = 0;
/** Bloom filters are served to it (BIP37). */
export const PERMIT_BLOOM_FILTER: Permissions = 1 << 1;
export const PERMIT_RELAY: Permissions = 1 << 3;
export const PERMIT_FORCE_RELAY: Permissions = (1 << 2) | PERMIT_RELAY;
export const PERMIT_DOWNLOAD: Permissions = 1 << 6;
export const PERMIT_NO_BAN: Permissions = (1 << 4) | PERMIT_DOWNLOAD;
export const PERMIT_MEMPOOL: Permissions = 1 << 5;
export const PERMIT_ADDR: Permissions = 1 << 7;
/** None were named: the -whitelistrelay and -whitelistforcerelay options say which. */
const IMPLICIT = 1 << 30;
const ALL = PERMIT_BLOOM_FILTER | PERMIT_FORCE_RELAY | PERMIT_NO_BAN | PERMIT_MEMPOOL | PERMIT_ADDR;

const BY_NAME: ReadonlyMap<string, Permissions> = new Map([
  ["bloomfilter", PERMIT_BLOOM_FILTER],
  ["bloom", PERMIT_BLOOM_FILTER],
  ["noban", PERMIT_NO_BAN],
  ["forcerelay", PERMIT_FORCE_RELAY],
  ["mempool", PERMIT_MEMPOOL],
  ["download", PERMIT_DOWNLOAD],
  ["all", ALL],
  ["relay", PERMIT_RELAY],
  ["addr", PERMIT_ADDR],
]);

/** In the order getpeerinfo lists them. Core: NetPermissions::ToStrings. */
const LISTED: readonly string[] = [
  "bloomfilter",
  "noban",
  "forcerelay",
  "relay",
  "mempool",
  "download",
  "addr",
];

export function isPermitted(permissions: Permissions, wanted: Permissions): boolean {
  return (permissions & wanted) === wanted;
}

export function permissionNames(permissions: Permissions): string[] {
  return LISTED.filter((name) => isPermitted(permissions, BY_NAME.get(name) as Permissions));
}

interface PermissionText {
  readonly permissions: Permissions;
  readonly inbound: boolean;
  readonly outbound: boolean;
  /** What stands behind the "@". */
  readonly target: string;
}

/** Reads "noban,out@target", or "target" alone. @throws RangeError in Core's words */
export function parsePermissions(text: string): PermissionText {
  const at = text.indexOf("@");
  if (at < 0) return { permissions: IMPLICIT, inbound: true, outbound: false, target: text };
  let permissions = PERMIT_NOTHING;
  const names = text.slice(0, at).split(",");
  for (const name of names) {
    if (name === "" || name === "in" || name === "out") continue;
    const permission = BY_NAME.get(name);
    if (permission === undefined) throw new RangeError(`Invalid P2P permission: '${name}'`);
    permissions |= permission;
  }
  const outbound = names.includes("out");
  const inbound = names.includes("in") || !outbound;
  if (permissions === PERMIT_NOTHING && (outbound || names.includes("in")))
    throw new RangeError(`Only direction was set, no permissions: '${text}'`);
  return { permissions, inbound, outbound, target: text.slice(at + 1) };
}

/** Fills in what "no permissions named" stands for. Core: CConnman::AddWhitelistPermissionFlags. */
export function resolveImplicit(
  permissions: Permissions,
  options: { readonly whitelistRelay: boolean; readonly whitelistForceRelay: boolean },
): Permissions {
  if ((permissions & IMPLICIT) === 0) return permissions;
  let resolved = (permissions & ~IMPLICIT) | PERMIT_NO_BAN | PERMIT_MEMPOOL;
  if (options.whitelistForceRelay) resolved |= PERMIT_FORCE_RELAY;
  if (options.whitelistRelay) resolved |= PERMIT_RELAY;
  return resolved;
}

/** Addresses and subnets with the permissions they bring (-whitelist). */
export class Whitelist {
  readonly #entries: readonly (PermissionText & { readonly subnet: BlockList })[];

  constructor(texts: readonly string[]) {
    this.#entries = texts.map((text) => {
      const entry = parsePermissions(text);
      return { ...entry, subnet: parseSubnet(entry.target) };
    });
  }

  permissionsOf(host: string, inbound: boolean): Permissions {
    const family = isIP(host);
    if (family === 0) return PERMIT_NOTHING;
    let permissions = PERMIT_NOTHING;
    for (const entry of this.#entries)
      if (
        (inbound ? entry.inbound : entry.outbound) &&
        entry.subnet.check(host, `ipv${family}` as "ipv4" | "ipv6")
      )
        permissions |= entry.permissions;
    return permissions;
  }
}

/** Reads "10.0.0.1", "10.0.0.0/8" or "10.0.0.0/255.0.0.0". @throws RangeError in Core's words */
export function parseSubnet(text: string): BlockList {
  const [host = "", mask, ...more] = text.split("/");
  const family = isIP(host);
  const bits = family === 4 ? 32 : 128;
  const prefix = mask === undefined ? bits : prefixLength(mask);
  if (family === 0 || more.length > 0 || !(prefix >= 0 && prefix <= bits))
    throw new RangeError(`Invalid netmask specified in -whitelist: '${text}'`);
  const subnet = new BlockList();
  subnet.addSubnet(host, prefix, family === 4 ? "ipv4" : "ipv6");
  return subnet;
}

function prefixLength(mask: string): number {
  if (/^\d+$/.test(mask)) return Number(mask);
  if (isIP(mask) !== 4) return -1;
  const bits = mask
    .split(".")
    .map((part) => Number(part).toString(2).padStart(8, "0"))
    .join("");
  return /^1*0*$/.test(bits) ? bits.replace(/0/g, "").length : -1;
}
