import { BlockList, isIP, isIPv4 } from "node:net";

/**
 * Addresses that may connect: the loopback ones and the subnets given. Core: InitHTTPAllowList.
 *
 * @param subnets single addresses, `address/bits` or `address/netmask`
 * @param cjdns addresses in fc00::/8 are CJDNS's, whose senders cannot be told: none may be allowed
 * @throws Error with Core's text on one that does not parse
 */
export function allowList(subnets: readonly string[], cjdns = false): BlockList {
  const list = new BlockList();
  list.addSubnet("127.0.0.0", 8, "ipv4");
  list.addAddress("::1", "ipv6");
  for (const subnet of subnets) {
    if (cjdns && /^\[?fc/i.test(subnet)) throw invalid(subnet);
    addSubnet(list, subnet);
  }
  return list;
}

function addSubnet(list: BlockList, subnet: string): void {
  const [host = "", mask, ...more] = subnet.split("/");
  const address = host.replace(/^\[(.*)\]$/, "$1");
  const version = isIP(address);
  const width = version === 4 ? 32 : 128;
  const bits = mask === undefined ? width : maskBits(mask, version);
  if (version === 0 || more.length > 0 || !(bits >= 0 && bits <= width)) throw invalid(subnet);
  list.addSubnet(address, bits, version === 4 ? "ipv4" : "ipv6");
}

function maskBits(mask: string, version: number): number {
  if (/^[0-9]{1,3}$/.test(mask)) return Number(mask);
  if (version !== 4 || !isIPv4(mask)) return Number.NaN;
  const binary = mask
    .split(".")
    .map((part) => Number(part).toString(2).padStart(8, "0"))
    .join("");
  return /^1*0*$/.test(binary) ? binary.replaceAll("0", "").length : Number.NaN;
}

function invalid(subnet: string): Error {
  return new Error(
    `Invalid -rpcallowip subnet specification: ${subnet}. Valid values are a single IP (e.g. 1.2.3.4), a network/netmask (e.g. 1.2.3.4/255.255.255.0), a network/CIDR (e.g. 1.2.3.4/24), all ipv4 (0.0.0.0/0), or all ipv6 (::/0). RFC4193 is allowed only if -cjdnsreachable=0.`,
  );
}

/** True when `address`, as a socket tells it, is in the list. */
export function isAllowed(list: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=[0-9]+\.)/, "").replace(/%.*$/, "");
  const version = isIP(plain);
  return version !== 0 && list.check(plain, version === 4 ? "ipv4" : "ipv6");
}
