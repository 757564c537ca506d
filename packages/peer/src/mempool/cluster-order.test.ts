import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { ClusterOrder } from "./cluster-order.ts";
import type { Cluster } from "./mempool-entry.ts";

/** A pool of clusters of one transaction each. */
class Pool {
  readonly live = new Set<Cluster>();
  readonly order: ClusterOrder = new ClusterOrder(() => this.live);
  #made = 0;

  make(count: number, fee: number): void {
    for (let i = 0; i < count; i++) {
      const members = [{ txidKey: String(this.#made) }];
      const chunks = [{ fee: (fee + this.#made++ * 37) % 997, size: 100, members }];
      const cluster = { live: true, chunks } as unknown as Cluster;
      this.live.add(cluster);
      this.order.made(cluster);
    }
  }

  end(count: number): void {
    for (const cluster of [...this.live].slice(0, count)) {
      this.live.delete(cluster);
      cluster.live = false;
      this.order.ended();
    }
  }

  check(): void {
    const feeOf = ({ chunks }: Cluster): number => chunks[0]?.fee ?? 0;
    const keyOf = ({ chunks }: Cluster): string => chunks[0]?.members[0]?.txidKey ?? "";
    const expected = [...this.live].sort(
      (a, b) => feeOf(b) - feeOf(a) || (keyOf(a) < keyOf(b) ? -1 : 1),
    );
    assert.deepEqual(this.order.bestFirst().map(keyOf), expected.map(keyOf));
  }
}

it("the order is right whatever came and went while it was prepared", () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant("make"), count: fc.integer({ min: 1, max: 900 }) }),
    fc.record({ kind: fc.constant("end"), count: fc.integer({ min: 1, max: 900 }) }),
    fc.record({ kind: fc.constant("step"), count: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant("prepare"), count: fc.constant(1) }),
    fc.record({ kind: fc.constant("look"), count: fc.constant(1) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), fc.nat(996), (actions, fee) => {
      const pool = new Pool();
      let steps = pool.order.prepare();
      for (const { kind, count } of actions) {
        if (kind === "make") pool.make(count, fee);
        else if (kind === "end") pool.end(count);
        else if (kind === "look") pool.check();
        else if (kind === "prepare") {
          for (const _ of steps);
          steps = pool.order.prepare();
        } else for (let i = 0; i < count; i++) steps.next();
      }
      for (const _ of steps);
      pool.check();
    }),
    { numRuns: 60 },
  );
});
