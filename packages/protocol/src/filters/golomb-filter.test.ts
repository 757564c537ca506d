import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { sipHash24 } from "../crypto/sip-hash.ts";
import { checkGolombFilter, encodeGolombFilter, matchesGolombFilter } from "./golomb-filter.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const script = fc.uint8Array({ minLength: 1, maxLength: 40 });
const scripts = fc.array(script, { maxLength: 60 });

/** BIP158 by the letter, with whole numbers of any size. */
function valuesOf(blockHash: Uint8Array, items: readonly Uint8Array[], count: number): bigint[] {
  const key = new Reader(blockHash);
  const [k0, k1] = [key.u64big(), key.u64big()];
  return items.map((item) => (sipHash24(k0, k1, item) * BigInt(count) * 784_931n) >> 64n);
}

describe("a Golomb filter", () => {
  it("matches each of its items, alone and among others", () => {
    fc.assert(
      fc.property(hash, scripts, scripts, (key, items, others) => {
        const filter = encodeGolombFilter(key, items);
        checkGolombFilter(filter);
        for (const item of items) {
          assert.ok(matchesGolombFilter(filter, key, [item]));
          assert.ok(matchesGolombFilter(filter, key, [...others, item]));
        }
      }),
    );
  });

  it("matches exactly what has the same reduced hash as an item", () => {
    fc.assert(
      fc.property(hash, scripts, script, (key, items, asked) => {
        const count = new Set(items.map((item) => item.join())).size;
        const inside = new Set(valuesOf(key, items, count));
        const expected = inside.has(valuesOf(key, [asked], count)[0] as bigint);
        assert.equal(matchesGolombFilter(encodeGolombFilter(key, items), key, [asked]), expected);
      }),
    );
  });

  it("matches nothing when it is empty or nothing is asked", () => {
    const key = new Uint8Array(32);
    assert.equal(matchesGolombFilter(encodeGolombFilter(key, []), key, [key]), false);
    assert.equal(matchesGolombFilter(encodeGolombFilter(key, [key]), key, []), false);
  });

  it("is refused when it is cut short or too long", () => {
    fc.assert(
      fc.property(hash, fc.array(script, { minLength: 1, maxLength: 30 }), (key, items) => {
        const filter = encodeGolombFilter(key, items);
        assert.throws(() => checkGolombFilter(Uint8Array.of(...filter, 0)), DecodeError);
        assert.throws(() => checkGolombFilter(filter.subarray(0, filter.length - 3)), DecodeError);
      }),
    );
  });

  it("of any bytes decodes or is refused, and takes time by its length alone", () => {
    fc.assert(
      fc.property(hash, fc.uint8Array({ maxLength: 200 }), (key, bytes) => {
        try {
          matchesGolombFilter(bytes, key, [key]);
          checkGolombFilter(bytes);
        } catch (error) {
          assert.ok(error instanceof DecodeError);
        }
      }),
    );
  });
});
