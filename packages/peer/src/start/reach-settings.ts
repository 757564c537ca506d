import { isIP } from "node:net";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Settings } from "../config/settings.ts";
import type { NetworkKind } from "../net/addresses/address-class.ts";
import type { BindAddress } from "../net/bind-address.ts";
import type { NetOptions } from "../net/net-parts.ts";
import {
  type ProxyServer,
  type ReachOptions,
  type TorControlOptions,
  UNIX_PREFIX,
} from "../net/reach/reach-options.ts";
import { type HostPort, isName, parseHostPort } from "../net/socket-text.ts";

const TOR_SOCKS_PORT = 9050;
const TOR_CONTROL_PORT = 9051;
const SAM_PORT = 7656;
/** Linux takes no longer path of a socket. */
const MAX_UNIX_PATH = 107;
const UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  K: 2 ** 10,
  m: 1e6,
  M: 2 ** 20,
  g: 1e9,
  G: 2 ** 30,
  t: 1e12,
  T: 2 ** 40,
};
/** Names of networks in options. Core: ParseNetwork. */
const NETWORKS: ReadonlyMap<string, NetworkKind> = new Map([
  ["ipv4", "ipv4"],
  ["ipv6", "ipv6"],
  ["onion", "onion"],
  ["i2p", "i2p"],
  ["cjdns", "cjdns"],
]);

interface Listening {
  readonly listen: boolean;
  readonly port: number;
  readonly binds: readonly BindAddress[];
}

/**
 * By which ways others are reached.
 *
 * @throws SettingsError in Core's words
 */
export function reachOptions(
  settings: Settings,
  listening: Listening,
): Pick<NetOptions, "reach" | "reachable"> {
  const { listen } = listening;
  const onlyNets = onlyNetworks(settings);
  const listensOnion = settings.flag("listenonion", listen);
  if (listensOnion && !listen)
    throw new SettingsError("Cannot set -listen=0 together with -listenonion=1");
  const { proxies, nameProxy } = readProxies(settings);
  const reachable = reachableNetworks(settings, onlyNets, proxies);
  const onionDoor = onionDoorOf(listening);
  const reach: ReachOptions = {
    proxies,
    nameProxy,
    dns: settings.flag("dns", true),
    onionDoor,
    torControl: listensOnion
      ? torControl(settings, torTarget(onionDoor, listening), onlyNets)
      : null,
    acceptsI2p: settings.flag("i2pacceptincoming", listen),
    mapsPort: settings.flag("natpmp", mayBeMapped(listening) && !usesProxy(settings)),
    maxUpload: uploadTarget(settings.text("maxuploadtarget", "0M")),
  };
  checkOnlyNetworks(settings, onlyNets, { proxies, listensOnion });
  return { reach, reachable };
}

/** Somebody who goes through a proxy does not want to be found otherwise. */
export function usesProxy(settings: Settings): boolean {
  const proxy = settings.text("proxy", "");
  return proxy !== "" && proxy !== "0";
}

/** -onlynet leaves a way to those whom DNS seeds name. */
export function reachesOpenNetworks(settings: Settings): boolean {
  const only = onlyNetworks(settings);
  return only === null || only.has("ipv4") || only.has("ipv6");
}

/** Null when -onlynet is not given. */
function onlyNetworks(settings: Settings): ReadonlySet<NetworkKind> | null {
  const names = settings.list("onlynet");
  if (names.length === 0) return null;
  return new Set(
    names.map((name) => {
      const kind = NETWORKS.get(name.toLowerCase());
      if (kind !== undefined) return kind;
      throw new SettingsError(`Unknown network specified in -onlynet: '${name}'`);
    }),
  );
}

type ProxyMap = ReadonlyMap<NetworkKind, ProxyServer>;

function readProxies(settings: Settings): {
  readonly proxies: ProxyMap;
  readonly nameProxy: ProxyServer | null;
} {
  const isolates = settings.flag("proxyrandomize", true);
  const allowsNames = settings.flag("dns", true);
  const proxies = new Map<NetworkKind | "names", ProxyServer | null>();
  for (const text of settings.list("proxy")) {
    const { place, kinds } = splitProxy(text);
    const at =
      place === "" || place === "0" ? null : proxyPlace(place, TOR_SOCKS_PORT, allowsNames);
    if (at === undefined) throw new SettingsError(`Invalid -proxy address or hostname: '${place}'`);
    for (const kind of kinds) proxies.set(kind, at === null ? null : { at, isolates });
  }
  const onion = settings.text("onion", "");
  if (onion === "0") proxies.set("onion", null);
  else if (onion !== "")
    proxies.set("onion", { at: placeOf("onion", onion, TOR_SOCKS_PORT, allowsNames), isolates });
  const sam = settings.text("i2psam", "");
  if (sam !== "") {
    if (sam.startsWith(UNIX_PREFIX)) throw invalid("i2psam", sam);
    proxies.set("i2p", { at: placeOf("i2psam", sam, SAM_PORT, allowsNames), isolates: false });
  }
  const nameProxy = proxies.get("names") ?? null;
  const set = new Map<NetworkKind, ProxyServer>();
  for (const [kind, proxy] of proxies) if (kind !== "names" && proxy !== null) set.set(kind, proxy);
  return { proxies: set, nameProxy };
}

