import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { MineOn } from "@compeer/peer/net/testing/mine-block";
import { RawPeer } from "@compeer/peer/net/testing/raw-peer";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { parseHash } from "@compeer/protocol/bytes/hash";
import { freePort } from "../free-port.ts";
import { type Caller, until } from "../peers.ts";
import { RpcClient } from "../rpc-client.ts";
import { HonestPeer } from "./honest-peer.ts";
import { recordOutcome } from "./outcome.ts";

/** This file runs as test/dist/testing/attack/victim.js, four folders below the root. */
const daemon = fileURLToPath(new URL("../../../../packages/peer/bin/compeerd", import.meta.url));
const probe = new URL("./memory-probe.js", import.meta.url).href;

/** What an attack may cost its victim. */
export interface Bounds {
  /** Millions of bytes that it may keep while the attackers are still there. */
  readonly megabytes?: number;
  /** Milliseconds that an honest peer may wait for a pong. */
  readonly pingMs?: number;
}

const DEFAULT_MEGABYTES = 8;
const DEFAULT_PING_MS = 1000;
/** So long may the attackers take. */
const MAX_ATTACK_MS = 60_000;

/** Our daemon as a process of its own on regtest, whose memory is watched, with an honest peer beside the attackers. */
export class Victim implements Caller {
  readonly magic: Uint8Array = networkByName("regtest").magic;
  readonly port: number;
  readonly rpcPort: number;
  readonly directory: string = mkdtempSync(join(tmpdir(), "compeer-victim-"));
  readonly #rpc: RpcClient;
  readonly #options: readonly string[];
  #child: ChildProcess | null = null;
  #honest: HonestPeer | null = null;
  #open: RawPeer[] = [];
  #output = "";

  private constructor(port: number, rpcPort: number, options: readonly string[]) {
    this.port = port;
    this.rpcPort = rpcPort;
    this.#options = options;
    this.#rpc = new RpcClient(rpcPort, join(this.directory, "regtest", ".cookie"));
  }

  static async start(...options: readonly string[]): Promise<Victim> {
    const victim = new Victim(await freePort(), await freePort(), options);
    await victim.run();
    return victim;
  }

  /** Starts the process, the first time or after it was killed. */
  async run(): Promise<void> {
    const child = spawn(
      process.execPath,
      [
        "--expose-gc",
        "--import",
        probe,
        daemon,
        "-regtest",
        `-datadir=${this.directory}`,
        `-bind=127.0.0.1:${this.port}`,
        `-rpcport=${this.rpcPort}`,
        "-listenonion=0",
        "-dnsseed=0",
        "-fixedseeds=0",
        "-natpmp=0",
        "-printtoconsole=0",
        ...this.#options,
      ],
      { stdio: ["ignore", "pipe", "pipe", "ipc"] },
    );
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    this.#child = child;
    await until("the victim is up", () => {
      this.#assertRunning();
      return this.call("getblockcount").then(
        () => true,
        () => false,
      );
    });
    await this.#meetHonest();
  }

  async #meetHonest(): Promise<void> {
    const { port, magic } = this;
    this.#honest = new HonestPeer({ port, magic, pid: this.#child?.pid as number });
    await this.#honest.slowestMs();
  }

  /** Turns its clock to a time, however far: who was connected may be taken for dead. */
  async setClock(time: number): Promise<void> {
    await this.#honest?.close();
    await this.call("setmocktime", time);
    await this.#meetHonest();
  }

  call<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T> {
    return this.#rpc.call<T>(method, ...params);
  }

  /** An attacker that has shaken hands; closed with the attack that opened it. */
  async hello(): Promise<RawPeer> {
    const peer = await RawPeer.shakeHands(this.port, this.magic);
    this.#open.push(peer);
    return peer;
  }

  hellos(count: number): Promise<RawPeer[]> {
    return Promise.all(Array.from({ length: count }, () => this.hello()));
  }

  /** An attacker that has said nothing yet. */
  async dial(): Promise<RawPeer> {
    const peer = await RawPeer.open(this.port, this.magic);
    this.#open.push(peer);
    return peer;
  }

  /** What the next block is built on. */
  async tip(): Promise<MineOn> {
    const hash = await this.call<string>("getbestblockhash");
    const { height, time } = await this.call<{ height: number; time: number }>(
      "getblockheader",
      hash,
    );
    return { hash: parseHash(hash), height, time };
  }

  get log(): string {
    const file = join(this.directory, "regtest", "debug.log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /**
   * Runs an attack and holds what it did against the bounds: memory that stays in use while the
   * attackers are still there, the slowest pong of an honest peer, and that the process answers.
   *
   * @param ids rows of docs/faults.md, with commas between them
   * @param script returns what the victim did, in words
   */
  async suffers(
    t: TestContext,
    ids: string,
    { megabytes = DEFAULT_MEGABYTES, pingMs = DEFAULT_PING_MS }: Bounds,
    script: () => Promise<string>,
  ): Promise<void> {
    const honest = this.#honest as HonestPeer;
    await until("those of the attack before are gone", () => this.#isAlone());
    const before = await this.memory();
    await honest.slowestMs();
    try {
      const reaction = await Promise.race([script(), tooLate(ids)]);
      const slowestPingMs = await honest.slowestMs();
      const grownBytes = (await this.memory()) - before;
      for (const id of ids.split(", ")) recordOutcome({ id, reaction, grownBytes, slowestPingMs });
      t.diagnostic(
        `${ids}: ${reaction}; ${(grownBytes / 1e6).toFixed(1)} MB kept, slowest pong ${slowestPingMs.toFixed(0)} ms`,
      );
      assert.ok(grownBytes < megabytes * 1e6, `${ids} kept ${grownBytes} bytes`);
      assert.ok(slowestPingMs < pingMs, `${ids} made a pong wait ${slowestPingMs} ms`);
    } finally {
      for (const peer of this.#open.splice(0)) peer.close();
    }
    this.#assertRunning();
    await this.call("getblockcount");
  }

  /** Only the honest peer is connected, of those that dialled. */
  async #isAlone(): Promise<boolean> {
    const peers = await this.call<{ inbound: boolean }[]>("getpeerinfo");
    return peers.filter(({ inbound }) => inbound).length <= 1;
  }

  /** Bytes in use after a collection of garbage. */
  async memory(): Promise<number> {
    const child = this.#child as ChildProcess;
    const ask = async (): Promise<number> => {
      child.send("memory");
      return ((await once(child, "message")) as [number])[0];
    };
    // What the first collection sets free, the second finds.
    await ask();
    return ask();
  }

  /** Ends the process as a power cut would. */
  async kill(): Promise<void> {
    await this.#honest?.close();
    const child = this.#child as ChildProcess;
    if (child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  async close(): Promise<void> {
    for (const peer of this.#open.splice(0)) peer.close();
    await this.kill();
    rmSync(this.directory, { recursive: true });
  }

  #assertRunning(): void {
    const status = this.#child?.exitCode;
    if (status !== null)
      throw new Error(`the victim has ended (${status}): ${this.#output}${this.log.slice(-4000)}`);
  }
}

async function tooLate(ids: string): Promise<never> {
  await sleep(MAX_ATTACK_MS, undefined, { ref: false });
  throw new Error(`${ids} waited in vain`);
}
