import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeHex, encodeHex } from "../bytes/hex.ts";
import {
  convertPublicKey,
  isValidPublicKey,
  isValidSecret,
  publicKey,
  publicKeyX,
  recoverPublicKey,
  signEcdsa,
  signRecoverable,
  signSchnorr,
  tweakPublicKey,
  tweakSecret,
  tweakTapKey,
  tweakTapSecret,
} from "./keys.ts";
import { GROUP_ORDER, writeBigEndian } from "./scalar.ts";
import { signatureBackend } from "./secp256k1.ts";
import { sha256, sha256d } from "./sha256.ts";

function secret(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  writeBigEndian(bytes, 0, value);
  return bytes;
}

const text = (words: string): Uint8Array => Uint8Array.from(words, (it) => it.charCodeAt(0));

describe("keys", () => {
  it("are secrets from 1 to the order less 1", () => {
    assert.ok(isValidSecret(secret(1n)));
    assert.ok(isValidSecret(secret(GROUP_ORDER - 1n)));
    assert.ok(!isValidSecret(secret(0n)));
    assert.ok(!isValidSecret(secret(GROUP_ORDER)));
    assert.ok(!isValidSecret(new Uint8Array(31).fill(1)));
  });

  it("have public keys in three forms, of which each converts to the others", () => {
    const generator = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    const compressed = publicKey(secret(1n));
    assert.equal(encodeHex(compressed), generator);
    assert.deepEqual(publicKeyX(secret(1n)), compressed.subarray(1));
    const long = publicKey(secret(1n), false);
    const hybrid = long.slice();
    hybrid[0] = 6;
    for (const key of [compressed, long, hybrid]) {
      assert.ok(isValidPublicKey(key));
      assert.deepEqual(convertPublicKey(key, true), compressed);
      assert.deepEqual(convertPublicKey(key, false), long);
    }
    hybrid[0] = 7;
    assert.ok(!isValidPublicKey(hybrid));
    assert.ok(!isValidPublicKey(new Uint8Array(33)));
    assert.ok(!isValidPublicKey(new Uint8Array(0)));
    assert.ok(!isValidPublicKey(Uint8Array.of(2, ...new Uint8Array(32).fill(255))));
  });
});

describe("signEcdsa", () => {
  it("gives r and s below half of their range, so that DER has at most 70 bytes", () => {
    for (let i = 1; i <= 12; i++) {
      const hash = sha256(Uint8Array.of(i));
      const signature = signEcdsa(hash, secret(BigInt(i)));
      assert.ok((signature[0] as number) < 0x80 && (signature[32] as number) < 0x80);
      assert.ok(signatureBackend().verifyEcdsa(signature, hash, publicKey(secret(BigInt(i)))));
    }
  });

  it("signs as Core does, key_tests.cpp", () => {
    // Key strSecret1, message "Very deterministic message".
    const key = decodeHex("12b004fff7f4b69ef8650e767f18f11ede158148b425660723b9f9a66e61f747");
    const signature = signEcdsa(sha256d(text("Very deterministic message")), key);
    assert.equal(
      encodeHex(signature),
      "5dbbddda71772d95ce91cd2d14b592cfbc1dd0aabd6a394b6c2d377bbe59d31d" +
        "14ddda21494a4e221f0824f0b8b924c43fa43c0ad57dccdaa11f81a6bd4582f6",
    );
  });
});

describe("signRecoverable", () => {
  it("lets the key be recovered in the form it was signed for", () => {
    const hash = sha256(text("message"));
    for (const compressed of [true, false]) {
      const signature = signRecoverable(hash, secret(5n), compressed);
      assert.equal(signature.length, 65);
      assert.deepEqual(recoverPublicKey(signature, hash), publicKey(secret(5n), compressed));
      assert.notDeepEqual(
        recoverPublicKey(signature, sha256(hash)),
        publicKey(secret(5n), compressed),
      );
    }
  });

  it("recovers nothing from a bad header, a zero or a wrong length", () => {
    const hash = sha256(text("message"));
    const signature = signRecoverable(hash, secret(5n));
    assert.equal(recoverPublicKey(signature.subarray(0, 64), hash), null);
    assert.equal(recoverPublicKey(Uint8Array.of(26, ...signature.subarray(1)), hash), null);
    assert.equal(recoverPublicKey(Uint8Array.of(35, ...signature.subarray(1)), hash), null);
    assert.equal(recoverPublicKey(Uint8Array.of(31, ...new Uint8Array(64)), hash), null);
  });
});

describe("tweaks", () => {
  it("of a secret and of its public key lead to the same key (BIP32)", () => {
    const tweak = sha256(text("tweak"));
    const child = tweakSecret(secret(9n), tweak) as Uint8Array;
    assert.deepEqual(tweakPublicKey(publicKey(secret(9n)), tweak), publicKey(child));
  });

  it("fail at the order and when the sum is zero", () => {
    assert.equal(tweakSecret(secret(9n), secret(GROUP_ORDER)), null);
    assert.equal(tweakSecret(secret(9n), secret(GROUP_ORDER - 9n)), null);
    assert.equal(tweakPublicKey(publicKey(secret(9n)), secret(GROUP_ORDER)), null);
    assert.equal(tweakPublicKey(publicKey(secret(9n)), secret(GROUP_ORDER - 9n)), null);
  });

  it("of taproot lead from both kinds of keys to one output key (BIP341)", () => {
    for (const value of [1n, 2n, 3n, 4n, 5n, 6n]) {
      for (const root of [new Uint8Array(0), sha256(text("root"))]) {
        const output = tweakTapKey(publicKeyX(secret(value)), root);
        const outputSecret = tweakTapSecret(secret(value), root) as Uint8Array;
        assert.deepEqual(output?.x, publicKeyX(outputSecret));
        const hash = sha256(text("spend"));
        const signature = signSchnorr(hash, outputSecret, new Uint8Array(32));
        assert.ok(signatureBackend().verifySchnorr(signature, hash, output?.x as Uint8Array));
      }
    }
  });
});
