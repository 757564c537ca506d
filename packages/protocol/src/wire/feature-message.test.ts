import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeFeature, encodeFeature } from "./feature-message.ts";

const id = fc.stringMatching(/^[ -~]{4,80}$/);
const data = fc.uint8Array({ maxLength: 512 });

describe("feature (BIP434)", () => {
  it("comes back as it was sent", () => {
    fc.assert(
      fc.property(id, data, (name, bytes) => {
        const message = { type: "feature", id: name, data: bytes } as const;
        assert.deepEqual(decodeFeature(encodeFeature(message)), message);
      }),
    );
  });

  it("is refused when cut short or longer than it says", () => {
    const whole = encodeFeature({ type: "feature", id: "BIP9999", data: Uint8Array.of(1, 2) });
    for (let length = 0; length < whole.length; length++)
      assert.throws(() => decodeFeature(whole.subarray(0, length)), DecodeError);
    assert.throws(() => decodeFeature(Uint8Array.of(...whole, 0)), DecodeError);
  });

  it("has an id of 4 to 80 bytes and at most 512 of data", () => {
    const name = (length: number): number[] => [length, ...Array(length).fill(0x41)];
    assert.throws(() => decodeFeature(Uint8Array.of(...name(3), 0)), DecodeError);
    assert.throws(() => decodeFeature(Uint8Array.of(...name(81), 0)), DecodeError);
    const long = Uint8Array.of(...name(4), 0xfd, 1, 2, ...new Uint8Array(513));
    assert.throws(() => decodeFeature(long), DecodeError);
    assert.equal(decodeFeature(Uint8Array.of(...name(80), 0)).id.length, 80);
    assert.throws(() => encodeFeature({ type: "feature", id: "abc", data: long }), RangeError);
  });
});
