import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { bytesToFives, decodeBech32, encodeBech32 } from "./bech32.ts";

const DIGITS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const encoding = fc.constantFrom("bech32" as const, "bech32m" as const);
const prefix = fc.stringMatching(/^[a-z1-9]{1,8}$/);
const values = fc.uint8Array({ maxLength: 40 }).map(bytesToFives);

describe("decodeBech32", () => {
  it("gives back what encodeBech32 wrote, in either case", () => {
    fc.assert(
      fc.property(encoding, prefix, values, (name, start, wanted) => {
        const text = encodeBech32(name, start, wanted);
        const whole = { encoding: name, prefix: start, values: wanted };
        assert.deepEqual(decodeBech32(text), whole);
        assert.deepEqual(decodeBech32(text.toUpperCase()), whole);
      }),
    );
  });

  it("refuses a text with up to four other digits, as BIP173 promises", () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom(...DIGITS));
    const changes = fc.array(change, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(encoding, values, changes, (name, wanted, list) => {
        const text = encodeBech32(name, "bc", wanted);
        const letters = [...text];
        for (const [where, digit] of list) letters[3 + (where % (text.length - 3))] = digit;
        fc.pre(letters.join("") !== text);
        assert.notEqual(decodeBech32(letters.join(""))?.encoding, name);
      }),
      { numRuns: 500 },
    );
  });

  it("answers any text with a value or null", () => {
    fc.assert(fc.property(fc.string({ maxLength: 120 }), (text) => void decodeBech32(text)));
    assert.equal(decodeBech32("q".repeat(1_000_000)), null);
    assert.equal(decodeBech32(`1${"q".repeat(20)}`), null);
  });
});
