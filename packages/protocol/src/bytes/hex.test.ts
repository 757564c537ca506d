import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "./decode-error.ts";
import { decodeHex, encodeHex, isHex } from "./hex.ts";

describe("hex", () => {
  it("agrees with Buffer and comes back, in either case", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = encodeHex(bytes);
        assert.equal(text, Buffer.from(bytes).toString("hex"));
        assert.deepEqual(decodeHex(text), bytes);
        assert.deepEqual(decodeHex(text.toUpperCase()), bytes);
      }),
    );
  });

  it("decodes exactly the texts of hex digits in pairs", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 6 }), (text) => {
        const valid = /^([0-9a-fA-F]{2})*$/.test(text);
        assert.equal(isHex(text), valid && text !== "");
        if (valid) assert.equal(decodeHex(text).length, text.length / 2);
        else assert.throws(() => decodeHex(text), DecodeError);
      }),
    );
  });
});
