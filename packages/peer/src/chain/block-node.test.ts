import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeHeader, encodeHeader } from "@compeer/protocol/bitcoin/header";
import fc from "fast-check";
import { BlockNode } from "./block-node.ts";
import { VALID_SCRIPTS, VALID_TRANSACTIONS, VALID_TREE } from "./block-status.ts";
import { HeaderSlabs } from "./header-slab.ts";

function chainOf(times: readonly number[]): BlockNode[] {
  const slabs = new HeaderSlabs();
  const nodes: BlockNode[] = [];
  for (const [nonce, time] of times.entries()) {
    const parent = nodes.at(-1) ?? null;
    const fields = {
      version: 1,
      prevHash: parent?.hash ?? new Uint8Array(32),
      merkleRoot: new Uint8Array(32),
      time,
      bits: 0x207fffff,
      nonce,
    };
    const header = decodeHeader(encodeHeader(fields));
    nodes.push(new BlockNode(header, parent, slabs.put(header)));
  }
  return nodes;
}

describe("BlockNode", () => {
  it("finds every ancestor", () => {
    const nodes = chainOf(Array.from({ length: 3000 }, (_, i) => i));
    fc.assert(
      fc.property(fc.nat(2999), fc.nat(2999), (from, to) => {
        const found = nodes[from]?.ancestor(to);
        assert.equal(found, to > from ? null : nodes[to]);
      }),
    );
    assert.equal(nodes[5]?.ancestor(-1), null);
  });

  it("takes the median of eleven times, and of all where there are fewer", () => {
    const times = [9, 1, 8, 2, 7, 3, 6, 4, 5, 11, 10, 30, 20];
    const nodes = chainOf(times);
    assert.equal(nodes[0]?.medianTimePast, 9);
    assert.equal(nodes[1]?.medianTimePast, 9);
    assert.equal(nodes[2]?.medianTimePast, 8);
    assert.equal(nodes[10]?.medianTimePast, 6);
    const last = times.slice(2).sort((a, b) => a - b);
    assert.equal(nodes[12]?.medianTimePast, last[5]);
  });

  it("keeps its header and hash apart from all others", () => {
    for (const node of chainOf(Array.from({ length: 2500 }, (_, i) => i))) {
      const header = decodeHeader(node.header);
      assert.deepEqual(node.hash, header.hash);
      assert.equal(node.nonce, node.height);
      assert.equal(header.time, node.time);
    }
  });

  it("adds up work and remembers the latest time", () => {
    const nodes = chainOf([5, 9, 7]);
    assert.equal(nodes[2]?.chainWork, 6n);
    assert.equal(nodes[2]?.timeMax, 9);
  });

  it("is only ever checked further, and not at all once it failed", () => {
    const [node] = chainOf([1]) as [BlockNode];
    assert.equal(node.raiseValidity(VALID_TRANSACTIONS), true);
    assert.equal(node.raiseValidity(VALID_TREE), false);
    assert.equal(node.isValid(VALID_TREE), true);
    node.status |= 32;
    assert.equal(node.raiseValidity(VALID_SCRIPTS), false);
    assert.equal(node.isValid(VALID_TREE), false);
  });
});
