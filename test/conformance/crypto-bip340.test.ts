import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeHex } from "@compeer/protocol/bytes/hex";
import { publicKeyX, signSchnorr } from "@compeer/protocol/crypto/keys";
import { signatureBackends } from "@compeer/protocol/crypto/secp256k1";
import { readVector, vectorsMissing } from "../testing/vectors.ts";

interface Row {
  readonly index: string;
  readonly secret: Uint8Array;
  readonly key: Uint8Array;
  readonly aux: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly valid: boolean;
}

function readRows(name: string): readonly Row[] {
  const lines = readVector(name).toString("utf8").trim().split(/\r?\n/).slice(1);
  return lines.map((line) => {
    const [index, secret, key, aux, message, signature, result] = line.split(",") as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    return {
      index,
      secret: decodeHex(secret),
      key: decodeHex(key),
      aux: decodeHex(aux),
      message: decodeHex(message),
      signature: decodeHex(signature),
      valid: result === "TRUE",
    };
  });
}

for (const file of ["core/functional/bip340_test_vectors.csv", "noble-secp256k1/schnorr.csv"]) {
  describe(`BIP340, ${file}`, { skip: vectorsMissing }, () => {
    for (const backend of vectorsMissing === false ? signatureBackends() : []) {
      it(`${backend.name} answers as expected`, (t) => {
        // Bitcoin signs hashes: messages of other lengths are outside of what a backend is asked.
        const rows = readRows(file);
        const asked = rows.filter((row) => row.message.length === 32);
        for (const { index, signature, message, key, valid } of asked) {
          assert.equal(backend.verifySchnorr(signature, message, key), valid, `row ${index}`);
        }
        assert.ok(asked.length >= 15);
        t.diagnostic(
          `${asked.length} rows, ${rows.length - asked.length} of other lengths left out`,
        );
      });
    }

    it("signing gives the expected keys and signatures", (t) => {
      const rows = vectorsMissing === false ? readRows(file) : [];
      const signed = rows.filter((row) => row.secret.length === 32 && row.message.length === 32);
      for (const { index, secret, key, aux, message, signature } of signed) {
        assert.deepEqual([...publicKeyX(secret)], [...key], `row ${index}`);
        assert.deepEqual([...signSchnorr(message, secret, aux)], [...signature], `row ${index}`);
      }
      assert.ok(signed.length >= 4);
      t.diagnostic(`${signed.length} rows`);
    });
  });
}
