import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Caller } from "./peers.ts";
import { until } from "./peers.ts";
import { RpcClient } from "./rpc-client.ts";

/** This file runs as test/dist/testing/killed-peer.js, three folders below the root. */
const daemon = fileURLToPath(new URL("../../../packages/peer/bin/compeerd", import.meta.url));

/** Our daemon on regtest, with data on disk, that may be killed at any moment, also while it starts. */
export class KilledPeer implements Caller {
  readonly directory: string;
  readonly #args: readonly string[];
  readonly #rpc: RpcClient;
  readonly #nodeArgs: readonly string[];
  #child: ChildProcess | null = null;
  #output = "";

  /** @param nodeArgs for Node itself */
  constructor(
    directory: string,
    rpcPort: number,
    options: readonly string[],
    nodeArgs: readonly string[] = [],
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
    this.#nodeArgs = nodeArgs;
    this.#rpc = new RpcClient(rpcPort, join(directory, "regtest", ".cookie"));
    process.once("exit", () => this.#child?.kill("SIGKILL"));
  }

  /** Starts the process and waits for nothing. */
  start(): void {
    const child = spawn(process.execPath, [...this.#nodeArgs, daemon, ...this.#args], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr.on("data", (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    this.#child = child;
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
    const status = this.#child?.exitCode;
    if (status !== null)
      throw new Error(`the peer has ended (${status}): ${this.#output}${this.log.slice(-4000)}`);
  }
}
