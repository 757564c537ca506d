import type { ServerResponse } from "node:http";
import { includesScope, type Scope } from "../page/scopes.ts";
import { EventClient } from "./event-client.ts";
import type { EventHub } from "./event-hub.ts";
import { HAPPENINGS, isTopic, TOPIC_SCOPES, type Topic } from "./topics.ts";

/** Pages that listen at a time, and of one session. */
const MAX_CLIENTS = 64;
const MAX_CLIENTS_OF_SESSION = 16;
const KEEP_ALIVE_MS = 15_000;
/** After what time a browser connects again. */
const RETRY_MS = 2000;

/** How things are; what nobody listens to is not looked at. */
export interface EventSource {
  /** The present state of a topic; null when there is none. */
  current(topic: Topic): unknown;
  /** Which topics somebody listens to, from now on. */
  want(topics: ReadonlySet<Topic>): void;
}

/** The doors of the event stream: one long answer each, as server-sent events. */
export class EventStreams {
  readonly #hub: EventHub;
  readonly #source: EventSource;
  readonly #clients = new Set<EventClient>();
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;

  constructor(hub: EventHub, source: EventSource) {
    this.#hub = hub;
    this.#source = source;
    this.#unsubscribe = hub.published.on((event) => {
      for (const client of this.#clients) client.send(event);
    });
    this.#timer = setInterval(() => {
      for (const client of this.#clients) client.keepAlive();
    }, KEEP_ALIVE_MS).unref();
  }

  /**
   * Begins a stream: first what was missed since `lastId`, then how things are, then what comes.
   *
   * @param viewer the session, by id
   * @returns false when too many are open
   */
  open(
    response: ServerResponse,
    names: readonly string[],
    viewer: { readonly id: string; readonly scope: Scope },
    lastId: string,
  ): boolean {
    const ofSession = [...this.#clients].filter((client) => client.viewer === viewer.id).length;
    if (this.#clients.size >= MAX_CLIENTS || ofSession >= MAX_CLIENTS_OF_SESSION) return false;
    const allowed = names
      .filter(isTopic)
      .filter((topic) => includesScope(viewer.scope, TOPIC_SCOPES[topic]));
    const client = new EventClient(viewer.id, new Set(allowed), response);
    response.writeHead(200, {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-store",
      "X-Accel-Buffering": "no",
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.#clients.add(client);
    response.once("close", () => this.#forget(client));
    this.#source.want(this.#wanted());
    this.#catchUp(client, lastId);
    return true;
  }

  /** Ends the streams of a session. */
  closeOf(viewer: string): void {
    for (const client of this.#clients) if (client.viewer === viewer) client.close();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
    for (const client of this.#clients) client.close();
  }

  #catchUp(client: EventClient, lastId: string): void {
    for (const event of this.#hub.since(lastId))
      if (event.topic === "tip" || HAPPENINGS.has(event.topic)) client.send(event);
    const id = this.#hub.lastId;
    for (const topic of client.topics) {
      const value = HAPPENINGS.has(topic) ? null : this.#source.current(topic);
      if (value !== null) client.send({ id, topic, data: JSON.stringify(value) });
    }
  }

  #forget(client: EventClient): void {
    this.#clients.delete(client);
    this.#source.want(this.#wanted());
  }

  #wanted(): ReadonlySet<Topic> {
    return new Set([...this.#clients].flatMap(({ topics }) => [...topics]));
  }
}
