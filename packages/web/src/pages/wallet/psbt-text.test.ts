import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { psbtText } from "./psbt-text.ts";

const BYTES = Uint8Array.of(0x70, 0x73, 0x62, 0x74, 0xff, 0x01, 0x02);
const BASE64 = "cHNidP8BAg==";

describe("psbtText", () => {
  it("takes bytes, hex, base64 with line ends, and a file that holds either", () => {
    assert.equal(psbtText(BYTES), BASE64);
    assert.equal(psbtText("70736274FF0102"), BASE64);
    assert.equal(psbtText(" cHNidP8B\nAg==\n"), BASE64);
    assert.equal(psbtText(new TextEncoder().encode(`${BASE64}\n`)), BASE64);
  });

  it("says that something else is no PSBT", () => {
    for (const wrong of ["", "hello", "70736274", Uint8Array.of(1, 2, 3)])
      assert.throws(() => psbtText(wrong), /no PSBT/);
  });
});
