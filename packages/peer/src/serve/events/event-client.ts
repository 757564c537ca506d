import type { ServerResponse } from "node:http";
import type { PeerEvent } from "./event-hub.ts";
import { HAPPENINGS, type Topic } from "./topics.ts";

/** Bytes that wait for one client; who reads slower gets the latest state only. */
const MAX_WAITING = 1_000_000;
/** Happenings that are kept for a slow client; older ones are let go. */
const MAX_HELD = 256;

/**
 * One page that listens. What it does not take in time is not piled up: of a state only the latest
 * message waits, of happenings a few.
 */
export class EventClient {
  readonly viewer: string;
  readonly topics: ReadonlySet<Topic>;
  readonly #response: ServerResponse;
  readonly #states = new Map<Topic, PeerEvent>();
  #happenings: PeerEvent[] = [];
  #isBlocked = false;

  constructor(viewer: string, topics: ReadonlySet<Topic>, response: ServerResponse) {
    this.viewer = viewer;
    this.topics = topics;
    this.#response = response;
    response.on("drain", () => this.#resume());
  }

  send(event: PeerEvent): void {
    if (!this.topics.has(event.topic)) return;
    if (!this.#isBlocked) this.#write(event);
    else if (HAPPENINGS.has(event.topic)) {
      this.#happenings.push(event);
      if (this.#happenings.length > MAX_HELD) this.#happenings.shift();
    } else this.#states.set(event.topic, event);
  }

  /** A line that says nothing, so that the connection is not taken for dead. */
  keepAlive(): void {
    if (!this.#isBlocked) this.#writeText(": still here\n\n");
  }

  close(): void {
    this.#response.end();
  }

  #resume(): void {
    this.#isBlocked = false;
    const waiting = [...this.#happenings, ...this.#states.values()];
    this.#happenings = [];
    this.#states.clear();
    for (const event of waiting) this.send(event);
  }

  #write({ id, topic, data }: PeerEvent): void {
    this.#writeText(`event: ${topic}\nid: ${id}\ndata: ${data}\n\n`);
  }

  #writeText(text: string): void {
    const isFlowing = this.#response.write(text);
    if (!isFlowing) this.#isBlocked = true;
    // A single message may be large; a client that holds up more than that is let go and comes back.
    if (this.#response.writableLength > MAX_WAITING) this.#response.destroy();
  }
}
