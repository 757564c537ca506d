import { once } from "node:events";
import { Worker } from "node:worker_threads";

export interface HonestOrder {
  readonly port: number;
  readonly magic: Uint8Array;
  /** Of the process that listens there. */
  readonly pid: number;
}

export interface HonestAnswer {
  /** The victim's own work while a ping waited; where that cannot be told, the time that it waited. */
  readonly slowestMs: number;
  readonly pongs: number;
  readonly isClosed: boolean;
}

/** A peer that only pings, in a thread of its own: the attackers' work does not slow its watch. */
export class HonestPeer {
  readonly #worker: Worker;

  constructor(order: HonestOrder) {
    this.#worker = new Worker(new URL("./honest-worker.js", import.meta.url), {
      workerData: order,
    });
  }

  /** The slowest pong since this was last asked. @throws Error when it was sent away */
  async slowestMs(): Promise<number> {
    this.#worker.postMessage(null);
    const [answer] = (await once(this.#worker, "message")) as [HonestAnswer];
    if (answer.isClosed) throw new Error("the honest peer was sent away");
    return answer.slowestMs;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
