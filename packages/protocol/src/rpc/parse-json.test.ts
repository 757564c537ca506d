import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../bytes/decode-error.ts";
import { JsonNumber, type JsonObject, member } from "./json.ts";
import { parseJson } from "./parse-json.ts";
import { writeJson } from "./write-json.ts";

describe("parseJson", () => {
  it("reads what JSON.stringify writes, and writes it back", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        assert.deepEqual(JSON.parse(writeJson(parseJson(text))), JSON.parse(text));
      }),
    );
  });

  it("agrees with JSON.parse on what is JSON when a text is mutated", () => {
    const piece = fc.constantFrom('"', "{", "}", "[", "]", ",", ":", "1", "-", ".", "e", "n", " ");
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), piece, (value, at, mark) => {
        const text = JSON.stringify(value);
        const cut = at % (text.length + 1);
        const changed = text.slice(0, cut) + mark + text.slice(cut + 1);
        assert.equal(reads(changed), standard(changed), changed);
      }),
    );
  });

  it("keeps the digits of a number", () => {
    const number = parseJson("0.100000000000000000001");
    assert.ok(number instanceof JsonNumber);
    assert.equal(number.text, "0.100000000000000000001");
  });

  it("keeps repeated names and finds the first", () => {
    const object = parseJson('{"a":1,"a":2,"__proto__":3}') as JsonObject;
    assert.equal(object.entries.length, 3);
    assert.deepEqual(member(object, "a"), new JsonNumber("1"));
    assert.equal(member(object, "toString"), undefined);
  });

  it("opens 512 levels and no more", () => {
    assert.ok(parseJson("[".repeat(512) + "]".repeat(512)));
    assert.throws(() => parseJson("[".repeat(513) + "]".repeat(513)), DecodeError);
    assert.throws(() => parseJson("[".repeat(1_000_000)), DecodeError);
  });

  it("refuses half a surrogate pair and raw control characters", () => {
    for (const text of ['"\\ud800"', '"\\udc00"', '"\\ud800x"', '"a\nb"', '"\u0000"'])
      assert.throws(() => parseJson(text), DecodeError, text);
    assert.equal(parseJson('"\\ud83d\\ude00"'), "😀");
  });
});

function reads(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch (error) {
    assert.ok(error instanceof DecodeError);
    return false;
  }
}

function standard(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
