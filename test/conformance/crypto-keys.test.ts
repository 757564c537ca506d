import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import {
  convertPublicKey,
  isValidPublicKey,
  isValidSecret,
  publicKey,
  publicKeyX,
  signEcdsa,
  tweakPublicKey,
  tweakTapKey,
  tweakTapSecret,
} from "@compeer/protocol/crypto/keys";
import { signatureBackends } from "@compeer/protocol/crypto/secp256k1";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

interface Ecdsa {
  readonly valid: readonly { readonly d: string; readonly m: string; readonly signature: string }[];
  readonly invalid: {
    readonly sign: readonly { readonly d: string; readonly description: string }[];
    readonly verify: readonly {
      readonly description: string;
      readonly Q: string;
      readonly m: string;
      readonly signature: string;
    }[];
  };
}

const skip = vectorsMissing;
const isLow = (word: string): boolean => word < "8";

describe("noble-secp256k1/ecdsa.json", { skip }, () => {
  const ecdsa = (): Ecdsa => readJsonVector<Ecdsa>("noble-secp256k1/ecdsa.json");

  it("signing gives the expected signature wherever its r is low already", (t) => {
    let equal = 0;
    const sample = ecdsa().valid.filter((_, i) => i % 5 === 0);
    for (const { d, m, signature } of sample) {
      const signed = encodeHex(signEcdsa(decodeHex(m), decodeHex(d)));
      assert.ok(isLow(signed));
      if (!isLow(signature)) continue;
      assert.equal(signed, signature);
      equal++;
    }
    assert.ok(equal > 50);
    t.diagnostic(`${sample.length} signed, ${equal} with an r that needed no second try`);
  });

  for (const backend of skip === false ? signatureBackends() : []) {
    it(`${backend.name} accepts the valid and refuses the invalid`, (t) => {
      const { valid, invalid } = ecdsa();
      const step = backend.name.startsWith("noble") ? 10 : 1;
      const sample = valid.filter((_, i) => i % step === 0);
      for (const { d, m, signature } of sample) {
        const key = publicKey(decodeHex(d));
        assert.ok(backend.verifyEcdsa(decodeHex(signature), decodeHex(m), key));
      }
      for (const { description, Q, m, signature } of invalid.verify) {
        const answer = backend.verifyEcdsa(decodeHex(signature), decodeHex(m), decodeHex(Q));
        // "strict" is the library's word for policy: consensus takes a high s.
        assert.equal(answer, description.includes("strict"), description);
      }
      t.diagnostic(`${sample.length} valid, ${invalid.verify.length} invalid`);
    });
  }

  it("none of the invalid secrets is a secret", (t) => {
    const secrets = ecdsa().invalid.sign.filter(({ description }) => /private/i.test(description));
    for (const { d, description } of secrets) {
      assert.equal(isValidSecret(decodeHex(d)), false, description);
    }
    assert.ok(secrets.length > 0);
    t.diagnostic(`${secrets.length} secrets`);
  });
});

describe("noble-secp256k1/rfc6979.json", { skip }, () => {
  it("the r of a signature is the x of the expected nonce", (t) => {
    const cases = readJsonVector<{ message: string; d: string; k0: string }[]>(
      "noble-secp256k1/rfc6979.json",
    );
    let compared = 0;
    for (const { message, d, k0 } of cases) {
      const r = encodeHex(publicKeyX(decodeHex(k0)));
      if (!isLow(r)) continue; // Core takes another nonce then
      const hash = sha256(new TextEncoder().encode(message));
      assert.equal(encodeHex(signEcdsa(hash, decodeHex(d)).subarray(0, 32)), r);
      compared++;
    }
    assert.ok(compared > 0);
    t.diagnostic(`${compared} of ${cases.length} have a low r`);
  });
});

interface Points {
  readonly valid: {
    readonly isPoint: readonly { readonly P: string; readonly expected: boolean }[];
    readonly pointAddScalar: readonly {
      readonly P: string;
      readonly d: string;
      readonly expected: string | null;
    }[];
    readonly pointCompress: readonly {
      readonly P: string;
      readonly compress?: boolean;
      readonly expected: string;
    }[];
    readonly pointFromScalar: readonly { readonly d: string; readonly expected: string }[];
  };
}

describe("noble-secp256k1/points.json", { skip }, () => {
  const points = (): Points["valid"] => readJsonVector<Points>("noble-secp256k1/points.json").valid;

  it("says of each whether it is a public key", (t) => {
    const { isPoint } = points();
    for (const { P, expected } of isPoint)
      assert.equal(isValidPublicKey(decodeHex(P)), expected, P);
    t.diagnostic(`${isPoint.length} points`);
  });

  it("adds scalars, converts forms and derives public keys", (t) => {
    const { pointAddScalar, pointCompress, pointFromScalar } = points();
    for (const { P, d, expected } of pointAddScalar) {
      const sum = tweakPublicKey(decodeHex(P), decodeHex(d));
      assert.equal(sum && encodeHex(sum), expected);
    }
    for (const { P, compress = true, expected } of pointCompress) {
      const converted = convertPublicKey(decodeHex(P), compress);
      assert.equal(converted && encodeHex(converted), expected);
    }
    for (const { d, expected } of pointFromScalar) {
      assert.equal(encodeHex(publicKey(decodeHex(d))), expected);
    }
    const counts = [pointAddScalar, pointCompress, pointFromScalar].map((it) => it.length);
    t.diagnostic(`${counts.join(" + ")} cases`);
  });
});

interface Taproot {
  readonly scriptPubKey: readonly {
    readonly given: { readonly internalPubkey: string };
    readonly intermediary: {
      readonly merkleRoot: string | null;
      readonly tweak: string;
      readonly tweakedPubkey: string;
    };
  }[];
  readonly keyPathSpending: readonly {
    readonly inputSpending: readonly {
      readonly given: { readonly internalPrivkey: string; readonly merkleRoot: string | null };
      readonly intermediary: { readonly tweakedPrivkey: string };
    }[];
  }[];
}

describe("core/bip341_wallet_vectors.json", { skip }, () => {
  it("leads from internal keys to output keys, which every backend confirms", (t) => {
    const vectors = readJsonVector<Taproot>("core/bip341_wallet_vectors.json");
    for (const { given, intermediary } of vectors.scriptPubKey) {
      const internal = decodeHex(given.internalPubkey);
      const output = tweakTapKey(internal, decodeHex(intermediary.merkleRoot ?? ""));
      assert.ok(output !== null);
      assert.equal(encodeHex(output.x), intermediary.tweakedPubkey);
      for (const backend of signatureBackends()) {
        const tweak = decodeHex(intermediary.tweak);
        assert.ok(backend.checkTapTweak(internal, tweak, output.x, output.parity), backend.name);
      }
    }
    const spends = vectors.keyPathSpending.flatMap((it) => it.inputSpending);
    for (const { given, intermediary } of spends) {
      const root = decodeHex(given.merkleRoot ?? "");
      const secret = tweakTapSecret(decodeHex(given.internalPrivkey), root);
      assert.equal(secret && encodeHex(secret), intermediary.tweakedPrivkey);
    }
    t.diagnostic(`${vectors.scriptPubKey.length} output keys, ${spends.length} secrets`);
  });
});
