import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodeHex, encodeHex } from "../bytes/hex.ts";
import { encodeDer, parseDerLax } from "./der.ts";

const ORDER = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const word = (hex: string): string => hex.padStart(64, "0");
const parsed = (hex: string): string | null => {
  const compact = parseDerLax(decodeHex(hex));
  return compact && encodeHex(compact);
};

describe("encodeDer", () => {
  it("strips leading zeros and keeps numbers positive (BIP66)", () => {
    const compact = decodeHex(word("80") + word("7f"));
    assert.equal(encodeHex(encodeDer(compact)), "30070202008002017f");
  });

  it("is undone by the lax parser for every r and s below the order", () => {
    const scalar = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((it) => it[0] !== 255);
    fc.assert(
      fc.property(scalar, scalar, (r, s) => {
        const compact = Uint8Array.of(...r, ...s);
        assert.deepEqual(parseDerLax(encodeDer(compact)), compact);
      }),
    );
  });
});

describe("parseDerLax (C10)", () => {
  const ONE_TWO = word("01") + word("02");

  it("reads strict DER", () => assert.equal(parsed("3006020101020102"), ONE_TWO));
  it("does not look at the length of the sequence", () => {
    assert.equal(parsed(`30ff${"00".repeat(127)}020101020102`), ONE_TWO);
    assert.equal(parsed("3000020101020102"), ONE_TWO);
  });
  it("reads a sequence length in long form", () => {
    assert.equal(parsed("308106020101020102"), ONE_TWO);
  });
  it("reads number lengths in long form, with leading zeros in them", () => {
    assert.equal(parsed("3000028200010102840000000102"), ONE_TWO);
  });
  it("lets bytes follow", () => assert.equal(parsed("3006020101020102ffff"), ONE_TWO));
  it("strips any number of zeros before a number", () => {
    assert.equal(parsed(`3000${"0223"}${"00".repeat(34)}01020102`), ONE_TWO);
  });
  it("reads a negative number as a positive one", () => {
    assert.equal(parsed("3006020181020182"), word("81") + word("82"));
  });
  it("reads an empty number as zero", () => {
    assert.equal(parsed("300402000200"), word("") + word(""));
  });
  it("gives zeros when a number reaches the order or has more than 32 bytes", () => {
    const zeros = word("") + word("");
    assert.equal(parsed(`3000022100${ORDER}020101`), zeros);
    assert.equal(parsed(`3000020101022100${ORDER}`), zeros);
    assert.equal(parsed(`3000022101${"00".repeat(32)}020101`), zeros);
    const below = `${ORDER.slice(0, -1)}0`;
    assert.equal(parsed(`3000022100${below}020101`), below + word("01"));
  });

  for (const [fact, hex] of [
    ["nothing at all", ""],
    ["another tag", "3106020101020102"],
    ["no length", "30"],
    ["a sequence length cut off", "308201"],
    ["no first number", "3006"],
    ["another tag for r", "3006030101020102"],
    ["no length of r", "300602"],
    ["an r cut off", "3006020301"],
    ["no second number", "3006020101"],
    ["another tag for s", "3006020101030102"],
    ["an s cut off", "3006020101020201"],
    ["a length of r in four bytes", "30000284010000000101020101"],
    ["a length of s that is cut off", "300602010102820001"],
  ] as const) {
    it(`refuses ${fact}`, () => assert.equal(parsed(hex), null));
  }

  it("reads within its view only", () => {
    const inside = decodeHex("ff3006020101020102ff").subarray(1, 9);
    assert.equal(encodeHex(parseDerLax(inside) as Uint8Array), ONE_TWO);
    assert.equal(parseDerLax(inside.subarray(0, 7)), null);
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), (bytes) => {
        const compact = parseDerLax(Uint8Array.of(0x30, 0x06, 0x02, ...bytes));
        assert.ok(compact === null || compact.length === 64);
      }),
    );
  });
});
