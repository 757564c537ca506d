import { resultOf } from "@compeer/protocol/rpc/client";
import type { Json } from "@compeer/protocol/rpc/json";
import { askAll, at, listAt, numberAt, textAt } from "../connect/ask.ts";
import type { Session } from "../connect/session.ts";

const NETWORKS = ["ipv4", "ipv6", "onion", "i2p", "cjdns", "npr"];
const HELP = `-netinfo [level [outonly]]

Tells about the connections of the peer.
level     0 counts them (the default), 1 to 4 lists them
outonly   lists only those that the peer made itself (also o)`;

/** `-netinfo`: connections by network, and from level 1 on each of them. Core: NetinfoRequestHandler. */
export async function netInfo(session: Session, words: readonly string[]): Promise<string> {
  const [level = "0", outOnly] = words;
  if (level === "h" || level === "help") return HELP;
  if (!/^[0-9]+$/.test(level)) throw new Error(`invalid -netinfo level argument: ${level}`);
  if (outOnly !== undefined && outOnly !== "o" && outOnly !== "outonly")
    throw new Error(`invalid -netinfo outonly argument: ${outOnly}`);
  const [peers = null, network = null] = await askAll(session, ["getpeerinfo", "getnetworkinfo"]);
  const all = listAt(resultOf(peers));
  const info = resultOf(network);
  const shown = all.filter((peer) => outOnly === undefined || at(peer, "inbound") === false);
  return [
    `Compeer client${session.chain === "main" ? "" : ` ${session.chain}`} - server ${textAt(info, "protocolversion")}${textAt(info, "subversion")}\n`,
    Number(level) > 0 ? peersTable(shown) : "",
    countsTable(all),
    `Local services: ${servicesText(info)}\n`,
    `Local addresses: ${addressesText(info)}\n`,
  ]
    .filter((block) => block !== "")
    .join("\n");
}

function peersTable(peers: readonly Json[]): string {
  const rows = peers.map((peer) => [
    at(peer, "inbound") === true ? "in" : "out",
    textAt(peer, "connection_type"),
    textAt(peer, "network"),
    pingText(numberAt(peer, "minping")),
    pingText(numberAt(peer, "pingtime")),
    textAt(peer, "id"),
    textAt(peer, "addr"),
    `${textAt(peer, "version")}${textAt(peer, "subver")}`,
  ]);
  return table([["<->", "type", "net", "mping", "ping", "id", "address", "version"], ...rows]);
}

function pingText(seconds: number): string {
  return seconds > 0 ? String(Math.round(seconds * 1000)) : "";
}

/** Columns are eight wide, as in Core. */
function countsTable(peers: readonly Json[]): string {
  const used = NETWORKS.filter(
    (name) => name === "ipv4" || name === "ipv6" || count(peers, name) > 0,
  );
  const inbound = peers.filter((peer) => at(peer, "inbound") === true);
  const outbound = peers.filter((peer) => at(peer, "inbound") === false);
  const ofKind = (kind: string) =>
    outbound.filter((peer) => textAt(peer, "connection_type") === kind).length;
  const manual = ofKind("manual");
  const kinds = [ofKind("block-relay-only"), ...(manual > 0 ? [manual] : [])];
  const line = (title: string, cells: readonly (string | number)[]) =>
    `${title.padEnd(5)}${cells.map((cell) => String(cell).padStart(8)).join("")}\n`;
  const counts = (of: readonly Json[]) => [...used.map((name) => count(of, name)), of.length];
  return [
    line("", [...used, "total", "block", ...(manual > 0 ? ["manual"] : [])]),
    line("in", counts(inbound)),
    line("out", [...counts(outbound), ...kinds]),
    line("total", counts(peers)),
  ].join("");
}

function count(peers: readonly Json[], network: string): number {
  const name = network === "npr" ? "not_publicly_routable" : network;
  return peers.filter((peer) => textAt(peer, "network") === name).length;
}

function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}

function servicesText(info: Json): string {
  const names = listAt(info, "localservicesnames").map((name) => textAt(name));
  return names.map((name) => name.toLowerCase().replaceAll("_", " ")).join(", ");
}

function addressesText(info: Json): string {
  const lines = listAt(info, "localaddresses").map(
    (one) =>
      `\n${textAt(one, "address")}    port ${textAt(one, "port")}    score ${textAt(one, "score")}`,
  );
  return lines.join("") || "n/a";
}
