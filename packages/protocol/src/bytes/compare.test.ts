import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compareBytes, concatBytes, equalBytes } from "./compare.ts";

const short = fc.uint8Array({ maxLength: 4, max: 3 });

describe("compare", () => {
  it("orders bytes as Buffer.compare does", () => {
    fc.assert(
      fc.property(short, short, (a, b) => {
        const expected = Buffer.compare(a, b);
        assert.equal(Math.sign(compareBytes(a, b)), expected);
        assert.equal(equalBytes(a, b), expected === 0);
      }),
    );
  });

  it("joins parts in a row", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 5 })), (parts) => {
        assert.deepEqual(Buffer.from(concatBytes(...parts)), Buffer.concat(parts));
      }),
    );
  });
});
