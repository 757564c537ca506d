import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "../bitcoin/networks/all.ts";
import { encodeHex } from "../bytes/hex.ts";
import { hash160 } from "../crypto/hash160.ts";
import { publicKey } from "../crypto/keys.ts";
import { sha256 } from "../crypto/sha256.ts";
import { parseDescriptor } from "./parse-descriptor.ts";
import { type Satisfier, satisfyScript } from "./satisfy-script.ts";
import { signingScripts } from "./signing-script.ts";

const KEYS = [1, 2, 3].map((n) => publicKey(new Uint8Array(32).fill(n)));
const [A = "", B = "", C = ""] = KEYS.map(encodeHex);
const PREIMAGE = new Uint8Array(32).fill(7);
const HASH = encodeHex(sha256(PREIMAGE));
const NOTHING = "";
const ONE = "01";

function witnessScript(inner: string): Uint8Array {
  const [descriptor] = parseDescriptor(`wsh(${inner})`, networkByName("main"));
  const [signing] = descriptor === undefined ? [] : signingScripts(descriptor, 0);
  assert.ok(signing?.witnessScript);
  return signing.witnessScript;
}

/** Knows the signatures of `signers`: 71 bytes that begin with the last byte of the key. */
function satisfier(signers: readonly string[], more: Partial<Satisfier> = {}): Satisfier {
  return {
    ecdsa: (key) => (signers.includes(encodeHex(key)) ? signature(encodeHex(key)) : null),
    schnorr: () => null,
    keyOfHash: (hash) => KEYS.find((key) => encodeHex(hash160(key)) === encodeHex(hash)) ?? null,
    preimage: () => null,
    isAfter: () => false,
    isOlder: () => false,
    ...more,
  };
}

function signature(key: string): Uint8Array {
  const bytes = new Uint8Array(71);
  bytes[0] = Number.parseInt(key.slice(-2), 16);
  return bytes;
}

function stack(inner: string, with_: Satisfier): string[] | null {
  const items = satisfyScript(witnessScript(inner), "wsh", with_);
  return items?.map(encodeHex) ?? null;
}

const sig = (key: string): string => encodeHex(signature(key));
const isOlder = (sequence: number): boolean => sequence <= 10;

describe("satisfyScript", () => {
  it("takes the cheaper of two ways that both need a signature", () => {
    const script = `or_d(pk(${A}),and_v(v:pkh(${B}),older(10)))`;
    assert.equal(stack(script, satisfier([B])), null);
    assert.deepEqual(stack(script, satisfier([B], { isOlder })), [sig(B), B, NOTHING]);
    assert.deepEqual(stack(script, satisfier([A, B], { isOlder })), [sig(A)]);
  });

  it("signs a threshold in the order of the script, bottom first", () => {
    const script = `thresh(2,pk(${A}),s:pk(${B}),s:pk(${C}))`;
    assert.deepEqual(stack(script, satisfier([A, C])), [sig(C), NOTHING, sig(A)]);
    assert.deepEqual(stack(`multi(2,${A},${B},${C})`, satisfier([C, A])), [
      NOTHING,
      sig(A),
      sig(C),
    ]);
    assert.equal(stack(script, satisfier([B])), null);
  });

  it("prefers the way without signature, which others could turn the other one into", () => {
    const script = `and_v(v:pk(${A}),or_i(pk(${B}),older(10)))`;
    assert.deepEqual(stack(script, satisfier([A, B], { isOlder })), [NOTHING, sig(A)]);
    assert.deepEqual(stack(script, satisfier([A, B])), [sig(B), ONE, sig(A)]);
  });

  it("shows a preimage of 32 bytes, and none of another length", () => {
    const script = `and_v(v:pk(${A}),sha256(${HASH}))`;
    const preimage = (length: number): Satisfier =>
      satisfier([A], { preimage: () => PREIMAGE.subarray(0, length) });
    assert.deepEqual(stack(script, preimage(32)), [encodeHex(PREIMAGE), sig(A)]);
    assert.equal(stack(script, preimage(31)), null);
  });

  it("has nothing for a script that is no miniscript", () => {
    for (const script of [new Uint8Array(0), Uint8Array.of(0x61), Uint8Array.of(0x4c)])
      for (const context of ["wsh", "tapscript"] as const)
        assert.equal(satisfyScript(script, context, satisfier([A])), null);
  });
});
