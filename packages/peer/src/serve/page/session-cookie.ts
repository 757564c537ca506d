import type { IncomingMessage } from "node:http";
import { isOwnMachine } from "./page-guard.ts";

/** Longest time a browser keeps it; the peer ends sessions sooner. */
const MAX_AGE_SECONDS = 30 * 86_400;

/**
 * The cookie of a session. Cookies are shared by all ports of a host, so its name says which port it is
 * for: two peers on one machine do not log each other out.
 */
export function sessionCookie(request: IncomingMessage, secret: string): string {
  const prefix = canBeSecure(request) ? "__Host-" : "";
  const secure = prefix === "" ? "" : "; Secure";
  const age = secret === "" ? 0 : MAX_AGE_SECONDS;
  return `${prefix}${cookieName(request)}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${secure}`;
}

/** What the cookies of a request say; a browser may have kept one of each kind. */
export function sessionSecrets(request: IncomingMessage): readonly string[] {
  const name = cookieName(request);
  return (request.headers.cookie ?? "").split(";").flatMap((pair) => {
    const equals = pair.indexOf("=");
    const found = pair.slice(0, equals).trim();
    return found === name || found === `__Host-${name}` ? [pair.slice(equals + 1).trim()] : [];
  });
}

function cookieName({ socket }: IncomingMessage): string {
  return `compeer-${socket.localPort}`;
}

/** Safari takes no secure cookie from plain HTTP, other browsers do from their own machine. */
function canBeSecure({ headers }: IncomingMessage): boolean {
  const agent = headers["user-agent"] ?? "";
  const isSafari = agent.includes("Safari/") && !/Chrom(e|ium)\//.test(agent);
  return isOwnMachine(headers.host ?? "") && !isSafari;
}
