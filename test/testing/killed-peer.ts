import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endWithUs } from "./end-with-us.ts";
import { type Caller, until } from "./peers.ts";
import { RpcClient } from "./rpc-client.ts";

/** This file runs as test/dist/testing/killed-peer.js, three folders below the root. */
const daemon = fileURLToPath(new URL("../../../packages/peer/bin/compeerd", import.meta.url));

const ANSWER_MS = 60_000;

/** Our daemon, with arguments for Node itself. */
export function daemonWith(...nodeArgs: readonly string[]): [string, ...string[]] {
  return [process.execPath, ...nodeArgs, daemon];
}

/** A daemon on regtest, with data on disk, that may be killed at any moment, also while it starts. */
export class KilledPeer implements Caller {
  readonly directory: string;
  readonly #args: readonly string[];
  readonly #rpc: RpcClient;
  readonly #command: readonly [string, ...string[]];
  #child: ChildProcess | null = null;
  #output = "";

  /** @param command what to run: ours, unless told otherwise */
  constructor(
    directory: string,
    rpcPort: number,
    options: readonly string[],
    command: readonly [string, ...string[]] = daemonWith(),
  ) {
    this.directory = directory;
    this.#args = [
      "-regtest",
      `-datadir=${directory}`,
      `-rpcport=${rpcPort}`,
      "-listenonion=0",
      "-printtoconsole=0",
      ...options,
    ];
    this.#command = command;
    this.#rpc = new RpcClient(rpcPort, join(directory, "regtest", ".cookie"));
  }

  /** Starts the process and waits for nothing; it ends with this one, however that ends. */
  start(...moreOptions: readonly string[]): void {
    const [program, ...before] = this.#command;
    const child = spawn(program, [...before, ...this.#args, ...moreOptions], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    endWithUs(child);
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    this.#child = child;
  }

  /** Of the process that runs, or ran last. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error("the peer was never started");
    return pid;
  }

  /** Bytes in use after a collection of garbage, of a daemon with the memory probe (attack/memory-probe.ts). */
  async memory(): Promise<number> {
    const child = this.#child as ChildProcess;
    child.send("memory");
    const [bytes] = (await once(child, "message", { signal: AbortSignal.timeout(ANSWER_MS) })) as [
      number,
    ];
    return bytes;
  }

  /** Resolves when it answers. @throws Error when it has ended */
  ready(): Promise<void> {
    return until("the peer is up", async () => {
      this.#assertRunning();
      return this.call("getblockcount").then(
        () => true,
        () => false,
      );
    });
  }

  call<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T> {
    return this.#rpc.call<T>(method, ...params);
  }

  /** Ends the process as a power cut would. @throws Error when it has ended by itself */
  async kill(): Promise<void> {
    this.#assertRunning();
    const child = this.#child as ChildProcess;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Waits until the process has ended by itself; its exit status and last words. */
  async ended(): Promise<{ readonly status: number | null; readonly output: string }> {
    const child = this.#child as ChildProcess;
    if (child.exitCode === null) await once(child, "exit");
    return { status: child.exitCode, output: this.#output };
  }

  /** Everything it has logged. */
  get log(): string {
    const path = join(this.directory, "regtest", "debug.log");
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  #assertRunning(): void {
    const { exitCode = undefined, signalCode = null } = this.#child ?? {};
    const status = exitCode === null ? signalCode : exitCode;
    if (status !== null)
      throw new Error(`the peer has ended (${status}): ${this.#output}${this.log.slice(-4000)}`);
  }
}
