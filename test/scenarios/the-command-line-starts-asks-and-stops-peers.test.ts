import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { compeer, compeerCli, type Ran, run } from "../testing/command-line.ts";
import { freePort } from "../testing/free-port.ts";
import { coinsOf, until } from "../testing/peers.ts";
import { RpcClient } from "../testing/rpc-client.ts";

const home = mkdtempSync(join(tmpdir(), "compeer-home-"));
const env = { ...process.env, HOME: home };
const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(home, { recursive: true });
});

/** A `compeer start` in the foreground of a terminal of its own. */
class Started {
  readonly #child: ChildProcess;
  #output = "";

  constructor(...options: readonly string[]) {
    const args = [compeer, "start", "-par=1", ...options];
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    child.once("exit", () => running.delete(child));
    const note = (chunk: Buffer): void => {
      this.#output += chunk.toString();
    };
    child.stdout.on("data", note);
    child.stderr.on("data", note);
    this.#child = child;
  }

  /** Waits until it answers. */
  async ready(): Promise<void> {
    await until(`the peer is up\n${this.#output}`, async () => {
      if (this.#child.exitCode !== null) throw new Error(`it ended: ${this.#output}`);
      return /^ {2}RPC/m.test(this.#output) && existsSync(join(this.directory, ".cookie"));
    });
    assert.equal((await this.ask("-rpcwait", "getblockcount")).status, 0);
  }

  /** The chain's folder. */
  get directory(): string {
    return this.#told("data");
  }

  get rpcPort(): number {
    return Number(this.#told("RPC").split(":")[1]);
  }

  /** The line about the others of this machine. */
  get peers(): string {
    return this.#told("peers");
  }

  /** What names it to the other commands. */
  get name(): readonly string[] {
    return this.#told("stop").split(" ").slice(4);
  }

  get rpc(): RpcClient {
    return new RpcClient(this.rpcPort, join(this.directory, ".cookie"));
  }

  command(word: string, ...args: readonly string[]): Promise<Ran> {
    return run(compeer, [word, ...this.name, ...args], { env });
  }

  /** By compeer-cli. */
  ask(...args: readonly string[]): Promise<Ran> {
    const place = [`-rpccookiefile=${join(this.directory, ".cookie")}`, `-rpcport=${this.rpcPort}`];
    return run(compeerCli, ["-regtest", ...place, ...args], { env });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Its exit status, once it has ended. */
  async ended(): Promise<number | null> {
    const signal = AbortSignal.timeout(60_000);
    if (this.#child.exitCode === null) await once(this.#child, "exit", { signal });
    return this.#child.exitCode;
  }

  #told(what: string): string {
    const [, text] = new RegExp(`^ {2}${what} +(.*)$`, "m").exec(this.#output) ?? [];
    if (text === undefined) throw new Error(`nothing about ${what}: ${this.#output}`);
    return text;
  }
}

describe("compeer", () => {
  it("starts a second peer that finds the first, follows it and has its coins", async () => {
    // Should other peers run on this machine, the first is not the machine's first, and does not mine.
    const first = new Started("-mine=1");
    await first.ready();
    const second = new Started();
    await second.ready();
    assert.notEqual(second.directory, first.directory);
    assert.match(second.peers, new RegExp(`127\\.0\\.0\\.1:${first.rpcPort + 1}\\b`));
    await until("the first has mined", async () => (await coinsOf(first.rpc)).txouts >= 3);
    await until("both have the same coins at the same tip", async () => {
      const [mined, followed] = await Promise.all([coinsOf(first.rpc), coinsOf(second.rpc)]);
      if (mined.bestblock !== followed.bestblock) return false;
      assert.deepEqual(followed, mined);
      return mined.txouts > 0;
    });

    const { status, stdout } = await second.command("status");
    assert.match(
      stdout,
      /^regtest · block \d+ of \d+ · [\d.]+ % .*· peers \d+ \(\d+ out\) · mempool 0\n$/,
    );
    assert.equal(status, 0);
    const asked = await second.command("rpc", "getblockchaininfo");
    assert.equal((JSON.parse(asked.stdout) as { chain: string }).chain, "regtest");

    assert.deepEqual(await first.command("stop"), {
      status: 0,
      stdout: "Compeer stopping\n",
      stderr: "",
    });
    second.signal("SIGINT");
    assert.deepEqual([await first.ended(), await second.ended()], [0, 0]);
    const late = await second.command("status");
    assert.equal(late.status, 1);
    assert.match(
      late.stderr,
      /^error: timeout on transient error: Could not connect to the server/,
    );
    assert.equal(existsSync(join(second.directory, ".cookie")), false);
  });

  it("says what it can do, and what it cannot", async () => {
    const help = await run(compeer, [], { env });
    assert.match(help.stdout, /^ {2}start \[options\]/m);
    assert.equal(help.status, 0);
    const wrong = await run(compeer, ["dance"], { env });
    const words = 'error: there is no command dance; "compeer help" lists them\n';
    assert.deepEqual(wrong, { status: 1, stdout: "", stderr: words });
    const option = await run(compeer, ["start", "-port=1", "-nonsense"], { env });
    assert.match(option.stderr, /^Error: .*Invalid parameter -nonsense\n$/);
    assert.equal(option.status, 1);
    const absent = await run(compeer, ["status", `-datadir=${join(home, "absent")}`], { env });
    assert.match(absent.stderr, /^error: Specified data directory ".*absent" does not exist\.\n$/);
    assert.equal(absent.status, 1);
  });
});

describe("compeer-cli", () => {
  it("waits for a peer that starts, asks it, and ends with the status of the answer", async () => {
    const [port, rpcPort] = [await freePort(), await freePort()];
    const datadir = `-datadir=${mkdtempSync(join(home, "apart-"))}`;
    const place = [datadir, `-port=${port}`, `-rpcport=${rpcPort}`];
    const words = ["-regtest", datadir, `-rpcport=${rpcPort}`, "-rpcwait", "-rpcwaittimeout=60"];
    const waiting = run(compeerCli, [...words, "getblockcount"], { env });
    const tooLate = await run(compeerCli, [...words, "-rpcwaittimeout=1", "uptime"], { env });
    assert.match(tooLate.stderr, /^error: timeout on transient error: /);
    assert.equal(tooLate.status, 1);

    const peer = new Started("-bind=127.0.0.1", "-connect=0", ...place);
    assert.deepEqual(await waiting, { status: 0, stdout: "0\n", stderr: "" });
    await peer.ready();

    const info = await peer.ask("-getinfo");
    assert.match(info.stdout, /^Chain: regtest\nBlocks: 0\nHeaders: 0\n/);
    assert.match(info.stdout, /^Network: in 0, out 0, total 0$/m);
    assert.match(info.stdout, /^Warnings: \(none\)$/m);
    assert.match((await peer.ask("-netinfo")).stdout, /^ {9}ipv4 {4}ipv6 {3}total {3}block$/m);
    const colored = await peer.ask("-color=always", "-getinfo");
    assert.ok(colored.stdout.startsWith("\u001b[34mChain: regtest\u001b[0m\n"));

    const failures: readonly (readonly [readonly string[], number, RegExp])[] = [
      [["-generate"], 18, /^error code: -18\nerror message:\nNo wallet is loaded\./],
      [["nope"], 89, /Method not found/],
      [["getblockhash", "1"], 8, /^error code: -8\nerror message:\nBlock height out of range\n$/],
      [["getblock", "00".repeat(32)], 5, /^error code: -5\nerror message:\nBlock not found\n$/],
      [["decoderawtransaction", "00"], 22, /TX decode failed/],
      [["getblockhash"], 1, /^error code: -1\nerror message:\ngetblockhash height\n/],
      [["getblockhash", "x"], 1, /^error: Error parsing JSON: x\n$/],
      [[], 1, /^error: too few parameters \(need at least command\)\n$/],
      [["-getinfo", "-netinfo"], 1, /^error: Only one of /],
      [["-getinfo", "x"], 1, /^error: -getinfo takes no arguments\n$/],
      [["-rpcuser=a", "-rpcpassword=b", "uptime"], 1, /Incorrect rpcuser or rpcpassword/],
      [["-nonsense"], 1, /^Error parsing command line arguments: Invalid parameter -nonsense\n$/],
    ];
    for (const [args, status, words] of failures) {
      const ran = await peer.ask(...args);
      assert.match(ran.stderr, words);
      assert.deepEqual([ran.status, ran.stdout], [status, ""], args.join(" "));
    }
    assert.deepEqual(await peer.ask("stop"), {
      status: 0,
      stdout: "Compeer stopping\n",
      stderr: "",
    });
    assert.equal(await peer.ended(), 0);
  });
});
