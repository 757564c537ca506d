import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { Random } from "../random.ts";
import { type MemorySample, memorySlope } from "./memory-slope.ts";
import { SoakEvents } from "./soak-events.ts";
import { SoakLiar } from "./soak-liar.ts";
import { complaints } from "./soak-log.ts";
import { SoakMesh } from "./soak-mesh.ts";
import type { SoakKind, SoakNode } from "./soak-node.ts";
import { SoakPayments } from "./soak-payments.ts";
import { mempoolsMeet, mineAll, sameCoins, sameMempools } from "./soak-peace.ts";
import { SoakTally } from "./soak-tally.ts";

/** Ten minutes are a day. */
const DAY = 86_400;
const DAY_SECONDS = 600;
/** What waits in a mempool for longer is dropped. */
const EXPIRY_HOURS = 2;
/** A miner leaves what pays less, so that some wait until then. */
const OPTIONS = [`-mempoolexpiry=${EXPIRY_HOURS}`, "-blockmintxfee=0.000005"];
/** The clock moves this often, and memory is looked at. */
const BEAT_MS = 2000;
const PEACE_EVERY_SECONDS = 30;

/** What grows while a process comes to rest is no slope. */
const SLOPE_MINUTES = 2;

const { COMPEER_SOAK_SECONDS, COMPEER_SOAK_SEED } = process.env;

/** For `skip`: false when somebody wants a soak, else why there is none. */
export const soakMissing: string | false =
  COMPEER_SOAK_SECONDS === undefined
    ? "NO SOAK: set COMPEER_SOAK_SECONDS; ten minutes are a day of the mesh"
    : false;

if (soakMissing !== false) process.stderr.write(`${soakMissing}\n`);

/**
 * Compresses a day of a mesh into minutes: payments, blocks, kills, reorganisations and floods as a seed has
 * them (COMPEER_SOAK_SEED), with peace between, in which all must have the same tip, coins and mempool.
 */
export async function runSoak(t: TestContext, kinds: readonly SoakKind[]): Promise<void> {
  const seconds = Number(COMPEER_SOAK_SECONDS);
  const seed = Number(COMPEER_SOAK_SEED ?? Date.now() % 1_000_000);
  t.diagnostic(`${kinds.join(", ")} for ${seconds} s, COMPEER_SOAK_SEED=${seed}`);
  const directory = mkdtempSync(join(tmpdir(), "compeer-soak-"));
  const soak = new Soak(t, directory, seed);
  try {
    await soak.run(kinds, seconds);
  } catch (error) {
    t.diagnostic(`seed ${seed}; logs are kept in ${directory}; until now: ${soak.tally.text}`);
    throw error;
  } finally {
    await soak.close();
  }
  rmSync(directory, { recursive: true });
}

class Soak {
  readonly tally = new SoakTally();
  readonly #t: TestContext;
  readonly #directory: string;
  readonly #random: Random;
  #mesh: SoakMesh | null = null;
  /** Longest from being joined to one tip and one set of coins. */
  #slowestMs = 0;

  constructor(t: TestContext, directory: string, seed: number) {
    this.#t = t;
    this.#directory = directory;
    this.#random = new Random(seed);
  }

  async run(kinds: readonly SoakKind[], seconds: number): Promise<void> {
    const random = this.#random;
    const mesh = await SoakMesh.start(this.#directory, kinds, OPTIONS, random);
    this.#mesh = mesh;
    const liar = new SoakLiar(mesh, random, this.tally);
    const payments = new SoakPayments(mesh, random, this.tally, liar);
    const events = new SoakEvents(mesh, payments, liar, random, this.tally);
    const [first] = mesh.nodes as [SoakNode];
    for (let i = 0; i < 13; i++) await events.mine(first, 10);
    await payments.refill(first);
    await payments.split(first, 20);
    await events.mine(first);
    await sameCoins(mesh, random);
    await payments.refill(first);

    const until = Date.now() + seconds * 1000;
    while (Date.now() < until) {
      const end = Math.min(until, Date.now() + PEACE_EVERY_SECONDS * 1000);
      await this.#war(mesh, events, end);
      await this.#peace(mesh, payments, events);
    }
    await this.#evening(mesh, payments, events, liar);
    this.#report(mesh, payments);
  }

  async #war(mesh: SoakMesh, events: SoakEvents, end: number): Promise<void> {
    let beatAt = Date.now();
    while (Date.now() < end) {
      await events.act();
      const waited = Date.now() - beatAt;
      if (waited < BEAT_MS) continue;
      beatAt = Date.now();
      await mesh.advance(Math.floor((waited * DAY) / DAY_SECONDS / 1000));
      for (const node of mesh.nodes) node.sampleResident();
    }
  }

