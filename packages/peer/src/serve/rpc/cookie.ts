import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** The user that a cookie authenticates. Core: COOKIEAUTH_USER. */
export const COOKIE_USER = "__cookie__";

/** Who may read the cookie file. Core: `-rpccookieperms`. */
export type CookieReaders = "owner" | "group" | "all";

const MODES: Readonly<Record<CookieReaders, number>> = { owner: 0o600, group: 0o640, all: 0o644 };

/** A password for this run, in a file that only those may read who may call. */
export class Cookie {
  readonly password: string;
  readonly #path: string;
  readonly #text: string;

  constructor(path: string, password: string) {
    this.#path = path;
    this.password = password;
    this.#text = `${COOKIE_USER}:${password}`;
  }

  /** Removes the file, unless another process has put its own in its place. */
  remove(): void {
    try {
      if (readFileSync(this.#path, "utf8") === this.#text) rmSync(this.#path);
    } catch {
      // gone already
    }
  }
}

/** Writes a new cookie, whole before it can be seen. Core: GenerateAuthCookie. */
export function writeCookie(path: string, readers: CookieReaders): Cookie {
  const cookie = new Cookie(path, randomBytes(32).toString("hex"));
  const temporary = `${path}.tmp`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, `${COOKIE_USER}:${cookie.password}`, { mode: 0o600 });
  chmodSync(temporary, MODES[readers]);
  renameSync(temporary, path);
  return cookie;
}
