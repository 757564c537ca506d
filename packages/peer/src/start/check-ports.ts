import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import type { Settings } from "../config/settings.ts";

const MAX_PORT = 65_535;

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
}
