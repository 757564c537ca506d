import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { JsonNumber, JsonObject } from "./json.ts";
import { formatNumber, writeJson } from "./write-json.ts";

describe("writeJson", () => {
  it("writes compactly without an indent", () => {
    assert.equal(
      writeJson({ a: [1, null, true], b: undefined, c: "x" }),
      '{"a":[1,null,true],"c":"x"}',
    );
  });

  it("breaks lines as univalue does, even in an empty object", () => {
    assert.equal(writeJson({}, 2), "{\n}");
    assert.equal(writeJson([], 2), "[\n]");
    assert.equal(
      writeJson({ a: { b: [1] } }, 2),
      '{\n  "a": {\n    "b": [\n      1\n    ]\n  }\n}',
    );
  });

  it("escapes quotes, control characters and DEL", () => {
    assert.equal(
      writeJson('"\\/\b\f\n\r\t\u0001\u007fé'),
      '"\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u007fé"',
    );
  });

  it("keeps the order and repetition of a JsonObject's members", () => {
    assert.equal(
      writeJson(
        new JsonObject([
          ["9", 1],
          ["1", 2],
          ["9", 3],
        ]),
      ),
      '{"9":1,"1":2,"9":3}',
    );
  });

  it("writes exact numbers as they are", () => {
    assert.equal(
      writeJson([new JsonNumber("0.10000000"), 2n ** 70n]),
      "[0.10000000,1180591620717411303424]",
    );
  });
});

describe("formatNumber", () => {
  it("prints what a C++ stream with 16 digits prints", () => {
    assert.equal(formatNumber(4.656542373906925e-10), "4.656542373906925e-10");
    assert.equal(formatNumber(2.005426704717232e-6), "2.005426704717232e-06");
    assert.equal(formatNumber(0.1), "0.1");
    assert.equal(formatNumber(0.1 + 0.2), "0.3");
    assert.equal(formatNumber(0.0001), "0.0001");
    assert.equal(formatNumber(0.00001), "1e-05");
    assert.equal(formatNumber(1), "1");
    assert.equal(formatNumber(-0), "0");
    assert.equal(formatNumber(110451907374649.1), "110451907374649.1");
    assert.equal(formatNumber(1.5e22), "1.5e+22");
  });

  it("loses at most the seventeenth digit", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), (value) => {
        const back = Number(formatNumber(value));
        assert.ok(Math.abs(back - value) <= Math.abs(value) * 1e-15 + 1e-300);
      }),
    );
  });

  it("refuses what JSON cannot say", () => {
    assert.throws(() => formatNumber(Number.NaN), RangeError);
  });
});
