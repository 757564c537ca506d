import { type ReadonlySignal, signal } from "@preact/signals";

/** What the peer's event stream speaks of. */
export type Topic = "tip" | "mempool" | "fees" | "peers" | "sync" | "wallet" | "log" | "mining";

type Listener = (data: unknown) => void;

const TOPICS: readonly Topic[] = [
  "tip",
  "mempool",
  "fees",
  "peers",
  "sync",
  "wallet",
  "log",
  "mining",
];
const RETRY_MS = 3_000;

const listeners = new Map<Topic, Set<Listener>>();
const state = signal<"connecting" | "open" | "lost">("connecting");

/** Whether the stream flows. */
export const liveState: ReadonlySignal<"connecting" | "open" | "lost"> = state;

/** Calls `listener` with every message of a topic, until the returned function is called. */
export function onTopic(topic: Topic, listener: Listener): () => void {
  const known = listeners.get(topic) ?? new Set();
  listeners.set(topic, known.add(listener));
  return () => known.delete(listener);
}

/**
 * Opens the one stream that everything live on the page comes from.
 *
 * @param csrf the session's second secret
 */
export function openStream(csrf: string): void {
  const topics = TOPICS.join(",");
  const source = new EventSource(`/api/stream?topics=${topics}&csrf=${encodeURIComponent(csrf)}`);
  source.onopen = () => {
    state.value = "open";
  };
  source.onerror = () => {
    state.value = "lost";
    // The browser itself tries again unless the peer refused; then a new stream is tried.
    if (source.readyState === EventSource.CLOSED) setTimeout(openStream, RETRY_MS, csrf);
  };
  for (const topic of TOPICS) {
    source.addEventListener(topic, (event) => {
      const data: unknown = JSON.parse((event as MessageEvent<string>).data);
      for (const listener of listeners.get(topic) ?? []) listener(data);
    });
  }
}
