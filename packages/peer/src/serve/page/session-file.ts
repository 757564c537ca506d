import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { KeptSession, SessionKeeper } from "./page-sessions.ts";
import { SCOPES, type Scope } from "./scopes.ts";

/**
 * Keeps sessions in a file that only its owner reads, so that a restart logs nobody out. It holds
 * hashes: who reads it cannot make a cookie of it.
 */
export class SessionFile implements SessionKeeper {
  readonly #path: string;
  readonly #log: { warning(text: string): void };

  constructor(path: string, log: { warning(text: string): void }) {
    this.#path = path;
    this.#log = log;
  }

  /** What is not as it was written is left out: its owner logs in again. */
  load(): readonly KeptSession[] {
    try {
      const kept: unknown = JSON.parse(readFileSync(this.#path, "utf8"));
      return Array.isArray(kept) ? kept.filter(isKept) : [];
    } catch {
      return []; // none yet, or torn
    }
  }

  /** The file is whole before it takes its name. A full disk costs a login, no more. */
  save(sessions: readonly KeptSession[]): void {
    const temporary = `${this.#path}.tmp`;
    try {
      writeFileSync(temporary, JSON.stringify(sessions), { mode: 0o600 });
      renameSync(temporary, this.#path);
    } catch (error) {
      this.#log.warning(`The page's sessions were not saved: ${error}`);
    }
  }
}

function isKept(value: unknown): value is KeptSession {
  if (typeof value !== "object" || value === null) return false;
  const { key, id, scope, csrfHash, agent, since, lastUse } = value as Record<
    keyof KeptSession,
    unknown
  >;
  return (
    [key, id, csrfHash, agent].every((text) => typeof text === "string" && text !== "") &&
    Buffer.from(csrfHash as string, "base64").length === 32 &&
    SCOPES.includes(scope as Scope) &&
    Number.isSafeInteger(since) &&
    Number.isSafeInteger(lastUse)
  );
}
