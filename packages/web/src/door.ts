import { session } from "./state/session.ts";

/**
 * Posts to the peer's door and reads its answer.
 *
 * @throws Error with one sentence when there is no answer, another than the door's own, or the session has ended
 */
export async function door<T>(path: string, body: unknown): Promise<T> {
  const response = await knock(path, body);
  if (response.ok) return (await response.json()) as T;
  const words = await refusal(response);
  if (response.status === 401 && session.value !== null) {
    session.value = { ...session.value, authenticated: false };
  }
  throw new Error(words);
}

async function knock(path: string, body: unknown): Promise<Response> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  const csrf = session.value?.csrf;
  if (csrf) headers["X-Compeer-Csrf"] = csrf;
  try {
    return await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  } catch (cause) {
    throw new Error("The peer does not answer. Is it running?", { cause });
  }
}

async function refusal(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { error?: unknown };
    if (typeof error === "string") return error;
  } catch {
    // The status says enough.
  }
  return `The peer answered with status ${response.status}.`;
}
