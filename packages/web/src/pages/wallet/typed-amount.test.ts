import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { typedAmount, typedRate } from "./typed-amount.ts";

describe("typedAmount", () => {
  it("reads what people type", () => {
    const typed = ["1", "0.1", ".5", "0,25", "1 000.5", "007", "20999999.99999999", "2."];
    assert.deepEqual(
      typed.map((text) => typedAmount(text).sats),
      [1e8, 1e7, 5e7, 25e6, 100_050_000_000, 7e8, 2_099_999_999_999_999, 2e8],
    );
  });

  it("says what is wrong, one sentence each", () => {
    const errors: { readonly [text: string]: RegExp } = {
      "": /how much/,
      " ": /how much/,
      one: /not a number/,
      "-1": /not a number/,
      "1e3": /not a number/,
      "0x10": /not a number/,
      "0.123456789": /eight decimals/,
      "21000000.00000001": /21 million/,
      "99999999999999999999": /21 million/,
      "0": /more than nothing/,
      "0.00": /more than nothing/,
    };
    for (const [text, error] of Object.entries(errors)) {
      const typed = typedAmount(text);
      assert.equal(typed.sats, null, text);
      assert.match(typed.error as string, error, text);
    }
  });
});

describe("typedRate", () => {
  it("reads satoshis a virtual byte with up to three decimals, and nothing else", () => {
    assert.equal(typedRate("2.125"), 2.125);
    assert.equal(typedRate(" 1,5 "), 1.5);
    for (const text of ["", "0", "-1", "1.2345", "x", "1000000"])
      assert.equal(typedRate(text), null);
  });
});
