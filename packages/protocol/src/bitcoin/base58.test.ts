import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodeBase58, decodeBase58Check, encodeBase58, encodeBase58Check } from "./base58.ts";

describe("base58", () => {
  it("writes a number in 58 digits, and a 1 for each leading zero byte", () => {
    const digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(3), (bytes, zeros) => {
        const padded = Uint8Array.of(...new Uint8Array(zeros), ...bytes);
        let text = "";
        let value = BigInt(`0x0${Buffer.from(padded).toString("hex")}`);
        for (; value > 0n; value /= 58n) text = (digits[Number(value % 58n)] as string) + text;
        const leading = padded.findIndex((byte) => byte !== 0);
        text = "1".repeat(leading < 0 ? padded.length : leading) + text;
        assert.equal(encodeBase58(padded), text);
        assert.deepEqual(decodeBase58(text, padded.length), padded);
      }),
    );
  });

  it("refuses other characters, and more bytes than asked for", () => {
    for (const text of ["0", "O", "I", "l", "2é", "2 2", "2\u00002", "2+"])
      assert.equal(decodeBase58(text, 100), null);
    assert.equal(decodeBase58("1111", 3), null);
    assert.equal(decodeBase58("z".repeat(100_000), 100), null);
  });

  it("does not mind white space around, as Core does not", () => {
    assert.deepEqual(decodeBase58(" \t\n\v\f\r2g \r\f\v\n\t ", 1), Uint8Array.of(0x61));
  });

  it("tells a changed character by the checksum", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), fc.nat(), (bytes, where) => {
        const text = encodeBase58Check(bytes);
        assert.deepEqual(decodeBase58Check(text, bytes.length), bytes);
        const at = where % text.length;
        const wrong = text[at] === "2" ? "3" : "2";
        assert.equal(decodeBase58Check(text.slice(0, at) + wrong + text.slice(at + 1), 40), null);
      }),
    );
    assert.equal(decodeBase58Check("", 10), null);
  });
});
