import { type Signal, signal } from "@preact/signals";

/** What a session may do: each includes the ones before. */
export type Scope = "view" | "wallet" | "spend";

/** What the peer's door knows of this browser, and on which chain the peer is. */
export interface Session {
  readonly authenticated: boolean;
  readonly scopes: readonly Scope[];
  readonly csrf: string | null;
  readonly chain: string;
  readonly version: string;
}

/** The session; null until the door has answered. */
export const session: Signal<Session | null> = signal(null);

/** Whether this session may do what needs `scope`. */
export function may(scope: Scope): boolean {
  return session.value?.scopes.includes(scope) ?? false;
}

/** Where the second secret of the session is kept: unlike a cookie it is for this port alone. */
const CSRF = "compeer.csrf";

/** Asks the door who we are. */
export async function loadSession(): Promise<void> {
  const headers = { "X-Compeer-Csrf": localStorage.getItem(CSRF) ?? "" };
  const response = await fetch("/api/session", { headers });
  session.value = (await response.json()) as Session;
}

/**
 * Trades the token of a login link for a session.
 *
 * @throws Error with the door's words when the link is used up
 */
export async function signIn(token: string): Promise<void> {
  const response = await fetch("/api/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
  });
  if (!response.ok) {
    const { error } = (await response.json()) as { error?: string };
    throw new Error(error ?? "This link does not work any more.");
  }
  const { csrf } = (await response.json()) as Session;
  localStorage.setItem(CSRF, csrf ?? "");
  await loadSession();
}
