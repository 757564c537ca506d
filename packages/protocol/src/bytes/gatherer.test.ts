import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { concatBytes } from "./compare.ts";
import { Gatherer } from "./gatherer.ts";

describe("Gatherer", () => {
  it("gives what came, whatever the pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3000 })), (pieces) => {
        const whole = concatBytes(...pieces);
        const gatherer = new Gatherer(whole.length);
        for (const piece of pieces) gatherer.push(piece);
        assert.equal(gatherer.missing, 0);
        assert.deepEqual(gatherer.take(), whole);
      }),
    );
  });

  it("takes room for what has arrived, not for what was announced (CVE-2015-3641)", () => {
    const gatherer = new Gatherer(4_000_000);
    assert.equal(gatherer.room, 0);
    for (let came = 1; came <= 100_000; came++) {
      gatherer.push(new Uint8Array(1));
      assert.ok(gatherer.room <= Math.max(4096, 2 * came));
    }
  });

  it("keeps nothing of the memory that a piece lies in", () => {
    const chunk = new Uint8Array(65_536);
    const gatherer = new Gatherer(10);
    gatherer.push(chunk.subarray(5, 15));
    assert.equal(gatherer.take().buffer.byteLength, 10);
  });
});
