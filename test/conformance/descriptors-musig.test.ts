import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import { aggregatePublicKeys } from "@compeer/protocol/crypto/aggregate-keys";
import { expandDescriptor, formatDescriptor } from "@compeer/protocol/wallet/expand-descriptor";
import { parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { readJsonVector, readVector, vectorsMissing } from "../testing/vectors.ts";

const MAIN = networkByName("main");

interface Aggregation {
  readonly pubkeys: readonly string[];
  readonly valid_test_cases: readonly {
    readonly key_indices: readonly number[];
    readonly expected: string;
  }[];
  readonly error_test_cases: readonly {
    readonly key_indices: readonly number[];
    readonly tweak_indices: readonly number[];
  }[];
}

interface Synthetic {
  readonly aggregate_pubkey: string;
  readonly keys: readonly string[];
  readonly xpub: string;
}

/** Last text between <tt> and </tt>. */
const textOf = (line: string): string => /<tt>((?:(?!<tt>).)*)<\/tt>\s*$/.exec(line)?.[1] ?? "";

describe("musig()", { skip: vectorsMissing }, () => {
  it("BIP327: aggregates keys as they stand, and none that are no keys", () => {
    const { pubkeys, ...cases } = readJsonVector<Aggregation>(
      "bips/bip-0327/vectors/key_agg_vectors.json",
    );
    const keys = pubkeys.map((key) => decodeHex(key.toLowerCase()));
    const aggregate = (indices: readonly number[]): Uint8Array | null =>
      aggregatePublicKeys(indices.map((index) => keys[index] as Uint8Array));
    for (const { key_indices, expected } of cases.valid_test_cases) {
      const key = aggregate(key_indices);
      assert.ok(key !== null);
      assert.equal(encodeHex(key.subarray(1)), expected.toLowerCase());
    }
    const refused = cases.error_test_cases.filter(
      ({ tweak_indices }) => tweak_indices.length === 0,
    );
    // 65 bytes are a key to us, although no descriptor lets them come here.
    for (const { key_indices } of refused.slice(0, 2)) assert.equal(aggregate(key_indices), null);
    assert.deepEqual([cases.valid_test_cases.length, refused.length], [4, 3]);
  });

  it("BIP328: derives from the extended key that stands for the aggregate", () => {
    const cases = readJsonVector<readonly Synthetic[]>("bips/bip-0328/vectors.json");
    for (const { aggregate_pubkey, keys, xpub } of cases) {
      const aggregate = aggregatePublicKeys(keys.map((key) => decodeHex(key.toLowerCase())));
      assert.equal(aggregate && encodeHex(aggregate), aggregate_pubkey);
      const [plain] = parseDescriptor(`pk(${xpub})`, MAIN);
      assert.ok(plain !== undefined);
      const [{ script } = { script: new Uint8Array(0) }] = expandDescriptor(plain, 0);
      assert.equal(encodeHex(script), `21${aggregate_pubkey}ac`);
    }
    assert.equal(cases.length, 3);
  });

  it("BIP390: means these scripts, and stands nowhere but in taproot", (t) => {
    const lines = readVector("bips/inline/bip-0390.txt").toString("utf8").split("\n");
    const split = lines.findIndex((line) => line.startsWith("Invalid"));
    let valid = 0;
    for (const [at, line] of lines.slice(0, split).entries()) {
      if (!line.startsWith("* ")) continue;
      valid++;
      const [descriptor, ...more] = parseDescriptor(textOf(line), MAIN);
      assert.ok(descriptor !== undefined && more.length === 0);
      for (let index = 0; lines[at + 1 + index]?.startsWith("** "); index++) {
        const [first] = expandDescriptor(descriptor, index);
        assert.equal(first && encodeHex(first.script), textOf(lines[at + 1 + index] as string));
      }
      const [again] = parseDescriptor(formatDescriptor(descriptor), MAIN, true);
      assert.ok(again !== undefined);
      assert.equal(formatDescriptor(again), formatDescriptor(descriptor));
    }
    const invalid = lines.slice(split).filter((line) => line.startsWith("* "));
    for (const line of invalid)
      assert.throws(() => parseDescriptor(textOf(line), MAIN), DecodeError);
    assert.deepEqual([valid, invalid.length], [6, 14]);
    t.diagnostic(`${valid} valid, ${invalid.length} invalid`);
  });
});
