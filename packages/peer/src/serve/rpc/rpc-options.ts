import { resolve } from "node:path";
import type { Settings } from "../../config/settings.ts";
import { parseHostPort } from "../../net/socket-text.ts";
import { RpcAuth } from "./auth.ts";
import { COOKIE_USER, type Cookie, type CookieReaders, writeCookie } from "./cookie.ts";
import { NOT_STARTED, type RpcEndpoint, type RpcServerOptions, type ServerLog } from "./server.ts";
import { allowList } from "./subnets.ts";

/** What the settings say about the server. The caller adds the dispatcher and the doors. */
export interface ServerSettings {
  readonly options: Omit<RpcServerOptions, "dispatcher" | "doors" | "log">;
  /** The cookie that was written; null when a password was configured or `-norpccookiefile`. */
  readonly cookie: Cookie | null;
}

/**
 * Reads the options of the server and writes its cookie. Core: InitRPCAuthentication, HTTPBindAddresses.
 *
 * @param defaultPort of the chain
 * @throws Error on a value that makes no sense
 */
export function serverSettings(
  settings: Settings,
  defaultPort: number,
  log: ServerLog,
): ServerSettings {
  const allowed = allowList(settings.list("rpcallowip"), settings.flag("cjdnsreachable"));
  const endpoints = readEndpoints(settings, settings.number("rpcport", defaultPort), log);
  const { auth, cookie } = readAuthOrExplain(settings, log);
  const threads = Math.max(settings.number("rpcthreads", 16), 1);
  const queue = Math.max(settings.number("rpcworkqueue", 64), 1);
  const options = {
    endpoints,
    allowed,
    auth,
    timeoutSeconds: settings.number("rpcservertimeout", 30),
    maxRequests: threads + queue,
    hostNames: settings.list("rpcallowhost").map((name) => name.toLowerCase()),
  };
  return { options, cookie };
}

/** Addresses other than the loopback ones need `-rpcbind` and `-rpcallowip` both. */
function readEndpoints(settings: Settings, port: number, log: ServerLog): RpcEndpoint[] {
  const bind = settings.list("rpcbind");
  const allow = settings.list("rpcallowip");
  if (bind.length > 0 && allow.length > 0) return bind.map((text) => parseEndpoint(text, port));
  if (allow.length > 0)
    log.warning(
      "option -rpcallowip was specified without -rpcbind; this doesn't usually make sense",
    );
  if (bind.length > 0)
    log.warning(
      "option -rpcbind was ignored because -rpcallowip was not specified, refusing to allow everyone to connect",
    );
  return [
    { host: "::1", port },
    { host: "127.0.0.1", port },
  ];
}

function parseEndpoint(text: string, defaultPort: number): RpcEndpoint {
  const place = parseHostPort(text, defaultPort);
  if (place === null || place.port === 0)
    throw new Error(`Invalid port specified in -rpcbind: '${text}'`);
  return place;
}

/** Credentials that make no sense are told in the log, not to whoever reads the screen. */
function readAuthOrExplain(settings: Settings, log: ServerLog): Auth {
  try {
    return readAuth(settings, log);
  } catch (cause) {
    log.warning(cause instanceof Error ? cause.message : String(cause));
    throw new Error(NOT_STARTED, { cause });
  }
}

interface Auth {
  readonly auth: RpcAuth;
  readonly cookie: Cookie | null;
}

function readAuth(settings: Settings, log: ServerLog): Auth {
  const password = settings.text("rpcpassword", "");
  const cookie = password === "" ? makeCookie(settings, log) : null;
  const passwords = [];
  if (password !== "") passwords.push({ user: settings.text("rpcuser", ""), password });
  if (cookie !== null) passwords.push({ user: COOKIE_USER, password: cookie.password });
  if (password !== "") {
    log.info("Using rpcuser/rpcpassword authentication.");
    log.warning(
      "A password in the configuration can be read by whoever reads the file. Prefer the cookie, or -rpcauth.",
    );
  }
  if (settings.list("rpcauth").length > 0) log.info("Using rpcauth authentication.");
  const auth = new RpcAuth({
    passwords,
    hashed: settings.list("rpcauth"),
    whitelist: settings.list("rpcwhitelist"),
    whitelistDefault: settings.isSet("rpcwhitelistdefault")
      ? settings.flag("rpcwhitelistdefault")
      : undefined,
  });
  return { auth, cookie };
}

function makeCookie(settings: Settings, log: ServerLog): Cookie | null {
  if (settings.isNegated("rpccookiefile")) {
    log.info("RPC authentication cookie file generation is disabled.");
    return null;
  }
  const readers = settings.text("rpccookieperms", "owner");
  if (readers !== "owner" && readers !== "group" && readers !== "all")
    throw new Error(
      `Invalid -rpccookieperms=${readers}; must be one of 'owner', 'group', or 'all'.`,
    );
  const path = resolve(settings.directories.chain, settings.text("rpccookiefile") || ".cookie");
  const cookie = writeCookie(path, readers as CookieReaders);
  log.info("Using random cookie authentication.");
  log.info(`Generated RPC authentication cookie ${path}`);
  return cookie;
}
