import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  convertPublicKey,
  publicKey,
  publicKeyX,
  signEcdsa,
  signSchnorr,
  tweakSecret,
  tweakTapKey,
} from "./keys.ts";
import { bigEndian, GROUP_ORDER, writeBigEndian } from "./scalar.ts";
import { chooseSignatureBackend, signatureBackend, signatureBackends } from "./secp256k1.ts";
import { taggedHash } from "./tagged-hash.ts";

const SECRET = new Uint8Array(32).fill(7);
const HASH = new Uint8Array(32).fill(200);
const SIGNATURE = signEcdsa(HASH, SECRET);
const KEY = publicKey(SECRET);
const X = publicKeyX(SECRET);
const SCHNORR = signSchnorr(HASH, SECRET, new Uint8Array(32));

/** `bytes` with one changed bit. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

function highS(sig64: Uint8Array): Uint8Array {
  const copy = sig64.slice();
  writeBigEndian(copy, 32, GROUP_ORDER - bigEndian(sig64.subarray(32)));
  return copy;
}

/** The uncompressed form under another first byte. */
function hybrid(first: number): Uint8Array {
  const key = convertPublicKey(KEY, false) as Uint8Array;
  key[0] = first;
  return key;
}

describe("signatureBackends", () => {
  it("has at least WebAssembly and JavaScript, and the first is the one in use", () => {
    const backends = signatureBackends();
    assert.ok(backends.length >= 2);
    assert.equal(backends[0], signatureBackend());
    assert.equal(chooseSignatureBackend(), signatureBackend());
    assert.equal(chooseSignatureBackend("noble"), backends.at(-1));
    assert.throws(() => chooseSignatureBackend("openssl"), /openssl/);
  });
});

