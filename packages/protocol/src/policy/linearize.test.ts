import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compareDiagrams } from "./fee-diagram.ts";
import { compareRates, feeAt, ratePerKvb } from "./fee-rate.ts";
import { type ClusterNode, linearize } from "./linearize.ts";

/** Clusters in which every parent comes before its children. */
function clusters(maxLength: number): fc.Arbitrary<ClusterNode[]> {
  const node = fc.record({
    fee: fc.nat(1000),
    size: fc.integer({ min: 1, max: 300 }),
    picks: fc.array(fc.nat(), { maxLength: 3 }),
  });
  return fc.array(node, { minLength: 1, maxLength }).map((nodes) =>
    nodes.map(({ fee, size, picks }, i) => ({
      fee,
      size,
      parents: i === 0 ? [] : [...new Set(picks.map((pick) => pick % i))],
    })),
  );
}

/** Every order that keeps parents first, as chunks would be without moving anything. */
function allOrders(nodes: readonly ClusterNode[]): number[][] {
  const orders: number[][] = [];
  const extend = (order: number[]): void => {
    if (order.length === nodes.length) orders.push(order);
    nodes.forEach(({ parents }, i) => {
      if (!order.includes(i) && parents.every((parent) => order.includes(parent)))
        extend([...order, i]);
    });
  };
  extend([]);
  return orders;
}

describe("linearize", () => {
  it("orders every transaction once, parents first, in chunks of falling rate", () => {
    fc.assert(
      fc.property(clusters(40), (nodes) => {
        const chunks = linearize(nodes);
        const order = chunks.flatMap(({ members }) => members);
        assert.equal(new Set(order).size, nodes.length);
        assert.equal(order.length, nodes.length);
        const seen = new Set<number>();
        for (const at of order) {
          for (const parent of nodes[at]?.parents ?? []) assert.ok(seen.has(parent));
          seen.add(at);
        }
        for (const [i, chunk] of chunks.entries()) {
          const before = chunks[i - 1];
          if (before !== undefined) assert.ok(compareRates(before, chunk) >= 0);
          assert.equal(
            chunk.fee,
            chunk.members.reduce((sum, at) => sum + (nodes[at]?.fee ?? 0), 0),
          );
        }
      }),
    );
  });

  it("is worth no less at any size than every other order of a few transactions", () => {
    fc.assert(
      fc.property(clusters(5), (nodes) => {
        const best = linearize(nodes);
        for (const order of allOrders(nodes)) {
          const other = order.map((at) => nodes[at] as ClusterNode);
          assert.ok(["better", "same"].includes(compareDiagrams(best, other)));
        }
      }),
    );
  });

  it("does not depend on the numbering of the transactions", () => {
    const child: ClusterNode = { fee: 900, size: 100, parents: [1] };
    const parent: ClusterNode = { fee: 100, size: 100, parents: [] };
    assert.deepEqual(linearize([child, parent]), [{ fee: 1000, size: 200, members: [1, 0] }]);
  });
});

describe("compareDiagrams", () => {
  it("tells better, worse, same and incomparable", () => {
    const cheap = [{ fee: 10, size: 10 }];
    const dear = [{ fee: 20, size: 10 }];
    assert.equal(compareDiagrams(dear, cheap), "better");
    assert.equal(compareDiagrams(cheap, dear), "worse");
    assert.equal(compareDiagrams(cheap, cheap), "same");
    assert.equal(compareDiagrams([{ fee: 15, size: 30 }], dear), "worse");
    assert.equal(compareDiagrams([{ fee: 21, size: 30 }], dear), "incomparable");
  });
});

describe("fee rates", () => {
  it("round fees up and rates down, like Core", () => {
    assert.equal(feeAt(100, 111), 12);
    assert.equal(feeAt(1000, 250), 250);
    assert.equal(feeAt(3000, 1), 3);
    assert.equal(ratePerKvb(12, 111), 108);
    assert.equal(ratePerKvb(1, 0), 0);
  });

  it("are exact where the product passes 2^53", () => {
    const amount = fc.integer({ min: -21e14, max: 21e14 });
    const size = fc.integer({ min: 1, max: 400_000 });
    fc.assert(
      fc.property(amount, size, amount, size, (feeA, sizeA, feeB, sizeB) => {
        const exact = BigInt(feeA) * BigInt(sizeB) - BigInt(feeB) * BigInt(sizeA);
        const order = compareRates({ fee: feeA, size: sizeA }, { fee: feeB, size: sizeB });
        assert.equal(Math.sign(order), exact > 0n ? 1 : exact < 0n ? -1 : 0);
        const up = feeAt(feeA, sizeA);
        const product = BigInt(feeA) * BigInt(sizeA);
        if (Number.isSafeInteger(up)) {
          assert.ok(BigInt(up) * 1000n >= product);
          assert.ok((BigInt(up) - 1n) * 1000n < product);
        }
      }),
    );
  });
});
