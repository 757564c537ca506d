import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compareBytes, equalBytes } from "@compeer/protocol/bytes/compare";
import { decodeHex } from "@compeer/protocol/bytes/hex";
import { encodeDer, parseDerLax } from "@compeer/protocol/crypto/der";
import { signatureBackends } from "@compeer/protocol/crypto/secp256k1";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

interface Case {
  readonly tcId: number;
  readonly comment: string;
  readonly msg: string;
  readonly sig: string;
  readonly result: "valid" | "invalid";
}

interface Suite {
  readonly numberOfTests: number;
  readonly testGroups: readonly {
    readonly publicKey: { readonly uncompressed: string };
    readonly tests: readonly Case[];
  }[];
}

/** Half of the order: s at or below it is low (BIP62, which only policy asks for). */
const HALF_ORDER = decodeHex("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/** The compact signature if `bytes` are strict DER, else null: the encoding is the script's business. */
function strictDer(bytes: Uint8Array): Uint8Array | null {
  const compact = parseDerLax(bytes);
  return compact !== null && equalBytes(encodeDer(compact), bytes) ? compact : null;
}

const raw = (bytes: Uint8Array): Uint8Array => bytes;

/** The `bitcoin` file refuses a high s. Consensus takes it, so there the test asks about s as well. */
const FILES = [
  { name: "ecdsa_secp256k1_sha256_bitcoin_test.json", decode: strictDer, lowS: true },
  { name: "ecdsa_secp256k1_sha256_test.json", decode: strictDer, lowS: false },
  { name: "ecdsa_secp256k1_sha256_p1363_test.json", decode: raw, lowS: false },
];

describe("W12 Wycheproof ECDSA", { skip: vectorsMissing }, () => {
  for (const backend of vectorsMissing === false ? signatureBackends() : []) {
    for (const { name, decode, lowS } of FILES) {
      it(`${name}: ${backend.name} answers as expected`, (t) => {
        const suite = readJsonVector<Suite>(`wycheproof/${name}`);
        const counts = { valid: 0, invalid: 0, highS: 0, notDer: 0 };
        for (const { publicKey, tests } of suite.testGroups) {
          const key = decodeHex(publicKey.uncompressed);
          for (const { tcId, comment, msg, sig, result } of tests) {
            const signature = decode(decodeHex(sig));
            if (signature === null) {
              assert.equal(result, "invalid", `${tcId} ${comment}: not strict DER`);
              counts.notDer++;
              continue;
            }
            const answer = backend.verifyEcdsa(signature, sha256(decodeHex(msg)), key);
            const tooHigh = lowS && compareBytes(signature.subarray(32), HALF_ORDER) > 0;
            assert.equal(answer && !tooHigh, result === "valid", `${tcId} ${comment}`);
            counts[answer && tooHigh ? "highS" : result]++;
          }
        }
        const ran = counts.valid + counts.invalid + counts.highS + counts.notDer;
        assert.equal(ran, suite.numberOfTests);
        t.diagnostic(`${ran} cases: ${JSON.stringify(counts)}`);
      });
    }
  }
});