  async #peace(mesh: SoakMesh, payments: SoakPayments, events: SoakEvents): Promise<void> {
    await events.end();
    await mesh.whole();
    const joinedAt = Date.now();
    const dials = mesh.dials;
    await sameCoins(mesh, this.#random);
    this.#slowestMs = Math.max(this.#slowestMs, Date.now() - joinedAt);
    await sameMempools(mesh);
    await mineAll(mesh, this.#random);
    await sameMempools(mesh);
    await payments.refill(mesh.nodes[0] as SoakNode);
    for (const node of mesh.nodes) await node.sampleUsed();
    this.tally.count("times of peace");
    this.tally.count("connections lost in peace", mesh.dials - dials);
  }

  /** What is left of the day expires everywhere. What comes then must reach all without help, whatever a liar says. */
  async #evening(
    mesh: SoakMesh,
    payments: SoakPayments,
    events: SoakEvents,
    liar: SoakLiar,
  ): Promise<void> {
    await mesh.advance(EXPIRY_HOURS * 3600 + 60);
    await mesh.whole();
    await liar.connect();
    for (let i = 0; i < 10; i++) await payments.single(2000);
    for (let i = 0; i < 3; i++) await payments.package();
    await payments.chain(2000);
    await mempoolsMeet(mesh, 10);
    for (const node of mesh.nodes) {
      await events.mine(node, 1, true);
      await sameCoins(mesh, this.#random);
      await payments.single(2000);
    }
    for (let i = 0; i < 10; i++) await payments.single(5000);
    await mempoolsMeet(mesh, 10);
    for (let i = 0; i < 3; i++) await payments.replacement();
    const pool = await mempoolsMeet(mesh, 10);
    const { txouts } = await sameCoins(mesh, this.#random);
    liar.leave();
    this.#t.diagnostic(`at the end ${txouts} coins and ${pool.length} in the mempool, everywhere`);
  }

  #report(mesh: SoakMesh, payments: SoakPayments): void {
    this.#t.diagnostic(this.tally.text);
    this.#t.diagnostic(`joined again, one chain after ${this.#slowestMs} ms at most`);
    for (const node of mesh.nodes) this.#t.diagnostic(memoryText(node));
    assert.deepEqual(payments.unexpected, []);
    assert.deepEqual(mesh.nodes.flatMap(complaints), []);
  }

  async close(): Promise<void> {
    for (const node of this.#mesh?.nodes ?? []) await node.kill().catch(() => undefined);
  }
}

/** The life that was watched longest tells. */
function memoryText({ name, kind, lives }: SoakNode): string {
  const [life] = lives.toSorted((a, b) => b.resident.length - a.resident.length);
  const { resident = [], used = [] } = life ?? {};
  const resting = kind === "compeer" ? `; in use ${slopeText(used)}` : "";
  return `${name} (${kind}): ${lives.length} lives; resident ${slopeText(resident)}${resting}`;
}

function slopeText(samples: readonly MemorySample[]): string {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return "not watched";
  const [from, to] = [first.mebibytes.toFixed(0), last.mebibytes.toFixed(0)];
  const minutes = last.minutes - first.minutes;
  const change = `${from} to ${to} MiB in ${minutes.toFixed(1)} min`;
  const slope = memorySlope(samples);
  if (slope === null || minutes < SLOPE_MINUTES) return `${change}, too briefly for a slope`;
  const perDay = (slope * DAY_SECONDS) / 60;
  return `${change}, ${slope.toFixed(2)} MiB/min, ${perDay.toFixed(0)} MiB a mocked day`;
}
