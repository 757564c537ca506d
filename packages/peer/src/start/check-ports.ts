import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Settings } from "../config/settings.ts";
import { parseHostPort } from "../net/socket-text.ts";

const MAX_PORT = 65_535;
/** Options that name a place, and whether "=" and a word may follow it. */
const PLACES: readonly (readonly [string, boolean])[] = [
  ["i2psam", false],
  ["onion", false],
  ["proxy", true],
  ["bind", true],
  ["rpcbind", false],
  ["torcontrol", false],
  ["whitebind", false],
];

/**
 * Refuses ports that are none. Core: CheckHostPortOptions.
 *
 * @param least 1; 0 where the system may choose one
 * @throws SettingsError in Core's words
 */
export function checkPorts(settings: Settings, least: 0 | 1): void {
  for (const name of ["port", "rpcport", "pageport"]) {
    const text = settings.text(name);
    if (text === undefined) continue;
    const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : -1;
    if (port < least || port > MAX_PORT)
      throw new SettingsError(`Invalid port specified in -${name}: '${text}'`);
  }
  for (const [name, hasSuffix] of PLACES)
    for (const text of settings.list(name)) {
      const equals = hasSuffix ? text.lastIndexOf("=") : -1;
      const place = parseHostPort(equals < 0 ? text : text.slice(0, equals), 1);
      if (place === null ? !text.startsWith("unix:") : place.port < least)
        throw new SettingsError(`Invalid port specified in -${name}: '${text}'`);
    }
}
