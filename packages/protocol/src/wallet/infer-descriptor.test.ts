import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { networkByName } from "../bitcoin/networks/all.ts";
import { concatBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeHex, encodeHex } from "../bytes/hex.ts";
import { publicKey } from "../crypto/keys.ts";
import { expandDescriptor } from "./expand-descriptor.ts";
import { inferDescriptor } from "./infer-descriptor.ts";
import { parseDescriptor } from "./parse-descriptor.ts";
import { signingScripts } from "./signing-script.ts";

const MAIN = networkByName("main");
const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const framed = (head: number[], length: number, tail: number[]): fc.Arbitrary<Uint8Array> =>
  bytes(length).map((body) => concatBytes(Uint8Array.from(head), body, Uint8Array.from(tail)));

const script = fc.oneof(
  framed([0x76, 0xa9, 20], 20, [0x88, 0xac]),
  framed([0xa9, 20], 20, [0x87]),
  framed([0, 20], 20, []),
  framed([0, 32], 32, []),
  framed([0x51, 32], 32, []),
  framed([0x6a, 5], 5, []),
  fc.uint8Array({ maxLength: 60 }),
);

describe("inferDescriptor", () => {
  it("gives a descriptor, with checksum, of just that script", () => {
    fc.assert(
      fc.property(script, (wanted) => {
        const [descriptor, ...more] = parseDescriptor(inferDescriptor(wanted, MAIN), MAIN, true);
        assert.ok(descriptor !== undefined && more.length === 0);
        assert.deepEqual(
          expandDescriptor(descriptor, 0).map((each) => each.script),
          [wanted],
        );
      }),
    );
  });

  it("names the miniscript of a witness script, unless a key stands in it as a hash only", () => {
    const key = (n: number): string => encodeHex(publicKey(new Uint8Array(32).fill(n)));
    for (const [inner, isKnown] of [
      [`pk(${key(1)})`, true],
      [`multi(1,${key(1)},${key(2)})`, true],
      [`or_d(pk(${key(1)}),and_v(v:pk(${key(2)}),older(144)))`, true],
      [`or_d(pk(${key(1)}),and_v(v:pkh(${key(2)}),older(144)))`, false],
    ] as const) {
      const [descriptor] = parseDescriptor(`wsh(${inner})`, MAIN);
      const [signing] = descriptor === undefined ? [] : signingScripts(descriptor, 0);
      assert.ok(signing?.witnessScript);
      const text = inferDescriptor(signing.script, MAIN, signing.witnessScript).split("#")[0];
      if (isKnown) assert.equal(text, `wsh(${inner})`);
      else assert.match(text ?? "", /^addr/);
    }
  });

  it("names a key that is no point as Core does, although no parser takes it back", () => {
    const noPoint = `02${"ff".repeat(32)}`;
    const text = inferDescriptor(decodeHex(`21${noPoint}ac`), MAIN);
    assert.equal(text.split("#")[0], `pk(${noPoint})`);
    assert.throws(() => parseDescriptor(text, MAIN), DecodeError);
  });
});
