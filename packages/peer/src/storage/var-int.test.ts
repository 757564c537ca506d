import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import { Reader } from "@compeer/protocol/bytes/reader";
import { Writer } from "@compeer/protocol/bytes/writer";
import fc from "fast-check";
import { readVarInt, varIntLength, writeVarInt } from "./var-int.ts";

function encode(value: number): Uint8Array {
  const writer = new Writer();
  writeVarInt(writer, value);
  return writer.finish();
}

describe("variable-length integers of the disk", () => {
  // The examples of src/serialize.h.
  const examples: readonly (readonly [number, string])[] = [
    [0, "00"],
    [1, "01"],
    [127, "7f"],
    [128, "8000"],
    [255, "807f"],
    [256, "8100"],
    [16383, "fe7f"],
    [16384, "ff00"],
    [16511, "ff7f"],
    [65535, "82fe7f"],
    [2 ** 32, "8efefeff00"],
  ];

  it("have the forms that Core's examples show", () => {
    for (const [value, hex] of examples) {
      assert.equal(encodeHex(encode(value)), hex);
      assert.equal(readVarInt(new Reader(decodeHex(hex))), value);
    }
  });

  it("come back as they were, and their length is known", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bytes = encode(value);
        assert.equal(bytes.length, varIntLength(value));
        assert.equal(readVarInt(new Reader(bytes)), value);
      }),
    );
  });

  it("end in an error when they are cut or go on past 64 bits", () => {
    assert.throws(() => readVarInt(new Reader(decodeHex("ff80"))), DecodeError);
    assert.throws(() => readVarInt(new Reader(new Uint8Array(11).fill(0xff))), DecodeError);
  });
});
