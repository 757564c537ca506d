import { JsonNumber } from "@compeer/protocol/rpc/json";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { ask, listAt, textAt } from "../connect/ask.ts";
import type { Session } from "../connect/session.ts";

const NETWORKS = ["ipv4", "ipv6", "onion", "i2p", "cjdns"];

/** `-addrinfo`: how many addresses the peer knows, by network. */
export async function addressInfo(session: Session, words: readonly string[]): Promise<string> {
  if (words.length > 0) throw new Error("-addrinfo takes no arguments");
  const nodes = listAt(await ask(session, "getnodeaddresses", [new JsonNumber("0")]));
  const counts = NETWORKS.map((name): [string, number] => [
    name,
    nodes.filter((node) => textAt(node, "network") === name).length,
  ]);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  return writeJson({ addresses_known: { ...Object.fromEntries(counts), total } }, 2);
}
