import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compareChunks } from "./cluster-order.ts";
import { Mempool } from "./mempool.ts";
import { type Cluster, type MempoolEntry, relatives } from "./mempool-entry.ts";
import { DEFAULT_MEMPOOL_OPTIONS } from "./mempool-options.ts";
import { draft, Ledger, type Spend } from "./testing/ledger.ts";

const COIN = 1e8;

/** What may happen to a mempool; numbers pick among what is there. */
type Step =
  | { readonly kind: "spend"; readonly picks: readonly number[]; readonly fee: number }
  | { readonly kind: "block"; readonly count: number }
  | { readonly kind: "reorg"; readonly depth: number }
  | { readonly kind: "prioritise"; readonly pick: number; readonly delta: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("spend" as const),
      picks: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      fee: fc.nat(20_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("block" as const), count: fc.nat(10) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("reorg" as const), depth: fc.nat(2) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("prioritise" as const),
      pick: fc.nat(),
      delta: fc.integer({ min: -5_000, max: 5_000 }),
    }),
  },
);

class Walk {
  readonly ledger = new Ledger();
  readonly mempool: Mempool;
  readonly #outputs: (Spend & { readonly value: number })[];

  constructor() {
    const log = { info: () => {}, debug: () => {}, error: (text: string) => assert.fail(text) };
    const parts = { chain: this.ledger, clock: { now: () => 1_700_000_000 }, log };
    const options = { ...DEFAULT_MEMPOOL_OPTIONS, maxUsage: 30_000, clusterCount: 8 };
    this.mempool = new Mempool(parts, options);
    const values = new Array(12).fill(COIN);
    this.#outputs = this.ledger.fund(values).map((spend) => ({ ...spend, value: COIN }));
  }

  async take(next: Step): Promise<void> {
    if (next.kind === "spend") await this.#spend(next.picks, next.fee);
    else if (next.kind === "block") await this.ledger.connect(this.#best(next.count));
    else if (next.kind === "reorg") await this.#reorganise(next.depth);
    else this.#prioritise(next.pick, next.delta);
    await this.mempool.settled();
  }

  /** Spends outputs that were ever made: unspent, spent in the mempool or confirmed as spent. */
  async #spend(picks: readonly number[], fee: number): Promise<void> {
    const positions = new Set(picks.map((pick) => pick % this.#outputs.length));
    const spends = [...positions].map((at) => this.#outputs[at] as Spend & { value: number });
    const total = spends.reduce((sum, { value }) => sum + value, 0) - fee;
    const values = [Math.ceil(total / 2), Math.floor(total / 2)];
    const { entry } = await this.mempool.submit(draft(spends, values));
    if (entry === null) return;
    values.forEach((value, index) => {
      this.#outputs.push({ txid: entry.txid, index, value });
    });
  }

  #best(count: number): MempoolEntry["tx"][] {
    const [block] = this.mempool.projectedBlocks(4_000_000, 1);
    const entries = (block?.chunks ?? []).flatMap(({ members }) => members);
    return entries.slice(0, count).map(({ tx }) => tx);
  }

  async #reorganise(depth: number): Promise<void> {
    await this.ledger.disconnect(Math.min(depth, this.ledger.blocks));
  }

  #prioritise(pick: number, delta: number): void {
    const entries = [...this.mempool.entries()];
    const entry = entries[pick % Math.max(entries.length, 1)];
    if (entry !== undefined) this.mempool.prioritise(entry.txid, delta);
  }
}

/** Works everything out again from the transactions alone. */
function check({ mempool, ledger }: Walk): void {
  const entries = [...mempool.entries()];
  const clusters = new Set<Cluster>();
  const spent = new Set<string>();
  for (const entry of entries) {
    clusters.add(entry.cluster);
    checkInputs(entry, mempool, ledger, spent);
    for (const child of entry.children) assert.ok(child.parents.has(entry));
    for (const direction of ["parents", "children"] as const) {
      const members = [...relatives(entry, direction)];
      const totals = direction === "parents" ? entry.ancestors : entry.descendants;
      assert.equal(totals.count, members.length);
      assert.equal(totals.fees, sum(members.map(({ modifiedFee }) => modifiedFee)));
      assert.equal(totals.vsize, sum(members.map(({ vsize }) => vsize)));
      for (const member of members) assert.equal(member.cluster, entry.cluster);
    }
  }
  assert.equal(sum([...clusters].map(({ members }) => members.length)), mempool.size);
  for (const cluster of clusters) checkCluster(cluster);
  checkOrder(mempool.clusters(), clusters);
  assert.equal(mempool.bytes, sum(entries.map(({ vsize }) => vsize)));
  assert.equal(mempool.usage, sum(entries.map(({ usage }) => usage)));
  assert.equal(mempool.totalFees, sum(entries.map(({ fee }) => fee)));
  assert.ok(mempool.usage <= mempool.options.maxUsage);
}

/** The order is kept from look to look; here it is held against the clusters that there are. */
function checkOrder(ordered: readonly Cluster[], clusters: ReadonlySet<Cluster>): void {
  assert.equal(ordered.length, clusters.size);
  assert.deepEqual(new Set(ordered), clusters);
  for (let i = 1; i < ordered.length; i++) {
    const [before, after] = [ordered[i - 1]?.chunks[0], ordered[i]?.chunks[0]];
    assert.ok(before !== undefined && after !== undefined && compareChunks(before, after) < 0);
  }
}

function checkInputs(
  entry: MempoolEntry,
  mempool: Mempool,
  ledger: Ledger,
  spent: Set<string>,
): void {
  const { tx } = entry;
  const parents = new Set<MempoolEntry>();
  for (let i = 0; i < tx.inputCount; i++) {
    const txid = tx.prevTxid(i);
    assert.equal(mempool.isSpent(txid, tx.prevIndex(i)), entry);
    const outpoint = `${txid.join()}:${tx.prevIndex(i)}`;
    assert.ok(!spent.has(outpoint), "two entries spend the same output");
    spent.add(outpoint);
    const parent = mempool.get(String.fromCharCode(...txid));
    if (parent !== undefined) parents.add(parent);
    else
      assert.notEqual(
        ledger.coins.getNow(txid, tx.prevIndex(i)),
        null,
        "an entry without its coin",
      );
  }
  assert.deepEqual(entry.parents, parents);
}

function checkCluster({ members, chunks }: Cluster): void {
  const order = chunks.flatMap((chunk) => chunk.members);
  assert.deepEqual(new Set(order), new Set(members));
  assert.equal(order.length, members.length);
  const before = new Set<MempoolEntry>();
  for (const member of order) {
    for (const parent of member.parents) assert.ok(before.has(parent));
    before.add(member);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe("TransactionPool", () => {
  it("keeps links, clusters and totals in step with any history", async () => {
    const history = fc.array(step, { minLength: 1, maxLength: 80, size: "max" });
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const walk = new Walk();
        for (const next of steps) {
          await walk.take(next);
          check(walk);
        }
      }),
      { numRuns: 40 },
    );
  });
});
