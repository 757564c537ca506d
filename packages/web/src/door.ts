import { session } from "./state/session.ts";

/**
 * Posts to the peer's door and reads its answer.
 *
 * @throws Error with one sentence when there is no answer, another than the door's own, or the session has ended
 */
export async function door<T>(path: string, body: unknown): Promise<T> {
  return (await (await post(path, JSON.stringify(body))).json()) as T;
}

/** As `door`, for what is only read. */
export async function doorRead<T>(path: string): Promise<T> {
  return (await (await knock(path, {})).json()) as T;
}

/** As `door`, for an answer that is a file. */
export async function doorDownload(path: string): Promise<Blob> {
  return await (await post(path, "{}")).blob();
}

/** As `door`, with a file in place of words. */
export async function doorUpload<T>(path: string, file: Blob): Promise<T> {
  return (await (await post(path, file, "application/octet-stream")).json()) as T;
}

async function post(
  path: string,
  body: string | Blob,
  type = "application/json",
): Promise<Response> {
  return await knock(path, { method: "POST", headers: { "Content-Type": type }, body });
}

async function knock(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  const csrf = session.value?.csrf;
  if (csrf) headers.set("X-Compeer-Csrf", csrf);
  const response = await fetch(path, { ...init, headers }).catch((cause: unknown) => {
    throw new Error("The peer does not answer. Is it running?", { cause });
  });
  if (response.ok) return response;
  const words = await refusal(response);
  if (response.status === 401 && session.value !== null) {
    session.value = { ...session.value, authenticated: false };
  }
  throw new Error(words);
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
