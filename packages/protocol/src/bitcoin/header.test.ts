import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../bytes/decode-error.ts";
import { sha256d } from "../crypto/sha256.ts";
import { decodeHeader, encodeHeader } from "./header.ts";

const bytes80 = fc.uint8Array({ minLength: 80, maxLength: 80 });

describe("header", () => {
  it("comes back from any 80 bytes as those bytes", () => {
    fc.assert(
      fc.property(bytes80, (bytes) => {
        const header = decodeHeader(bytes);
        assert.deepEqual(encodeHeader(header), bytes);
        assert.deepEqual(header.hash, sha256d(bytes));
      }),
    );
  });

  it("is none in fewer or more bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        fc.pre(bytes.length !== 80);
        assert.throws(() => decodeHeader(bytes), DecodeError);
      }),
    );
  });

  it("C20 takes every version, rolled bits and all, and keeps each bit of it", () => {
    fc.assert(
      fc.property(bytes80, fc.integer(), (bytes, version) => {
        const header = decodeHeader(encodeHeader({ ...decodeHeader(bytes), version }));
        assert.equal(header.version, version);
      }),
    );
  });
});