/** "127.0.0.1:9050=tor" is for onion services only. */
function splitProxy(text: string): {
  readonly place: string;
  readonly kinds: readonly (NetworkKind | "names")[];
} {
  const equals = text.lastIndexOf("=");
  if (equals < 0) return { place: text, kinds: ["ipv4", "ipv6", "onion", "cjdns", "names"] };
  const name = text.slice(equals + 1).toLowerCase();
  if (name === "")
    throw new SettingsError(`Invalid -proxy address or hostname, ends with '=': '${text}'`);
  const place = text.slice(0, equals);
  switch (name) {
    case "ipv4":
    case "ipv6":
      return { place, kinds: [name, "names"] };
    case "tor":
    case "onion":
      return { place, kinds: ["onion"] };
    case "cjdns":
      return { place, kinds: ["cjdns"] };
    default:
      throw new SettingsError(`Unrecognized network in -proxy='${text}': '${name}'`);
  }
}

function placeOf(option: string, text: string, port: number, allowsNames: boolean): HostPort {
  const place = proxyPlace(text, port, allowsNames);
  if (place === undefined) throw invalid(option, text);
  return place;
}

function invalid(option: string, text: string): SettingsError {
  return new SettingsError(`Invalid -${option} address or hostname: '${text}'`);
}

/** Undefined when it cannot be one. */
function proxyPlace(text: string, port: number, allowsNames: boolean): HostPort | undefined {
  if (text.startsWith(UNIX_PREFIX) && text.length <= UNIX_PREFIX.length + MAX_UNIX_PATH)
    return { host: text, port: 0 };
  const place = parseHostPort(text, port);
  if (place === null) return undefined;
  if (place.host === "localhost") return { ...place, host: "127.0.0.1" };
  return isIP(place.host) !== 0 || (allowsNames && isName(place.host)) ? place : undefined;
}

function reachableNetworks(
  settings: Settings,
  only: ReadonlySet<NetworkKind> | null,
  proxies: ProxyMap,
): readonly NetworkKind[] {
  const hasWay = (kind: NetworkKind): boolean => {
    if (kind === "cjdns") return settings.flag("cjdnsreachable");
    return kind === "ipv4" || kind === "ipv6" || proxies.has(kind);
  };
  return [...NETWORKS.values()].filter((kind) => hasWay(kind) && (only?.has(kind) ?? true));
}

function checkOnlyNetworks(
  settings: Settings,
  only: ReadonlySet<NetworkKind> | null,
  has: { readonly proxies: ProxyMap; readonly listensOnion: boolean },
): void {
  if (only === null) return;
  if (only.has("cjdns") && !settings.isSet("cjdnsreachable"))
    throw new SettingsError(
      "Outbound connections restricted to CJDNS (-onlynet=cjdns) but -cjdnsreachable is not provided",
    );
  const onion = "Outbound connections restricted to Tor (-onlynet=onion) but the proxy for";
  if (only.has("onion") && settings.text("onion", "") === "0")
    throw new SettingsError(`${onion} reaching the Tor network is explicitly forbidden: -onion=0`);
  if (only.has("onion") && !has.proxies.has("onion") && !has.listensOnion)
    throw new SettingsError(
      `${onion} reaching the Tor network is not provided: none of -proxy, -onion or -listenonion is given`,
    );
  if (only.has("i2p") && !has.proxies.has("i2p"))
    throw new SettingsError(
      "Outbound connections restricted to i2p (-onlynet=i2p) but -i2psam is not provided",
    );
}

/** A port that only this machine reaches needs no way through the router. */
function mayBeMapped({ listen, binds }: Listening): boolean {
  return listen && (binds.length === 0 || binds.some(({ host }) => !/^127\.|^::1$/.test(host)));
}

/** One port above ours, where no -bind names a place. */
function onionDoorOf({ listen, port, binds }: Listening): HostPort | null {
  const hasPlace = binds.some(({ onion, permissions }) => onion || permissions === undefined);
  return listen && !hasPlace && port > 0 ? { host: "127.0.0.1", port: port + 1 } : null;
}

function torTarget(door: HostPort | null, { binds, port }: Listening): HostPort {
  const named =
    binds.find(({ onion }) => onion) ?? binds.find(({ permissions }) => permissions === undefined);
  const target = named ?? door ?? { host: "127.0.0.1", port };
  return { host: target.host, port: target.port };
}

function torControl(
  settings: Settings,
  target: HostPort,
  only: ReadonlySet<NetworkKind> | null,
): TorControlOptions {
  const text = settings.text("torcontrol", `127.0.0.1:${TOR_CONTROL_PORT}`);
  return {
    at: placeOf("torcontrol", text, TOR_CONTROL_PORT, true),
    password: settings.text("torpassword", ""),
    learnsProxy: settings.text("onion", "") === "",
    mayReachOnions: only?.has("onion") ?? true,
    target,
  };
}

/** "500M": mebibytes where no unit is said, thousands for small letters. Core: ParseByteUnits. */
function uploadTarget(text: string): number {
  const found = /^([0-9]{1,15})([kKmMgGtT]?)$/.exec(text);
  const bytes = found === null ? -1 : Number(found[1]) * (UNITS[found[2] || "M"] as number);
  if (bytes < 0 || bytes >= 2 ** 63)
    throw new SettingsError(`Unable to parse -maxuploadtarget: '${text}'`);
  return bytes;
}
