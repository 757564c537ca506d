import type { Settings } from "../config/settings.ts";
import { reachesOpenNetworks, usesProxy } from "./reach-settings.ts";

/**
 * Lines for the log on what one option makes of another that nobody has set. Core: InitParameterInteraction.
 *
 * @throws SettingsError when -onlynet names no network
 */
export function parameterInteractions(settings: Settings): string[] {
  const lines: string[] = [];
  const made = new Map<string, boolean>();
  const set = (why: string, names: readonly string[], value: boolean): void => {
    for (const name of names) {
      if (settings.isSet(name) || made.has(name)) continue;
      made.set(name, value);
      lines.push(`parameter interaction: ${why} -> setting -${name}=${value ? 1 : 0}`);
    }
  };
  const isConnectSet = settings.isSet("connect");
  if (settings.list("bind").length > 0) set("-bind set", ["listen"], true);
  if (settings.list("whitebind").length > 0) set("-whitebind set", ["listen"], true);
  if (isConnectSet || settings.number("maxconnections", 125) <= 0)
    set("-connect or -maxconnections=0 set", ["dnsseed", "listen"], false);
  if (usesProxy(settings)) set("-proxy set", ["listen", "natpmp", "discover"], false);
  if (!settings.flag("listen", made.get("listen") ?? true))
    set("-listen=0", ["natpmp", "discover", "listenonion", "i2pacceptincoming"], false);
  if (settings.list("externalip").length > 0) set("-externalip set", ["discover"], false);
  if (settings.flag("blocksonly")) set("-blocksonly=1", ["whitelistrelay"], false);
  if (settings.flag("whitelistforcerelay")) set("-whitelistforcerelay=1", ["whitelistrelay"], true);
  if (!reachesOpenNetworks(settings)) set("-onlynet excludes IPv4 and IPv6", ["dnsseed"], false);
  if (isConnectSet) lines.push(...ignoredBesideConnect(settings));
  return lines;
}

/** Who says whom to call wants nobody else found. */
function ignoredBesideConnect(settings: Settings): string[] {
  const lines: string[] = [];
  const names = settings.list("connect").filter((name) => name !== "0" && name !== "");
  if (names.length > 0 && settings.list("seednode").length > 0)
    lines.push("-seednode is ignored when -connect is used");
  if (settings.flag("dnsseed") && settings.isSet("proxy"))
    lines.push("-dnsseed is ignored when -connect is used and -proxy is specified");
  return lines;
}
