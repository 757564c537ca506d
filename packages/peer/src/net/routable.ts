import { BlockList, isIP } from "node:net";

/** Addresses that lead nowhere on the public network. Core: CNetAddr::IsRoutable. */
const UNROUTABLE_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
];

const UNROUTABLE_V6: readonly (readonly [string, number])[] = [
  ["::", 128],
  ["::1", 128],
  ["2001:10::", 28],
  ["2001:20::", 28],
  ["2001:db8::", 32],
  ["fc00::", 7],
  ["fe80::", 64],
];

const unroutable = new BlockList();
for (const [host, prefix] of UNROUTABLE_V4) unroutable.addSubnet(host, prefix, "ipv4");
for (const [host, prefix] of UNROUTABLE_V6) unroutable.addSubnet(host, prefix, "ipv6");

/** Kind of network that an address belongs to, in the words of getpeerinfo. Core: GetNetworkName. */
export function networkOf(host: string): "ipv4" | "ipv6" | "not_publicly_routable" {
  const family = isIP(host);
  if (family === 4 && !unroutable.check(host, "ipv4")) return "ipv4";
  if (family === 6 && !unroutable.check(host, "ipv6")) return "ipv6";
  return "not_publicly_routable";
}