for (const backend of signatureBackends()) {
  describe(backend.name, () => {
    const ecdsa = (sig64: Uint8Array, key: Uint8Array): boolean =>
      backend.verifyEcdsa(sig64, HASH, key);

    it("accepts a signature with low s and its twin with high s", () => {
      assert.ok(ecdsa(SIGNATURE, KEY));
      assert.ok(ecdsa(highS(SIGNATURE), KEY));
    });

    it("accepts the uncompressed key, and the hybrid one only under its true parity", () => {
      const y = (convertPublicKey(KEY, false) as Uint8Array)[64] as number;
      assert.ok(ecdsa(SIGNATURE, hybrid(4)));
      assert.ok(ecdsa(SIGNATURE, hybrid(6 + (y & 1))));
      assert.ok(!ecdsa(SIGNATURE, hybrid(7 - (y & 1))));
      assert.ok(!ecdsa(SIGNATURE, hybrid(5)));
    });

    it("refuses a changed bit anywhere", () => {
      for (const at of [0, 31, 32, 63]) assert.ok(!ecdsa(flipped(SIGNATURE, at), KEY));
      for (const at of [0, 1, 32]) assert.ok(!ecdsa(SIGNATURE, flipped(KEY, at)));
      for (const at of [0, 31]) assert.ok(!backend.verifyEcdsa(SIGNATURE, flipped(HASH, at), KEY));
    });

    it("refuses r or s of zero or of the order", () => {
      for (const at of [0, 32]) {
        for (const value of [0n, GROUP_ORDER]) {
          const bad = SIGNATURE.slice();
          writeBigEndian(bad, at, value);
          assert.ok(!ecdsa(bad, KEY));
        }
      }
    });

    it("answers no, and does not throw, when a length is wrong", () => {
      for (const length of [0, 31, 33, 63, 65, 66]) {
        const odd = new Uint8Array(length);
        assert.ok(length === 33 || length === 65 || !ecdsa(SIGNATURE, odd));
        assert.ok(!ecdsa(odd, KEY));
        assert.ok(!backend.verifyEcdsa(SIGNATURE, odd, KEY));
        assert.ok(!backend.verifySchnorr(odd, HASH, X));
        assert.ok(!backend.verifySchnorr(SCHNORR, odd, X));
        assert.ok(!backend.verifySchnorr(SCHNORR, HASH, odd));
        assert.ok(!backend.checkTapTweak(odd, HASH, X, 0));
        assert.ok(!backend.checkTapTweak(X, odd, X, 0));
        assert.ok(!backend.checkTapTweak(X, HASH, odd, 0));
      }
    });

    it("reads its arguments out of shared memory", () => {
      const shared = new Uint8Array(new SharedArrayBuffer(200));
      shared.set(SIGNATURE, 1);
      shared.set(SCHNORR, 65);
      shared.set(HASH, 129);
      shared.set(KEY, 161);
      const [hash, key] = [shared.subarray(129, 161), shared.subarray(161, 194)];
      assert.ok(backend.verifyEcdsa(shared.subarray(1, 65), hash, key));
      assert.ok(backend.verifySchnorr(shared.subarray(65, 129), hash, key.subarray(1)));
    });

    it("accepts a BIP340 signature and refuses a changed bit anywhere", () => {
      assert.ok(backend.verifySchnorr(SCHNORR, HASH, X));
      for (const at of [0, 31, 32, 63]) {
        assert.ok(!backend.verifySchnorr(flipped(SCHNORR, at), HASH, X));
      }
      assert.ok(!backend.verifySchnorr(SCHNORR, flipped(HASH, 5), X));
      assert.ok(!backend.verifySchnorr(SCHNORR, HASH, flipped(X, 5)));
    });

    it("refuses a BIP340 s of zero and of the order", () => {
      for (const value of [0n, GROUP_ORDER]) {
        const bad = SCHNORR.slice();
        writeBigEndian(bad, 32, value);
        assert.ok(!backend.verifySchnorr(bad, HASH, X));
      }
    });

    it("knows the taproot output key of an internal key, and its parity", () => {
      for (const root of [new Uint8Array(0), HASH, SECRET]) {
        const output = tweakTapKey(X, root);
        assert.ok(output !== null);
        const tweak = taggedHash("TapTweak", X, root);
        const other = output.parity === 0 ? 1 : 0;
        assert.ok(backend.checkTapTweak(X, tweak, output.x, output.parity));
        assert.ok(!backend.checkTapTweak(X, tweak, output.x, other));
        assert.ok(!backend.checkTapTweak(X, flipped(tweak, 3), output.x, output.parity));
        assert.ok(!backend.checkTapTweak(X, tweak, flipped(output.x, 3), output.parity));
      }
    });

    it("makes the public key of a secret, and none of zero, of the order and of another length", () => {
      assert.deepEqual(backend.publicKey(SECRET), KEY);
      const order = new Uint8Array(32);
      writeBigEndian(order, 0, GROUP_ORDER);
      for (const none of [new Uint8Array(32), order, SECRET.subarray(1), KEY])
        assert.equal(backend.publicKey(none), null);
      assert.ok(ecdsa(SIGNATURE, KEY), "and what it held before is not mixed up");
    });

    it("adds a tweak to a public key as the secret key does", () => {
      for (const tweak of [HASH, SECRET, new Uint8Array(32)]) {
        const sum = tweakSecret(SECRET, tweak);
        assert.ok(sum !== null);
        assert.deepEqual(backend.tweakPublicKey(KEY, tweak), backend.publicKey(sum));
      }
      assert.ok(ecdsa(SIGNATURE, KEY));
    });

    it("adds nothing to what is no key, and gives no key at infinity", () => {
      const order = new Uint8Array(32);
      writeBigEndian(order, 0, GROUP_ORDER);
      const negated = new Uint8Array(32);
      writeBigEndian(negated, 0, GROUP_ORDER - bigEndian(SECRET));
      assert.equal(backend.tweakPublicKey(KEY, negated), null);
      assert.equal(backend.tweakPublicKey(KEY, order), null);
      assert.equal(backend.tweakPublicKey(X, HASH), null);
      assert.equal(backend.tweakPublicKey(KEY, KEY), null);
      assert.equal(backend.tweakPublicKey(Uint8Array.of(2, ...new Uint8Array(32)), HASH), null);
      assert.equal(backend.tweakPublicKey(Uint8Array.of(5, ...X), HASH), null);
    });

    it("takes a tweak of zero and refuses the order as a tweak", () => {
      const order = new Uint8Array(32);
      writeBigEndian(order, 0, GROUP_ORDER);
      assert.ok(backend.checkTapTweak(X, new Uint8Array(32), X, 0));
      assert.ok(!backend.checkTapTweak(X, order, X, 0));
    });
  });
}

describe("all backends", () => {
  it("agree on random and damaged signatures", () => {
    const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
      fc.uint8Array({ minLength: length, maxLength: length });
    const backends = signatureBackends();
    let valid = 0;
    fc.assert(
      fc.property(bytes(32), fc.nat(600), bytes(32), (hash, bit, secret) => {
        secret[0] = 1;
        const damage = (it: Uint8Array, from: number): Uint8Array =>
          bit >= from && bit < from + it.length ? flipped(it, bit - from) : it;
        const sig = damage(signEcdsa(hash, secret), 0);
        const schnorr = damage(signSchnorr(hash, secret, HASH), 64);
        const key = damage(publicKey(secret), 128);
        for (const backend of backends) {
          const answers = [
            backend.verifyEcdsa(sig, hash, key),
            backend.verifySchnorr(schnorr, hash, key.subarray(1)),
          ];
          const expected = [
            bit >= 64 && (bit < 128 || bit >= 161),
            bit < 64 || bit === 128 || bit >= 161,
          ];
          assert.deepEqual(answers, expected, backend.name);
        }
        valid++;
      }),
      { numRuns: 25 },
    );
    assert.equal(valid, 25);
  });
});
