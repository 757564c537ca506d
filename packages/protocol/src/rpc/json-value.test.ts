import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonNumber, type JsonObject } from "./json.ts";
import {
  asHash,
  asHex,
  asInt,
  asInt64,
  asReal,
  asText,
  asUint32,
  checkMembers,
} from "./json-value.ts";
import { parseJson } from "./parse-json.ts";

describe("asInt", () => {
  it("takes whole numbers of 32 bits and no others", () => {
    assert.equal(asInt(new JsonNumber("-2147483648")), -2147483648);
    for (const text of ["2147483648", "1.0", "1e3", "-2147483649"])
      assert.throws(() => asInt(new JsonNumber(text)), {
        code: -1,
        message: "JSON integer out of range",
      });
    assert.throws(() => asInt("1"), {
      code: -3,
      message: "JSON value of type string is not of expected type number",
    });
  });

  it("has wider and unsigned sisters", () => {
    assert.equal(asInt64(new JsonNumber("9007199254740991")), 9007199254740991);
    assert.equal(asUint32(new JsonNumber("4294967295")), 4294967295);
    assert.throws(() => asUint32(new JsonNumber("-1")), { code: -1 });
    assert.throws(() => asInt64(new JsonNumber("9223372036854775808")), { code: -1 });
    assert.equal(asReal(new JsonNumber("1e3")), 1000);
    assert.throws(() => asReal(new JsonNumber("1e999")), { code: -1 });
  });
});

describe("asHash", () => {
  it("reverses the order and complains in Core's words", () => {
    assert.equal(asHash(`01${"00".repeat(31)}`, "txid")[31], 1);
    assert.throws(() => asHash("zz", "blockhash"), {
      code: -8,
      message: "blockhash must be of length 64 (not 2, for 'zz')",
    });
    const bad = "z".repeat(64);
    assert.throws(() => asHash(bad, "txid"), {
      code: -8,
      message: `txid must be hexadecimal string (not '${bad}')`,
    });
    assert.throws(() => asHash(null, "txid"), /of type null is not of expected type string/);
  });
});

describe("asHex", () => {
  it("wants at least one byte", () => {
    assert.deepEqual(asHex("00ff", "data"), Uint8Array.of(0, 255));
    for (const value of ["", "0", "zz", null, true])
      assert.throws(() => asHex(value, "data"), { code: -8 });
  });
});

describe("asText", () => {
  it("takes strings only", () => {
    assert.equal(asText(""), "");
    assert.throws(() => asText(true), { code: -3 });
  });
});

describe("checkMembers", () => {
  const object = parseJson('{"txid":"x","vout":1,"extra":null}') as JsonObject;

  it("wants every member with its type unless it may be missing", () => {
    checkMembers(object, { txid: "string", vout: "number" });
    checkMembers(object, { txid: "any", other: "string" }, { allowNull: true });
    assert.throws(() => checkMembers(object, { other: "string" }), {
      code: -3,
      message: "Missing other",
    });
    assert.throws(() => checkMembers(object, { vout: "string" }), {
      code: -3,
      message: "JSON value of type number for field vout is not of expected type string",
    });
  });

  it("refuses unknown members when strict", () => {
    assert.throws(
      () => checkMembers(object, { txid: "string", vout: "number" }, { strict: true }),
      {
        code: -3,
        message: "Unexpected key extra",
      },
    );
  });
});
