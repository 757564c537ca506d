import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { NetLog } from "../net-parts.ts";
import type { TorConnection } from "./tor-connection.ts";
import { parseTorPairs, splitTorLine, type TorReply } from "./tor-reply.ts";

export const TOR_OK = 250;
const COOKIE_SIZE = 32;
const NONCE_SIZE = 32;
/** Keys that the control protocol names for its SAFECOOKIE method. */
const SERVER_KEY = "Tor safe cookie authentication server-to-controller hash";
const CLIENT_KEY = "Tor safe cookie authentication controller-to-server hash";

/**
 * Gets leave to give commands, by the way that the daemon offers and we can.
 *
 * @param password of -torpassword; empty for none
 * @throws Error when there is no such way, or the daemon refuses
 */
export async function authenticateToTor(
  tor: TorConnection,
  password: string,
  log: NetLog,
): Promise<void> {
  const info = await tor.command("PROTOCOLINFO 1");
  if (info.code !== TOR_OK) throw new Error("Requesting protocol info failed");
  const { methods, cookieFile } = readProtocolInfo(info, log);
  for (const method of methods) log.debug("tor", `Supported authentication method: ${method}`);
  const line = await authenticationLine(tor, { methods, cookieFile, password, log });
  const { code } = await tor.command(line);
  if (code !== TOR_OK) throw new Error("Authentication failed");
  log.debug("tor", "Authentication successful");
}

interface ProtocolInfo {
  readonly methods: readonly string[];
  readonly cookieFile: string;
}

/** Reads `AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE="…"`. */
function readProtocolInfo({ lines }: TorReply, log: NetLog): ProtocolInfo {
  let methods: string[] = [];
  let cookieFile = "";
  for (const line of lines) {
    const [type, rest] = splitTorLine(line);
    const pairs = parseTorPairs(rest);
    if (type === "AUTH") {
      methods = pairs.get("METHODS")?.split(",") ?? methods;
      cookieFile = pairs.get("COOKIEFILE") ?? cookieFile;
    } else if (type === "VERSION" && pairs.has("Tor"))
      log.debug("tor", `Connected to Tor version ${pairs.get("Tor")}`);
  }
  return { methods: [...new Set(methods)], cookieFile };
}

interface Choice extends ProtocolInfo {
  readonly password: string;
  readonly log: NetLog;
}

async function authenticationLine(tor: TorConnection, choice: Choice): Promise<string> {
  const { methods, cookieFile, password, log } = choice;
  if (password !== "") {
    if (!methods.includes("HASHEDPASSWORD"))
      throw new Error(
        "Password provided with -torpassword, but HASHEDPASSWORD authentication is not available",
      );
    log.debug("tor", "Using HASHEDPASSWORD authentication");
    return `AUTHENTICATE "${password.replaceAll('"', '\\"')}"`;
  }
  if (methods.includes("NULL")) {
    log.debug("tor", "Using NULL authentication");
    return "AUTHENTICATE";
  }
  if (methods.includes("SAFECOOKIE")) {
    log.debug(
      "tor",
      `Using SAFECOOKIE authentication, reading cookie authentication from ${cookieFile}`,
    );
    return `AUTHENTICATE ${await safeCookieAnswer(tor, readCookie(cookieFile))}`;
  }
  throw new Error(
    methods.includes("HASHEDPASSWORD")
      ? "The only supported authentication mechanism left is password, but no password provided with -torpassword"
      : "No supported authentication method",
  );
}

function readCookie(path: string): Uint8Array {
  let cookie: Uint8Array;
  try {
    cookie = readFileSync(path);
  } catch (cause) {
    const why = `Authentication cookie ${path} could not be opened (check permissions)`;
    throw new Error(why, { cause });
  }
  if (cookie.length !== COOKIE_SIZE)
    throw new Error(
      `Authentication cookie ${path} is not exactly ${COOKIE_SIZE} bytes, as is required by the spec`,
    );
  return cookie;
}

/** Shows that we can read the cookie without showing the cookie, after the daemon has shown that it knows it. */
async function safeCookieAnswer(tor: TorConnection, cookie: Uint8Array): Promise<string> {
  const nonce = randomBytes(NONCE_SIZE);
  const reply = await tor.command(`AUTHCHALLENGE SAFECOOKIE ${nonce.toString("hex")}`);
  if (reply.code !== TOR_OK) throw new Error("SAFECOOKIE authentication challenge failed");
  const [type, rest] = splitTorLine(reply.lines[0] ?? "");
  if (type !== "AUTHCHALLENGE") throw new Error("Invalid reply to AUTHCHALLENGE");
  const pairs = parseTorPairs(rest);
  const serverHash = Buffer.from(pairs.get("SERVERHASH") ?? "", "hex");
  const serverNonce = Buffer.from(pairs.get("SERVERNONCE") ?? "", "hex");
  if (serverNonce.length !== NONCE_SIZE)
    throw new Error(`ServerNonce is not ${NONCE_SIZE} bytes, as required by spec`);
  const hash = (key: string): Buffer =>
    createHmac("sha256", key).update(cookie).update(nonce).update(serverNonce).digest();
  const expected = hash(SERVER_KEY);
  if (serverHash.length !== expected.length || !timingSafeEqual(serverHash, expected))
    throw new Error("ServerHash does not match expected ServerHash");
  return hash(CLIENT_KEY).toString("hex");
}
