import { join } from "node:path";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import { CLIENT_NAME, CLIENT_VERSION } from "../config/help.ts";
import type { Settings } from "../config/settings.ts";
import type { BindAddress } from "../net/bind-address.ts";
import { DEFAULT_NET_OPTIONS, type NetOptions } from "../net/net-parts.ts";
import { isPermitted, PERMIT_NO_BAN, parsePermissions } from "../net/permissions.ts";
import { formatHostPort } from "../net/socket-text.ts";
import { addressOptions } from "./address-settings.ts";
import { pruneMode } from "./chain-settings.ts";
import { hostPort } from "./host-port.ts";
import { rate } from "./mempool-settings.ts";
import { reachOptions, usesProxy } from "./reach-settings.ts";

/** BIP14: the name and version that others see. */
const USER_AGENT = `/${CLIENT_NAME}:${CLIENT_VERSION}`;
const MAX_USER_AGENT = 256;

/** @throws SettingsError in Core's words */
export function netOptions(settings: Settings, network: Network): NetOptions {
  const connect = settings.isSet("connect")
    ? settings.list("connect").filter((address) => address !== "0" && address !== "")
    : null;
  const bound = settings.list("bind").length > 0 || settings.list("whitebind").length > 0;
  const port = settings.number("port", network.p2pPort);
  const hasSlots = settings.number("maxconnections", 125) > 0;
  const listensByDefault = connect === null && hasSlots && !usesProxy(settings);
  const listen = settings.flag("listen", bound || listensByDefault);
  if (bound && !listen)
    throw new SettingsError("Cannot set -bind or -whitebind together with -listen=0");
  const binds = bindAddresses(settings, port);
  return {
    ...DEFAULT_NET_OPTIONS,
    ...addressOptions(settings, network, { listen, port: advertisedPort(settings, binds, port) }),
    ...reachOptions(settings, { listen, port, binds }),
    listen,
    port,
    binds,
    connect,
    addNodes: settings.list("addnode"),
    maxConnections: settings.number("maxconnections", DEFAULT_NET_OPTIONS.maxConnections),
    peerTimeout: peerTimeout(settings),
    connectTimeoutMs: settings.number("timeout", DEFAULT_NET_OPTIONS.connectTimeoutMs),
    receiveBuffer: bufferBytes(settings, "maxreceivebuffer", DEFAULT_NET_OPTIONS.receiveBuffer),
    sendBuffer: bufferBytes(settings, "maxsendbuffer", DEFAULT_NET_OPTIONS.sendBuffer),
    whitelist: settings.list("whitelist"),
    whitelistRelay: settings.flag("whitelistrelay", true),
    whitelistForceRelay: settings.flag("whitelistforcerelay", false),
    blocksOnly: settings.flag("blocksonly"),
    reconciles: settings.flag("txreconciliation"),
    serveBloomFilters: settings.flag("peerbloomfilters"),
    serveFilters: settings.flag("peerblockfilters"),
    pruned: pruneMode(settings) !== "off",
    minRelayFeeRate: rate(settings, "minrelaytxfee", DEFAULT_NET_OPTIONS.minRelayFeeRate),
    userAgent: userAgent(settings.list("uacomment")),
    active: settings.flag("networkactive", true),
    banTime: settings.number("bantime", DEFAULT_NET_OPTIONS.banTime),
    captureFolder: settings.flag("capturemessages")
      ? join(settings.directories.chain, "message_capture")
      : null,
    v2Transport: settings.flag("v2transport", DEFAULT_NET_OPTIONS.v2Transport),
  };
}

/** Both are given in units of 1000 bytes. */
function bufferBytes(
  settings: Settings,
  name: "maxreceivebuffer" | "maxsendbuffer",
  fallback: number,
): number {
  return Math.max(settings.number(name, fallback / 1000), 0) * 1000;
}

function peerTimeout(settings: Settings): number {
  const seconds = settings.number("peertimeout", DEFAULT_NET_OPTIONS.peerTimeout);
  if (seconds <= 0) throw new SettingsError("peertimeout must be a positive integer.");
  return seconds;
}

function bindAddresses(settings: Settings, port: number): BindAddress[] {
  const binds = [
    ...settings.list("bind").map((text) => bindAddress(text, port)),
    ...settings.list("whitebind").map((text) => whiteBind(text, port)),
  ];
  const names = binds.map(formatHostPort);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return binds;
  throw new SettingsError(
    `Duplicate binding configuration for address ${twice}. Please check your -bind, -bind=...=onion and -whitebind settings.`,
  );
}

/** Port at which others are told to find us. Core: GetListenPort. */
function advertisedPort(settings: Settings, binds: readonly BindAddress[], port: number): number {
  const named = settings
    .list("bind")
    .filter((text) => !text.endsWith("=onion"))
    .map((text) => hostPort(text, 0)?.port ?? 0)
    .find((chosen) => chosen !== 0);
  const open = binds.find(
    ({ permissions }) => permissions !== undefined && !isPermitted(permissions, PERMIT_NO_BAN),
  );
  return named ?? open?.port ?? port;
}

function bindAddress(text: string, port: number): BindAddress {
  const onion = text.endsWith("=onion");
  const plain = onion ? text.slice(0, -"=onion".length) : text;
  if (!onion && plain.includes("=")) throw cannotResolve("bind", text);
  return { ...resolve("bind", plain, onion ? port + 1 : port), onion };
}

function whiteBind(text: string, port: number): BindAddress {
  try {
    const { permissions, target } = parsePermissions(text);
    return { ...resolve("whitebind", target, port), onion: false, permissions };
  } catch (error) {
    if (error instanceof RangeError) throw new SettingsError(error.message);
    throw error;
  }
}

function resolve(option: string, text: string, port: number): { host: string; port: number } {
  const address = hostPort(text, port);
  if (address === null) throw cannotResolve(option, text);
  return address;
}

function cannotResolve(option: string, text: string): SettingsError {
  return new SettingsError(`Cannot resolve -${option} address: '${text}'`);
}

/** BIP14; comments are `-uacomment`s. */
function userAgent(comments: readonly string[]): string {
  for (const comment of comments)
    if (!/^[A-Za-z0-9 .,;\-_?@]*$/.test(comment))
      throw new SettingsError(`User Agent comment (${comment}) contains unsafe characters.`);
  const agent = `${USER_AGENT}${comments.length > 0 ? `(${comments.join("; ")})` : ""}/`;
  if (agent.length > MAX_USER_AGENT)
    throw new SettingsError(
      `Total length of network version string (${agent.length}) exceeds maximum length (${MAX_USER_AGENT}). Reduce the number or size of uacomments.`,
    );
  return agent;
}
