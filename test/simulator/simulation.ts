import { setImmediate as nextTurn } from "node:timers/promises";
import { type Cancel, Clock } from "@compeer/peer/clock/clock";
import { Random } from "../testing/random.ts";
import { EventQueue } from "./event-queue.ts";

/** 2026-01-01: the simulated time of its beginning, milliseconds since 1970. */
const BEGINNING = 1_767_225_600_000;

/**
 * A world with a time of its own: it goes from event to event, and between two of them lets everything
 * that the last one set off come to rest. One seed gives one course of events.
 */
export class Simulation {
  readonly random: Random;
  readonly #queue = new EventQueue();
  #now = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  /** Milliseconds since it began. */
  get now(): number {
    return this.#now;
  }

  /** Lets `action` happen `ms` from now. */
  after(ms: number, action: () => void): Cancel {
    const event = this.#queue.put(this.#now + Math.max(0, ms), action);
    return () => {
      event.isCancelled = true;
    };
  }

  /** A wait as long as the next event of a Poisson process takes. @param meanMs between two of them */
  exponential(meanMs: number): number {
    return -Math.log(1 - this.random.below(2 ** 30) / 2 ** 30) * meanMs;
  }

  /** Goes on until `ms` more have passed, or until `isDone` at the end of an event. */
  async run(ms: number, isDone: () => boolean = () => false): Promise<void> {
    const end = this.#now + ms;
    await settle();
    while (!isDone() && this.#step(end)) await settle();
    if (!isDone()) this.#now = end;
  }

  /** As `run`, for events that set off nothing but other events. */
  runAtOnce(ms: number, isDone: () => boolean): void {
    const end = this.#now + ms;
    while (!isDone() && this.#step(end));
    if (!isDone()) this.#now = end;
  }

  /** All events of the next moment; false when none is left before `end`. */
  #step(end: number): boolean {
    const at = this.#queue.nextAt;
    if (at > end || this.#queue.size === 0) return false;
    this.#now = at;
    while (this.#queue.nextAt === at) {
      const event = this.#queue.take();
      if (event?.isCancelled === false) event.action();
    }
    return true;
  }
}

/** What keeps a turn of the real event loop busy, as opposed to what waits for real time. */
const BUSY = /^(Immediate|FSReq|ZlibStream|RandomBytes|TickObject|Microtask)/;

/** Waits until nothing more happens by itself: no callback waits but those of the simulation. */
async function settle(): Promise<void> {
  do await nextTurn();
  while (process.getActiveResourcesInfo().some((name) => BUSY.test(name)));
}

/** The clock of one simulated peer. */
export class SimulatedClock extends Clock {
  readonly #simulation: Simulation;

  constructor(simulation: Simulation) {
    super();
    this.#simulation = simulation;
  }

  override now(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  override nowMs(): number {
    return BEGINNING + Math.floor(this.#simulation.now);
  }

  override steadyMs(): number {
    return this.#simulation.now;
  }

  override after(ms: number, action: () => void): Cancel {
    return this.#simulation.after(ms, action);
  }

  override every(ms: number, action: () => void): Cancel {
    let cancel: Cancel = () => undefined;
    const again = (): void => {
      cancel = this.#simulation.after(ms, () => {
        again();
        action();
      });
    };
    again();
    return () => cancel();
  }
}
