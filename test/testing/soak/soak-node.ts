import { existsSync, readFileSync } from "node:fs";
import { freePort } from "../free-port.ts";
import { daemonWith, KilledPeer } from "../killed-peer.ts";
import type { Caller } from "../peers.ts";
import type { MemorySample } from "./memory-slope.ts";

const MEBIBYTE = 2 ** 20;
/** A call that takes longer means that a node hangs. */
const CALL_MS = 120_000;
/** Samples of a life's first half minute tell of its start, not of a leak. */
const WARM_UP_MINUTES = 0.5;

export type SoakKind = "compeer" | "bitcoind";

/** What a node held while it lived once. */
export interface Life {
  readonly bornAt: number;
  readonly resident: MemorySample[];
  /** In use after a collection of garbage; of compeers only. */
  readonly used: MemorySample[];
}

/** One of the mesh: it is killed and comes back on the same folder and port, and its memory is watched. */
export class SoakNode implements Caller {
  readonly name: string;
  readonly kind: SoakKind;
  readonly port: number;
  readonly lives: Life[] = [];
  readonly #process: KilledPeer;
  /** Counts starts, so that what was begun for an earlier life knows that it is over. */
  #run = 0;
  #isReady = false;

  private constructor(name: string, kind: SoakKind, port: number, process: KilledPeer) {
    this.name = name;
    this.kind = kind;
    this.port = port;
    this.#process = process;
  }

  static async make(
    name: string,
    kind: SoakKind,
    directory: string,
    options: readonly string[],
  ): Promise<SoakNode> {
    const port = await freePort();
    const all = [`-bind=127.0.0.1:${port}`, `-uacomment=${name}`, ...options];
    const probe = new URL("../attack/memory-probe.js", import.meta.url).href;
    const { COMPEER_BITCOIND } = process.env;
    const command: [string, ...string[]] =
      kind === "bitcoind"
        ? [COMPEER_BITCOIND as string]
        : daemonWith("--expose-gc", "--import", probe);
    return new SoakNode(
      name,
      kind,
      port,
      new KilledPeer(directory, await freePort(), all, command),
    );
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** It runs and has answered since it was started. */
  get isReady(): boolean {
    return this.#isReady;
  }

  get log(): string {
    return this.#process.log;
  }

  /** Starts it at this time of the mocked clock and waits for nothing. */
  start(now: number): void {
    this.#run++;
    this.#process.start(`-mocktime=${now}`);
    this.lives.push({ bornAt: Date.now(), resident: [], used: [] });
  }

  /** Resolves when it answers, or was killed meanwhile. @throws Error when it has ended by itself */
  async ready(): Promise<void> {
    const run = this.#run;
    try {
      await this.#process.ready();
      if (run === this.#run) this.#isReady = true;
    } catch (error) {
      if (run === this.#run) throw error;
    }
  }

  async kill(): Promise<void> {
    this.#isReady = false;
    this.#run++;
    await this.#process.kill();
  }

  /** Ends it as an operator would. @throws Error when it fails at that */
  async stop(): Promise<void> {
    this.#isReady = false;
    this.#run++;
    const ended = this.#process.ended();
    await this.call("stop");
    const { status, output } = await ended;
    if (status !== 0) throw new Error(`${this.name} ended with ${status}: ${output}`);
  }

  /** @throws Error when it does not answer within minutes */
  call<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      const text = `${this.name} has not answered ${method} in ${CALL_MS / 1000} s`;
      timer = setTimeout(() => reject(new Error(text)), CALL_MS);
    });
    const answer = this.#process.call<T>(method, ...params);
    return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
  }

  /** Notes what it holds now, as the system sees it. */
  sampleResident(): void {
    const life = this.lives.at(-1);
    const file = `/proc/${this.#process.pid}/status`;
    if (life === undefined || !this.#isReady || !existsSync(file)) return;
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(file, "utf8")) ?? [];
    if (kilobytes !== undefined) note(life, life.resident, Number(kilobytes) * 1024);
  }

  /** Notes what it has in use once garbage is collected. */
  async sampleUsed(): Promise<void> {
    const life = this.lives.at(-1);
    if (this.kind !== "compeer" || life === undefined) return;
    // What the first collection sets free, the second finds.
    await this.#process.memory();
    note(life, life.used, await this.#process.memory());
  }
}

function note({ bornAt }: Life, samples: MemorySample[], bytes: number): void {
  const minutes = (Date.now() - bornAt) / 60_000;
  if (minutes >= WARM_UP_MINUTES) samples.push({ minutes, mebibytes: bytes / MEBIBYTE });
}
