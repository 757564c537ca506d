import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MAX_MONEY } from "../bitcoin/amount.ts";
import { formatAmount, parseAmount, parseFixedPoint } from "./amount.ts";
import { JsonNumber } from "./json.ts";

describe("parseAmount", () => {
  it("reads back every amount that formatAmount writes, as number and as string", () => {
    fc.assert(
      fc.property(fc.nat(MAX_MONEY), (sats) => {
        assert.equal(parseAmount(formatAmount(sats)), sats);
        assert.equal(parseAmount(new JsonNumber(formatAmount(sats))), sats);
      }),
    );
  });

  it("reads the forms that Core's tests read", () => {
    const cases: [string, number][] = [
      ["0", 0],
      ["0.00000000", 0],
      ["0.00000001", 1],
      ["0.17622195", 17622195],
      ["0.5", 50000000],
      ["0.89898989", 89898989],
      ["100000000.00000000e-8", 100000000],
      ["20999999.9999999", 2099999999999990],
      ["20999999.99999999", 2099999999999999],
      ["1e-8", 1],
      ["0.1e-7", 1],
      ["0.01e-6", 1],
      ["0.00000000000000000000000000000000000001e+30", 1],
      ["10000000000000000000000000000000000000000000000000000000000000000e-64", 100000000],
      [`0.${"0".repeat(63)}1e64`, 100000000],
      [
        "0.00000000000000000000000000000000000000000000000000000000000000000000000001000e+74",
        100000000,
      ],
    ];
    for (const [text, sats] of cases) assert.equal(parseAmount(new JsonNumber(text)), sats, text);
  });

  it("refuses what is no amount, in Core's words", () => {
    for (const text of [
      "1e-9",
      "0.000000019",
      "1e11",
      "1e+1111",
      "x",
      "",
      "1.",
      ".5",
      "01",
      "+1",
      " 1",
      "0x1",
    ])
      assert.throws(() => parseAmount(text), { code: -3, message: "Invalid amount" }, text);
    for (const text of ["-0.00000001", "21000000.00000001", "93000000"])
      assert.throws(() => parseAmount(text), { code: -3, message: "Amount out of range" }, text);
    assert.throws(() => parseAmount(true), {
      code: -3,
      message: "Amount is not a number or string",
    });
  });
});

describe("parseFixedPoint", () => {
  it("stops short of 10^18", () => {
    assert.equal(parseFixedPoint("9999999999.99999999", 8), 999999999999999999n);
    assert.equal(parseFixedPoint("-9999999999.99999999", 8), -999999999999999999n);
    assert.equal(parseFixedPoint("10000000000.00000000", 8), null);
  });
});

describe("formatAmount", () => {
  it("always has eight decimals", () => {
    assert.equal(formatAmount(0), "0.00000000");
    assert.equal(formatAmount(-1), "-0.00000001");
    assert.equal(formatAmount(-123456789012), "-1234.56789012");
    assert.equal(formatAmount(MAX_MONEY), "21000000.00000000");
  });
});
