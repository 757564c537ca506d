import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { encodeUtf8 } from "./utf8.ts";

describe("UTF-8", () => {
  it("writes any text as TextEncoder does, lone surrogates included", () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit }), fc.string({ unit: "binary" })), (text) => {
        assert.deepEqual(encodeUtf8(text), new TextEncoder().encode(text));
      }),
    );
  });
});
