import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { Signal } from "../../chain/signal.ts";
import type { Scope } from "./scopes.ts";

/** How long a login link waits to be opened. */
const LINK_SECONDS = 600;
const DAY_SECONDS = 86_400;
/** A session that is not used for so long ends. */
const IDLE_SECONDS = 30 * DAY_SECONDS;
/** Links and sessions beyond these push out the oldest. */
const MAX_LINKS = 16;
const MAX_SESSIONS = 64;
/** What is kept of how a browser calls itself. */
const MAX_AGENT = 200;

/** A browser that came with a login link. */
export interface PageSession {
  /** Names it to people; tells nothing of its secret. */
  readonly id: string;
  readonly scope: Scope;
  /** Hash of what calls must carry besides the cookie. */
  readonly csrfHash: string;
  readonly agent: string;
  /** Seconds since 1970. */
  readonly since: number;
  lastUse: number;
}

/** A new session with its two secrets. Nobody is told them again. */
interface Login {
  readonly session: PageSession;
  /** For the cookie, which browsers send to every port of the host. */
  readonly secret: string;
  /** For the page's own storage, which no other port and no other site can read. */
  readonly csrf: string;
}

/** A session with the hash of its secret. */
export interface KeptSession extends PageSession {
  readonly key: string;
}

/** Where sessions outlast a restart. */
export interface SessionKeeper {
  load(): readonly KeptSession[];
  save(sessions: readonly KeptSession[]): void;
}

/** Keeps nothing: for a peer in memory. */
const FORGETFUL: SessionKeeper = { load: () => [], save: () => undefined };

interface Link {
  readonly scope: Scope;
  readonly expires: number;
}

/**
 * Who may use the page. Secrets are kept as hashes only: what is looked up says nothing by its time,
 * and a picture of the memory or of the disk opens no session.
 */
export class PageSessions {
  /** A session is over, by id. */
  readonly ended: Signal<string> = new Signal();
  readonly #now: () => number;
  readonly #keeper: SessionKeeper;
  readonly #links = new Map<string, Link>();
  readonly #sessions = new Map<string, PageSession>();

  /** @param now seconds since 1970, of a clock that nobody sets by a call: it guards what expires */
  constructor(now: () => number, keeper: SessionKeeper = FORGETFUL) {
    this.#now = now;
    this.#keeper = keeper;
    for (const { key, ...session } of keeper.load()) this.#sessions.set(key, session);
  }

  /** A secret that opens one session within ten minutes. */
  newLink(scope: Scope): { readonly token: string; readonly expires: number } {
    const token = newSecret();
    const expires = this.#now() + LINK_SECONDS;
    this.#links.set(digest(token), { scope, expires });
    dropOldest(this.#links, MAX_LINKS);
    return { token, expires };
  }

  /** Uses a link up; null when it is unknown, used or too old. */
  login(token: string, agent: string): Login | null {
    const key = digest(token);
    const link = this.#links.get(key);
    this.#links.delete(key);
    const now = this.#now();
    if (link === undefined || link.expires < now) return null;
    const [secret, csrf] = [newSecret(), newSecret()];
    const session: PageSession = {
      id: randomBytes(6).toString("hex"),
      scope: link.scope,
      csrfHash: digest(csrf),
      agent: agent.slice(0, MAX_AGENT),
      since: now,
      lastUse: now,
    };
    this.#sessions.set(digest(secret), session);
    dropOldest(this.#sessions, MAX_SESSIONS);
    this.#save();
    return { secret, csrf, session };
  }

  /** The session that a cookie's secret belongs to. */
  find(secret: string): PageSession | null {
    const key = digest(secret);
    const session = this.#sessions.get(key);
    if (session === undefined) return null;
    const now = this.#now();
    if (session.lastUse + IDLE_SECONDS < now) {
      this.#sessions.delete(key);
      this.#save();
      return null;
    }
    const isNewDay = session.lastUse + DAY_SECONDS < now;
    session.lastUse = now;
    if (isNewDay) this.#save();
    return session;
  }

  /** All sessions, oldest first. */
  list(): readonly PageSession[] {
    return [...this.#sessions.values()];
  }

  /** False when there is none of that name. */
  end(id: string): boolean {
    for (const [key, session] of this.#sessions)
      if (session.id === id) {
        this.#sessions.delete(key);
        this.#save();
        this.ended.emit(id);
        return true;
      }
    return false;
  }

  #save(): void {
    this.#keeper.save([...this.#sessions].map(([key, session]) => ({ key, ...session })));
  }
}

/** Whether a request carries the second secret of its session. */
export function hasCsrf(session: PageSession, given: string | undefined): boolean {
  if (given === undefined) return false;
  return timingSafeEqual(hash(given), Buffer.from(session.csrfHash, "base64"));
}

function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

function digest(secret: string): string {
  return hash(secret).toString("base64");
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
