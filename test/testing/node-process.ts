import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endWithUs } from "./end-with-us.ts";
import { freePort } from "./free-port.ts";
import { RpcClient, RpcFailure } from "./rpc-client.ts";

/** Core: RPC_IN_WARMUP. */
const IN_WARMUP = -28;
const START_SECONDS = 60;
const STOP_SECONDS = 60;

/** A node that runs as a process of its own, talks to nobody it is not told of and dies with this process. */
export class NodeProcess {
  readonly name: string;
  readonly directory: string;
  readonly rpc: RpcClient;
  /** Where it takes connections of peers. */
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #log: string;
  #output = "";

  private constructor(
    name: string,
    directory: string,
    chain: "regtest" | "signet",
    child: ChildProcess,
    rpcPort: number,
    address: string,
  ) {
    this.name = name;
    this.directory = directory;
    this.rpc = new RpcClient(rpcPort, join(directory, chain, ".cookie"));
    this.#log = join(directory, chain, "debug.log");
    this.address = address;
    this.#child = child;
    const note = (chunk: Buffer): void => {
      this.#output += chunk.toString();
    };
    child.stdout?.on("data", note);
    child.stderr?.on("data", note);
  }

  /** Starts `command` with bitcoind's options and waits until it answers. */
  static async start(
    command: readonly [string, ...string[]],
    directory: string,
    options: readonly string[],
    chain: "regtest" | "signet" = "regtest",
  ): Promise<NodeProcess> {
    mkdirSync(directory, { recursive: true });
    const rpcPort = await freePort();
    const address = `127.0.0.1:${await freePort()}`;
    const [program, ...before] = command;
    const args = [
      `-chain=${chain}`,
      `-datadir=${directory}`,
      `-rpcport=${rpcPort}`,
      `-bind=${address}`,
      "-server",
      "-dnsseed=0",
      "-fixedseeds=0",
      "-discover=0",
      "-listenonion=0",
      "-natpmp=0",
      "-printtoconsole=0",
      ...options,
    ];
    const child = spawn(program, [...before, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    endWithUs(child);
    const name = program.endsWith("bitcoind") ? "bitcoind" : "compeerd";
    const node = new NodeProcess(name, directory, chain, child, rpcPort, address);
    await node.#ready();
    return node;
  }

  call<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T> {
    return this.rpc.call<T>(method, ...params);
  }

  /** Stops it as an operator would, and waits until its files are whole. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, "exit", { signal: AbortSignal.timeout(STOP_SECONDS * 1000) });
    await this.call("stop");
    const [status] = (await ended) as [number | null];
    if (status !== 0) throw new Error(`${this.name} ended with ${status}: ${this.#report()}`);
  }

  /** Ends it at once, if it still runs. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  async #ready(): Promise<void> {
    const until = Date.now() + START_SECONDS * 1000;
    for (;;) {
      try {
        await this.call("getblockcount");
        return;
      } catch (error) {
        const isUp = error instanceof RpcFailure && error.code !== IN_WARMUP;
        const isOver = this.#child.exitCode !== null || Date.now() > until;
        if (isUp || isOver) {
          await this.kill();
          throw new Error(`${this.name} did not start: ${this.#report()}`, { cause: error });
        }
        await sleep(50);
      }
    }
  }

  #report(): string {
    const log = existsSync(this.#log) ? readFileSync(this.#log, "utf8") : "";
    const lines = log.split("\n").slice(-15);
    return [this.#output, ...lines].join("\n");
  }
}
