import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodeHex, encodeHex } from "../bytes/hex.ts";
import { decodeScriptNumber, encodeScriptNumber, isTrue } from "./script-number.ts";

describe("script numbers", () => {
  it("come back from their bytes", () => {
    const range = { min: -(2 ** 39) + 1, max: 2 ** 39 - 1 };
    fc.assert(
      fc.property(fc.integer(range), (value) => {
        assert.equal(decodeScriptNumber(encodeScriptNumber(value), true, 5), value);
      }),
    );
  });

  it("are minimal exactly when encoding gives the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4 }), (item) => {
        const value = decodeScriptNumber(item, false) as number;
        const isMinimal = decodeScriptNumber(item, true) !== null;
        assert.equal(isMinimal, encodeHex(encodeScriptNumber(value)) === encodeHex(item));
      }),
    );
  });

  it("have at most the bytes allowed", () => {
    assert.equal(decodeScriptNumber(decodeHex("0000008000"), false), null);
    assert.equal(decodeScriptNumber(decodeHex("0000008000"), false, 5), 2 ** 31);
    assert.equal(decodeScriptNumber(decodeHex("000000800000"), false, 5), null);
  });

  it("put the sign into the top bit", () => {
    assert.equal(encodeHex(encodeScriptNumber(-1)), "81");
    assert.equal(encodeHex(encodeScriptNumber(-255)), "ff80");
    assert.equal(encodeHex(encodeScriptNumber(128)), "8000");
    assert.equal(encodeHex(encodeScriptNumber(0)), "");
  });
});

describe("isTrue", () => {
  it("takes zero of any length and either sign as false", () => {
    for (const hex of ["", "00", "80", "0000", "000080"])
      assert.equal(isTrue(decodeHex(hex)), false, hex);
  });

  it("takes everything else as true", () => {
    for (const hex of ["01", "81", "8000", "0100", "000081", "0080000000"])
      assert.equal(isTrue(decodeHex(hex)), true, hex);
  });
});
