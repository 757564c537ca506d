import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

interface Credential {
  readonly user: string;
  readonly salt: string;
  /** HMAC-SHA256 of the password, keyed with the salt. */
  readonly hash: Buffer;
}

/** What `RpcAuth` is made of. */
export interface AuthOptions {
  /** Users with a password in plain text: the cookie, `-rpcuser`. */
  readonly passwords: readonly { readonly user: string; readonly password: string }[];
  /** `-rpcauth` lines: `user:salt$hmac`. */
  readonly hashed: readonly string[];
  /** `-rpcwhitelist` lines: `user:method,method`. */
  readonly whitelist: readonly string[];
  /** `-rpcwhitelistdefault`; undefined when it is not given. */
  readonly whitelistDefault?: boolean | undefined;
}

/** Who may call what. Core: src/httprpc.cpp. */
export class RpcAuth {
  readonly #credentials: readonly Credential[];
  readonly #whitelist: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #refuseUnlisted: boolean;

  /** @throws Error `Invalid -rpcauth argument.` */
  constructor(options: AuthOptions) {
    this.#credentials = [
      ...options.passwords.map(({ user, password }) => hashPassword(user, password)),
      ...options.hashed.map(parseHashed),
    ];
    this.#whitelist = parseWhitelist(options.whitelist);
    this.#refuseUnlisted = options.whitelistDefault ?? options.whitelist.length > 0;
  }

  /**
   * The user that an Authorization header proves, or null. Takes the same time for every password,
   * right or wrong (CVE-2013-4165).
   */
  authenticate(header: string): string | null {
    const given = parseBasic(header);
    if (given === null) return null;
    let proven = false;
    for (const { user, salt, hash } of this.#credentials) {
      const matches = timingSafeEqual(hmac(salt, given.password), hash);
      if (matches && sameText(user, given.user)) proven = true;
    }
    return proven ? given.user : null;
  }

  /** True when `user` may call nothing at all. */
  excludes(user: string): boolean {
    return this.#refuseUnlisted && !this.#whitelist.has(user);
  }

  /** False when `user` has a whitelist that does not list `method`. */
  allows(user: string, method: string): boolean {
    return this.#whitelist.get(user)?.has(method) ?? true;
  }

  /** True when the calls of `user` are restricted. */
  restricts(user: string): boolean {
    return this.#whitelist.has(user);
  }
}

function hmac(salt: string, password: string): Buffer {
  return createHmac("sha256", salt).update(password, "utf8").digest();
}

function hashPassword(user: string, password: string): Credential {
  const salt = randomBytes(16).toString("hex");
  return { user, salt, hash: hmac(salt, password) };
}

function parseHashed(line: string): Credential {
  const [user, rest, ...more] = line.split(":");
  const [salt, hash, ...extra] = (rest ?? "").split("$");
  if (user === undefined || !salt || hash === undefined || more.length + extra.length > 0)
    throw new Error("Invalid -rpcauth argument.");
  const bytes = Buffer.from(hash, "hex");
  // A hash of another length matches no password, as in Core.
  return { user, salt, hash: bytes.length === 32 ? bytes : randomBytes(32) };
}

function parseBasic(header: string): { user: string; password: string } | null {
  const match = /^Basic\s+([A-Za-z0-9+/]+={0,2})\s*$/.exec(header);
  if (match === null) return null;
  const text = Buffer.from(match[1] as string, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Compares digests, so neither length nor first difference shows in the time. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(hmac("user", a), hmac("user", b));
}

/** Lists of the same user are intersected. */
function parseWhitelist(lines: readonly string[]): Map<string, ReadonlySet<string>> {
  const whitelist = new Map<string, ReadonlySet<string>>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const user = colon < 0 ? line : line.slice(0, colon);
    const before = whitelist.get(user);
    const listed = colon < 0 ? (before ?? []) : line.slice(colon + 1).split(/[, ]/);
    whitelist.set(user, new Set([...listed].filter((method) => before?.has(method) ?? true)));
  }
  return whitelist;
}
