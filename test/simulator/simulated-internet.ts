import { type Endpoint, SimulatedSocket, type Wire } from "./simulated-socket.ts";
import type { Simulation } from "./simulation.ts";

/** What the lines between peers are like. */
export interface LineOptions {
  /** Least and most time from one peer to another, ms; every pair has its own. */
  readonly latencyMs: readonly [number, number];
  /** Bytes a second from one peer to another. */
  readonly bytesPerSecond: number;
  /** Part of the pieces that are lost on the way and sent again. */
  readonly loss: number;
}

const DEFAULT_LINES: LineOptions = { latencyMs: [10, 150], bytesPerSecond: 2_000_000, loss: 0.01 };
/** A lost piece is sent again after so long. */
const RETRY_MS = 200;
/** What a wire that is cut holds back is tried again after so long. */
const CUT_RETRY_MS = 1000;
const FIRST_EPHEMERAL_PORT = 49_152;

type Accept = (socket: SimulatedSocket) => void;

/** All hosts and the lines between them: they take time, lose pieces, and can be cut. */
export class SimulatedInternet {
  readonly #simulation: Simulation;
  readonly #lines: LineOptions;
  readonly #doors = new Map<string, Accept>();
  readonly #latencies = new Map<string, number>();
  /** Part of the world that a host is in while the world is parted. */
  readonly #parts = new Map<string, number>();
  readonly #dead = new Set<string>();
  #nextPort = FIRST_EPHEMERAL_PORT;

  constructor(simulation: Simulation, lines: Partial<LineOptions> = {}) {
    this.#simulation = simulation;
    this.#lines = { ...DEFAULT_LINES, ...lines };
  }

  /** Lets others connect to an endpoint; the result closes it. */
  listen(at: Endpoint, accept: Accept): () => void {
    this.#doors.set(nameOf(at), accept);
    return () => this.#doors.delete(nameOf(at));
  }

  /** @throws Error when nobody listens there or nobody answers in time */
  connect(host: string, to: Endpoint, timeoutMs: number): Promise<SimulatedSocket> {
    return new Promise((resolve, reject) => {
      const timeout = this.#simulation.after(timeoutMs, () => reject(new Error("timed out")));
      const from = { host, port: this.#nextPort++ };
      const [out, back] = [this.#wire(host, to.host), this.#wire(to.host, host)];
      out.carry(60, () => {
        const accept = this.#doors.get(nameOf(to));
        back.carry(60, () => {
          timeout();
          if (accept === undefined) return reject(new Error("connection refused"));
          const [near, far] = SimulatedSocket.pair(from, to, out, back);
          resolve(near);
          accept(far);
        });
      });
    });
  }

  /** Parts the world: from now on nothing passes between different parts. */
  part(partOf: (host: string) => number, hosts: Iterable<string>): void {
    for (const host of hosts) this.#parts.set(host, partOf(host));
  }

  /** What was held back between the parts arrives. */
  heal(): void {
    this.#parts.clear();
  }

  /** The host is gone without a word: what is sent to it is lost, and others find out by themselves. */
  kill(host: string): void {
    this.#dead.add(host);
    for (const name of [...this.#doors.keys()])
      if (name.startsWith(`${host}/`)) this.#doors.delete(name);
  }

  /** Bytes from one host to another, in order. */
  #wire(from: string, to: string): Wire {
    let freeAt = 0;
    const { bytesPerSecond, loss } = this.#lines;
    const latency = this.#latency(from, to);
    const deliver = (arrived: () => void): void => {
      if (this.#dead.has(from) || this.#dead.has(to)) return;
      if (this.#parts.get(from) === this.#parts.get(to)) arrived();
      else this.#simulation.after(CUT_RETRY_MS, () => deliver(arrived));
    };
    return {
      carry: (bytes, arrived) => {
        const start = Math.max(freeAt, this.#simulation.now + latency);
        const retries = this.#lost(loss) * RETRY_MS;
        freeAt = start + (bytes / bytesPerSecond) * 1000 + retries;
        this.#simulation.after(freeAt - this.#simulation.now, () => deliver(arrived));
      },
    };
  }

  /** How often a piece is lost before it comes through. */
  #lost(loss: number): number {
    let count = 0;
    while (this.#simulation.random.below(1_000_000) < loss * 1_000_000) count++;
    return count;
  }

  #latency(from: string, to: string): number {
    const name = from < to ? `${from} ${to}` : `${to} ${from}`;
    const known = this.#latencies.get(name);
    if (known !== undefined) return known;
    const [least, most] = this.#lines.latencyMs;
    const latency = least + this.#simulation.random.below(Math.max(1, most - least));
    this.#latencies.set(name, latency);
    return latency;
  }
}

function nameOf({ host, port }: Endpoint): string {
  return `${host}/${port}`;
}
