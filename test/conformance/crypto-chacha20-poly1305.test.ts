import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { concatBytes, equalBytes } from "@compeer/protocol/bytes/compare";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import { TAG_SIZE } from "@compeer/protocol/crypto/aead";
import { openCipherContexts } from "@compeer/protocol/crypto/node/cipher-contexts";
import { cipherObjects } from "@compeer/protocol/crypto/node/cipher-objects";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

interface Suite {
  readonly testGroups: readonly {
    readonly ivSize: number;
    readonly tests: readonly (Readonly<
      Record<"comment" | "key" | "iv" | "aad" | "msg" | "ct" | "tag", string>
    > & { readonly tcId: number; readonly result: "valid" | "invalid" })[];
  }[];
}

/** BIP324 knows no other. */
const NONCE_BITS = 96;

describe("Wycheproof ChaCha20-Poly1305", { skip: vectorsMissing }, () => {
  for (const [name, aead] of Object.entries({
    cipherObjects,
    cipherContexts: openCipherContexts(),
  }))
    it(`${name} seals and opens what is valid and refuses the rest`, () => {
      assert.ok(aead !== null);
      const counts = { valid: 0, invalid: 0 };
      const { testGroups } = readJsonVector<Suite>("wycheproof/chacha20_poly1305_test.json");
      for (const { tests } of testGroups.filter(({ ivSize }) => ivSize === NONCE_BITS))
        for (const { tcId, comment, result, ...hex } of tests) {
          const label = `${tcId} ${comment}`;
          const [key, nonce, aad] = [decodeHex(hex.key), decodeHex(hex.iv), decodeHex(hex.aad)];
          const text = decodeHex(hex.msg);
          const packet = decodeHex(hex.ct + hex.tag);
          const sealed = concatBytes(text, new Uint8Array(TAG_SIZE));
          aead.seal(key, nonce, aad, sealed);
          assert.equal(equalBytes(sealed, packet), result === "valid", label);
          assert.equal(aead.open(key, nonce, aad, packet), result === "valid", label);
          if (result === "valid")
            assert.equal(encodeHex(packet.subarray(0, text.length)), hex.msg, label);
          counts[result]++;
        }
      assert.deepEqual(counts, { valid: 256, invalid: 60 });
    });
});
