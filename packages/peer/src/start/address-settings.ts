import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Settings } from "../config/settings.ts";
import { isValid } from "../net/addresses/address-class.ts";
import type { AsMapFile } from "../net/addresses/address-options.ts";
import { parseHost } from "../net/addresses/address-text.ts";
import { isSoundAsMap } from "../net/addresses/as-map.ts";
import type { NetOptions } from "../net/net-parts.ts";
import { type HostPort, isName, parseHostPort } from "../net/socket-text.ts";
import { reachesOpenNetworks, usesProxy } from "./reach-settings.ts";

/** Names that must not be asked for in the open (RFC 7686). */
const HIDDEN = /\.(onion|i2p)\.?$/i;

type AddressSettings = Pick<
  NetOptions,
  | "directory"
  | "knownKey"
  | "checkRatio"
  | "asMap"
  | "external"
  | "discover"
  | "dnsSeed"
  | "forceDnsSeed"
  | "fixedSeeds"
  | "seedNodes"
  | "lanDiscovery"
>;

/**
 * How addresses of peers are found and kept.
 *
 * @param listens whether others can come in, and at which port
 * @throws SettingsError in Core's words
 */
export function addressOptions(
  settings: Settings,
  network: Network,
  listens: { readonly listen: boolean; readonly port: number },
): AddressSettings {
  const external = settings.list("externalip");
  const mayDiscover = listens.listen && external.length === 0 && !usesProxy(settings);
  return {
    directory: settings.directories.chain,
    knownKey: settings.list("test").includes("addrman"),
    checkRatio: Math.min(Math.max(settings.number("checkaddrman", 0), 0), 1_000_000),
    asMap: asMap(settings),
    external: external.map((text) => ownPlace(settings, text, listens.port)),
    discover: settings.flag("discover", mayDiscover),
    ...dnsSeedOptions(settings, network),
    fixedSeeds: settings.flag("fixedseeds", true),
    seedNodes: settings.list("seednode"),
    lanDiscovery: settings.flag("landiscovery"),
  };
}

function dnsSeedOptions(
  settings: Settings,
  network: Network,
): Pick<NetOptions, "dnsSeed" | "forceDnsSeed"> {
  const wantsPeers =
    !settings.isSet("connect") &&
    settings.number("maxconnections", 125) > 0 &&
    reachesOpenNetworks(settings);
  // The seed of regtest exists in name only: it is asked when somebody says so.
  const dnsSeed = settings.flag("dnsseed", wantsPeers && network.name !== "regtest");
  const forceDnsSeed = settings.flag("forcednsseed");
  const isRefused = settings.flag("dnsseed", wantsPeers) === false;
  if (forceDnsSeed && isRefused)
    throw new SettingsError("Cannot set -forcednsseed to true when setting -dnsseed to false.");
  if (settings.flag("dnsseed") && !reachesOpenNetworks(settings))
    throw new SettingsError(
      "Incompatible options: -dnsseed=1 was explicitly specified, but -onlynet forbids connections to IPv4/IPv6",
    );
  return { dnsSeed: dnsSeed || forceDnsSeed, forceDnsSeed };
}

/** -externalip: an address, or with -dns a name, which is looked up when the network starts. */
function ownPlace(settings: Settings, text: string, port: number): HostPort {
  const place = parseHostPort(text, port);
  if (place === null) throw unresolved(text);
  const address = parseHost(place.host, place.port);
  const isGood =
    address === null
      ? settings.flag("dns", true) && isName(place.host) && !HIDDEN.test(place.host)
      : isValid(address);
  if (!isGood) throw unresolved(text);
  return place;
}

function unresolved(text: string): SettingsError {
  return new SettingsError(`Cannot resolve -externalip address: '${text}'`);
}

/** -asmap: a map of autonomous systems; relative to the chain's folder. */
function asMap(settings: Settings): AsMapFile | null {
  const name = settings.text("asmap");
  if (!settings.isSet("asmap") || settings.isNegated("asmap")) return null;
  if (name === undefined || name === "")
    throw new SettingsError("-asmap requires a file path. Use -asmap=<file>.");
  const path = isAbsolute(name) ? name : join(settings.directories.chain, name);
  if (!existsSync(path)) throw new SettingsError(`Could not find asmap file "${path}"`);
  const bytes = new Uint8Array(readFileSync(path));
  if (!isSoundAsMap(bytes)) throw new SettingsError(`Could not parse asmap file "${path}"`);
  return { path, bytes };
}
