import { randomBytes } from "node:crypto";
import { Signal } from "../../chain/signal.ts";
import type { Topic } from "./topics.ts";

/** Messages that are kept for those who come back. */
const RING = 1024;

/** A message as it goes out. */
export interface PeerEvent {
  /** Of this run and its place in it: `4f1c…-17`. */
  readonly id: string;
  readonly topic: Topic;
  /** JSON. */
  readonly data: string;
}

/** Numbers what is published and keeps the last of it, so that a page misses nothing while it reconnects. */
export class EventHub {
  readonly published: Signal<PeerEvent> = new Signal();
  /** Ids of another run mean nothing here. */
  readonly #run = randomBytes(4).toString("hex");
  readonly #ring: PeerEvent[] = [];
  #count = 0;

  publish(topic: Topic, value: unknown): void {
    const event = { id: this.#idOf(++this.#count), topic, data: JSON.stringify(value) };
    this.#ring.push(event);
    if (this.#ring.length > RING) this.#ring.shift();
    this.published.emit(event);
  }

  /** The id of the last message. */
  get lastId(): string {
    return this.#idOf(this.#count);
  }

  /** What was published after a message; all there is when that one is no longer kept, nothing for a foreign id. */
  since(id: string): readonly PeerEvent[] {
    const [run, number = ""] = id.split("-");
    if (run !== this.#run || !/^[0-9]{1,15}$/.test(number)) return [];
    const missed = this.#count - Number(number);
    return missed <= 0 ? [] : this.#ring.slice(-missed);
  }

  #idOf(count: number): string {
    return `${this.#run}-${count}`;
  }
}
