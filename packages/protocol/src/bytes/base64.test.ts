import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { DecodeError } from "./decode-error.ts";

const bytes = fc.uint8Array({ maxLength: 100 });

describe("base64", () => {
  it("writes what Node writes, and reads it back", () => {
    fc.assert(
      fc.property(bytes, (data) => {
        const text = encodeBase64(data);
        assert.equal(text, Buffer.from(data).toString("base64"));
        assert.deepEqual(decodeBase64(text), data);
      }),
    );
  });

  it("refuses what is no base64, is not padded, or hides bits", () => {
    for (const text of [
      "A",
      "AA",
      "AAA",
      "A===",
      "AA=A",
      "====",
      "AB==",
      "AAB=",
      "AA A",
      "AAA-",
      "öAAA",
    ])
      assert.throws(() => decodeBase64(text), DecodeError, text);
  });
});
