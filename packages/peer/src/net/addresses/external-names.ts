import { type Resolver, SYSTEM_RESOLVER } from "../outbound/resolver.ts";
import type { HostPort } from "../socket-text.ts";
import { isValid } from "./address-class.ts";
import { parseHost } from "./address-text.ts";
import { LOCAL_MANUAL, type LocalAddresses } from "./local-addresses.ts";

/**
 * Makes the names among -externalip our addresses, by the first that each has.
 *
 * @throws Error in Core's words when a name has none
 */
export async function addExternalNames(
  external: readonly HostPort[],
  local: Pick<LocalAddresses, "add">,
  resolver: Resolver = SYSTEM_RESOLVER,
): Promise<void> {
  for (const { host, port } of external) {
    if (parseHost(host, port) !== null) continue;
    const [found = ""] = await resolver(host).catch(() => []);
    const address = parseHost(found, port);
    if (address === null || !isValid(address))
      throw new Error(`Cannot resolve -externalip address: '${host}'`);
    local.add(address, LOCAL_MANUAL);
  }
}
