import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const USER = "bench";
const AUTH = `Basic ${Buffer.from(`${USER}:${USER}`).toString("base64")}`;
/** Clock ticks a second in /proc. */
const TICKS = 100;
const KIB_PER_MIB = 1024;

/** What a process took so far; zeros where the system does not tell. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly peakMib: number;
  /** Now. */
  readonly residentMib: number;
}

/** A bitcoind-like program on a regtest of its own, with an empty folder that goes with it. */
export class NodeProcess {
  readonly port: number;
  readonly #rpcPort: number;
  readonly #directory: string;
  readonly #child: ChildProcess;
  readonly #startedAt: number = performance.now();

  private constructor(program: string, port: number, rpcPort: number, options: readonly string[]) {
    this.port = port;
    this.#rpcPort = rpcPort;
    this.#directory = mkdtempSync(join(tmpdir(), "bench-"));
    const args = [
      "-regtest",
      `-datadir=${this.#directory}`,
      `-port=${port}`,
      `-rpcport=${rpcPort}`,
      `-rpcuser=${USER}`,
      `-rpcpassword=${USER}`,
      "-server",
      "-dnsseed=0",
      "-fixedseeds=0",
      "-listenonion=0",
      "-printtoconsole=0",
      "-checkblockindex=0",
      "-checkmempool=0",
      "-maxtipage=1000000000",
      ...(options.includes("-listen=0") ? [] : ["-bind=127.0.0.1"]),
      ...options,
    ];
    this.#child = spawn(program, args, { stdio: "ignore" });
  }

  static async start(program: string, options: readonly string[]): Promise<NodeProcess> {
    const node = new NodeProcess(program, await freePort(), await freePort(), options);
    await node.#waitFor(() => node.rpc("getblockcount").then(() => true));
    return node;
  }

  /** Milliseconds since the program was started. */
  get ageMs(): number {
    return performance.now() - this.#startedAt;
  }

  async rpc(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${this.#rpcPort}/`, {
      method: "POST",
      headers: { authorization: AUTH },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await answer.json()) as { result?: unknown; error?: unknown };
    if (error !== undefined) throw new Error(JSON.stringify(error));
    return result;
  }

  waitForHeight(height: number): Promise<void> {
    return this.#waitFor(async () => Number(await this.rpc("getblockcount")) >= height, 50);
  }

  async #waitFor(isThere: () => Promise<boolean>, pauseMs = 5): Promise<void> {
    for (;;) {
      if (this.#child.exitCode !== null)
        throw new Error(`the program ended with ${this.#child.exitCode}`);
      if (await isThere().catch(() => false)) return;
      await sleep(pauseMs);
    }
  }

  usage(): Usage {
    try {
      const stat = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8").split(") ")[1]?.split(" ");
      const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
      const resident = /VmRSS:\s+([0-9]+)/.exec(status)?.[1];
      const ticks = Number(stat?.[11]) + Number(stat?.[12]);
      const peak = /VmHWM:\s+([0-9]+)/.exec(status)?.[1];
      return {
        cpuSeconds: ticks / TICKS,
        peakMib: Number(peak) / KIB_PER_MIB,
        residentMib: Number(resident) / KIB_PER_MIB,
      };
    } catch {
      return { cpuSeconds: 0, peakMib: 0, residentMib: 0 };
    }
  }

  /** Stops it and removes its folder. */
  async stop(): Promise<void> {
    await this.rpc("stop").catch(() => this.#child.kill());
    while (this.#child.exitCode === null && this.#child.signalCode === null) await sleep(10);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
