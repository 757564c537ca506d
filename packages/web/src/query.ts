import { useEffect, useRef, useState } from "preact/hooks";
import { onTopic, type Topic } from "./live.ts";
import { type RpcArguments, rpc } from "./rpc.ts";

/** What is known of the answer to a call. The last value stays while a new one is fetched. */
export interface Query<T> {
  readonly value: T | undefined;
  readonly error: string | null;
  readonly loading: boolean;
  readonly reload: () => void;
}

interface QueryOptions {
  /** Topics of the stream that make the answer old. */
  readonly topics?: readonly Topic[];
  readonly wallet?: string;
  /** Ask nothing (yet). */
  readonly skip?: boolean;
}

interface Answer {
  readonly key: string;
  readonly value: unknown;
  readonly error: string | null;
  readonly loading: boolean;
}

const MAX_CACHED = 200;
const cache = new Map<string, unknown>();
const NO_TOPICS: readonly Topic[] = [];

/** The answer to a call: the last known one at once, then the peer's, then again whenever a topic speaks. */
export function useRpc<T>(
  method: string,
  params: RpcArguments = [],
  { topics = NO_TOPICS, wallet, skip = false }: QueryOptions = {},
): Query<T> {
  const key = JSON.stringify([method, params, wallet ?? null]);
  const [answer, setAnswer] = useState<Answer>(() => fresh(key));
  const turn = useRef(0);

  function load(): void {
    const mine = ++turn.current;
    setAnswer((old) => (old.key === key ? { ...old, loading: true } : fresh(key)));
    rpc<T>(method, params, wallet).then(
      (value) => {
        remember(key, value);
        if (mine === turn.current) setAnswer({ key, value, error: null, loading: false });
      },
      (problem: Error) => {
        if (mine !== turn.current) return;
        setAnswer({ key, value: cache.get(key), error: problem.message, loading: false });
      },
    );
  }

  const watched = topics.join();
  useEffect(() => {
    if (skip) return;
    load();
    const stops = topics.map((topic) => onTopic(topic, load));
    return () => {
      turn.current++;
      for (const stop of stops) stop();
    };
  }, [key, watched, skip]);

  const current = answer.key === key ? answer : fresh(key);
  return {
    value: current.value as T | undefined,
    error: current.error,
    loading: !skip && current.loading,
    reload: load,
  };
}

function fresh(key: string): Answer {
  return { key, value: cache.get(key), error: null, loading: true };
}

function remember(key: string, value: unknown): void {
  cache.delete(key);
  cache.set(key, value);
  if (cache.size <= MAX_CACHED) return;
  for (const oldest of cache.keys()) {
    cache.delete(oldest);
    return;
  }
}

/** Something a button does: whether it is under way, and how it failed. */
export interface Action {
  readonly busy: boolean;
  readonly error: string | null;
  readonly run: (job: () => Promise<void>) => void;
  readonly clear: () => void;
}

/** Runs one job at a time and keeps the words of its failure. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  return {
    busy,
    error,
    run: (job) => {
      if (busy) return;
      setBusy(true);
      setError(null);
      job()
        .catch((problem: Error) => setError(problem.message))
        .finally(() => setBusy(false));
    },
    clear: () => setError(null),
  };
}
