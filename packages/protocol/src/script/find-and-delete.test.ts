import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { concatBytes } from "../bytes/compare.ts";
import { decodeHex, encodeHex } from "../bytes/hex.ts";
import { scriptOf } from "./build-script.ts";
import { findAndDelete } from "./find-and-delete.ts";

function cut(script: string, signature: string): string {
  return encodeHex(findAndDelete(decodeHex(script), decodeHex(signature)));
}

describe("findAndDelete", () => {
  it("C15: leaves a push that only contains the signature (CVE-2024-38365)", () => {
    assert.equal(cut("0402030405", "0304"), "0402030405");
    assert.equal(cut("03020304", "0203"), "03020304");
  });

  it("C15: leaves the signature behind a longer push opcode", () => {
    assert.equal(cut("4c020304ac", "0304"), "4c020304ac");
  });

  it("C15: finds a push only where an opcode begins", () => {
    assert.equal(cut("03020304020304", "0304"), "03020304");
    assert.equal(cut("0302020351", "0203"), "0302020351");
  });

  it("removes every push in a row", () => {
    assert.equal(cut("02030402030451020304ac", "0304"), "51ac");
  });

  it("takes OP_0 as the push of an empty signature", () => {
    assert.equal(cut("00510052", ""), "5152");
  });

  it("keeps what follows a push that the script ends within", () => {
    assert.equal(cut("0203040502", "0304"), "0502");
  });

  it("gives the script itself back when nothing is found", () => {
    const script = decodeHex("51ac");
    assert.equal(findAndDelete(script, decodeHex("ff")), script);
  });

  it("undoes pushes put between other parts", () => {
    const signature = fc.uint8Array({ minLength: 1, maxLength: 80 });
    const parts = fc.array(fc.integer({ min: 0x61, max: 0xff }), { maxLength: 20 });
    fc.assert(
      fc.property(signature, parts, parts, (sig, before, after) => {
        const script = scriptOf(...before, sig, ...after);
        const rest = concatBytes(scriptOf(...before), scriptOf(...after));
        assert.deepEqual(new Uint8Array(findAndDelete(script, sig)), rest);
      }),
    );
  });
});
