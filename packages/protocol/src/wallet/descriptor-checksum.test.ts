import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { descriptorChecksum } from "./descriptor-checksum.ts";

const CHARACTERS =
  "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
const text = fc
  .array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 120 })
  .map((letters) => letters.join(""));

describe("descriptorChecksum", () => {
  it("has eight characters of bech32 for every text of its alphabet", () => {
    fc.assert(
      fc.property(text, (payload) => {
        assert.match(descriptorChecksum(payload) ?? "", /^[02-9ac-hj-np-z]{8}$/);
      }),
    );
  });

  it("changes with any one character", () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.constantFrom(...CHARACTERS), (payload, where, letter) => {
        const at = where % payload.length;
        fc.pre(payload[at] !== letter);
        const changed = payload.slice(0, at) + letter + payload.slice(at + 1);
        assert.notEqual(descriptorChecksum(changed), descriptorChecksum(payload));
      }),
    );
  });

  it("is none for a text with any other character", () => {
    for (const payload of ["raw(Ü)", "raw(\n)", "raw(\u{1f600})", "\0"])
      assert.equal(descriptorChecksum(payload), null);
  });
});
