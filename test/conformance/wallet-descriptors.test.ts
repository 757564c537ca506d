import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { hash160 } from "@compeer/protocol/crypto/hash160";
import { publicKey } from "@compeer/protocol/crypto/keys";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import { tapLeafHash, taprootMerkleRoot } from "@compeer/protocol/script/taproot-spend";
import { expandDescriptor, formatDescriptor } from "@compeer/protocol/wallet/expand-descriptor";
import { type Descriptor, parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import { type SigningScript, signingScripts } from "@compeer/protocol/wallet/signing-script";
import { readJsonVector, readVector, vectorsMissing } from "../testing/vectors.ts";

const MAIN = networkByName("main");

function parse(text: string, requireChecksum = false): readonly Descriptor[] {
  return parseDescriptor(text, MAIN, requireChecksum);
}

function parseOne(text: string): Descriptor {
  const [descriptor, ...more] = parse(text);
  assert.equal(more.length, 0);
  assert.ok(descriptor !== undefined);
  return descriptor;
}

function scriptsAt(descriptor: Descriptor, index: number): string[] {
  return expandDescriptor(descriptor, index).map(({ script }) => encodeHex(script));
}

function checkExpansion(text: string, rows: readonly (readonly string[])[]): void {
  const descriptor = parseOne(text);
  for (const [index, scripts] of rows.entries())
    assert.deepEqual(scriptsAt(descriptor, index), scripts, `${text} at ${index}`);
}

function unmark(text: string): string {
  return text.replaceAll("'", "h");
}

interface BipVector {
  readonly text: string;
  readonly rows: string[][];
}

interface BipVectors {
  readonly valid: readonly BipVector[];
  readonly invalid: readonly string[];
}

const textOf = (line: string): string => /<tt>((?:(?!<tt>).)*)<\/tt>\s*$/.exec(line)?.[1] ?? "";

/** The lists of BIP381–387: descriptors with their scripts, then what is no descriptor. */
function bipVectors(number: number): BipVectors {
  const lines = readVector(`bips/inline/bip-0${number}.txt`).toString("utf8").split("\n");
  const split = lines.findIndex((line) => /^Invalid/.test(line));
  assert.ok(split > 0);
  const valid: BipVector[] = [];
  for (const line of lines.slice(0, split)) {
    const vector = valid.at(-1);
    if (line.startsWith("* ")) valid.push({ text: textOf(line), rows: [] });
    else if (line.startsWith("** Child")) vector?.rows.push([]);
    else if (line.startsWith("***")) vector?.rows.at(-1)?.push(textOf(line));
    else if (line.startsWith("**") && vector?.text.startsWith("combo") && vector.rows.length > 0)
      vector.rows[0]?.push(textOf(line));
    else if (line.startsWith("**")) vector?.rows.push([textOf(line)]);
  }
  const invalid = lines
    .slice(split)
    .filter((line) => line.startsWith("* "))
    .map(textOf);
  return { valid, invalid };
}

describe("descriptors of the BIPs", { skip: vectorsMissing }, () => {
  it("BIP380: the checksum, and what may stand for a key", (t) => {
    const lines = readVector("bips/inline/bip-0380.txt").toString("utf8").split("\n");
    const list = (from: string, to: string): string[] =>
      lines
        .slice(lines.indexOf(from), to === "" ? lines.length : lines.indexOf(to))
        .filter((line) => line.startsWith("* "))
        .map(textOf);
    const [right = "", none = "", ...wrong] = list("==Test Vectors==", "Valid expressions:");
    assert.equal(parse(right, true).length, 1);
    assert.equal(parse(none).length, 1);
    for (const text of [none, ...wrong]) assert.throws(() => parse(text, true), DecodeError, text);
    const good = list("Valid expressions:", "Invalid expression:");
    for (const key of good) parseOne(`pkh(${key})`);
    const bad = list("Invalid expression:", "");
    for (const key of bad) assert.throws(() => parse(`pkh(${key})`), DecodeError, key);
    assert.deepEqual([wrong.length, good.length, bad.length], [6, 21, 16]);
    t.diagnostic(`${2 + wrong.length} checksums, ${good.length} keys, ${bad.length} that are none`);
  });

  for (const number of [381, 382, 383, 384, 385, 386, 387])
    it(`BIP${number}: the scripts of every descriptor, and no other is one`, (t) => {
      const { valid, invalid } = bipVectors(number);
      for (const { text, rows } of valid) checkExpansion(text, rows);
      for (const text of invalid) assert.throws(() => parse(text), DecodeError, text);
      assert.ok(valid.length >= 4 && invalid.length >= 3);
      t.diagnostic(`${valid.length} valid, ${invalid.length} invalid`);
    });

  it("BIP389: a multipath descriptor means those of its choices", (t) => {
    const { valid, invalid } = bipVectors(389);
    for (const { text, rows } of valid) {
      const choices = parse(text);
      assert.equal(choices.length, rows.length, text);
      for (const [index, descriptor] of choices.entries()) {
        const single = parseOne(rows[index]?.[0] ?? "");
        assert.equal(formatDescriptor(descriptor), formatDescriptor(single));
        assert.deepEqual(scriptsAt(descriptor, 7), scriptsAt(single, 7));
      }
    }
    for (const text of invalid) assert.throws(() => parse(text), DecodeError, text);
    assert.deepEqual([valid.length, invalid.length], [6, 8]);
    t.diagnostic(`${valid.length} valid, ${invalid.length} invalid`);
  });
});

interface ValidCase {
  readonly prv: string;
  readonly pub: string;
  readonly flags: readonly string[];
  readonly scripts: readonly (readonly string[])[];
}

interface UnparsableCase {
  readonly prv: string;
  readonly pub: string;
  readonly error: string;
}

interface CoreTests {
  readonly valid: readonly ValidCase[];
  readonly unparsable: readonly UnparsableCase[];
}

/** Core's list names its error with the public side; some lines were escaped on their way into JSON. */
function coreWords(error: string): string {
  return error.replaceAll("\\'", "'");
}

describe("descriptors of Core's descriptor_tests", { skip: vectorsMissing }, () => {
  const { valid, unparsable } =
    vectorsMissing === false
      ? readJsonVector<CoreTests>("core/derived/descriptor_tests.json")
      : { valid: [], unparsable: [] };

  it("means the same scripts, from secrets and from public keys", (t) => {
    for (const { prv, pub, flags, scripts } of valid) {
      checkExpansion(prv, scripts);
      const publicText = formatDescriptor(parseOne(pub));
      assert.equal(formatDescriptor(parseOne(prv)), publicText);
      assert.equal(unmark(publicText.split("#")[0] ?? ""), unmark(pub.split("#")[0] ?? ""));
      if (!flags.includes("HARDENED")) checkExpansion(pub, scripts);
    }
    assert.equal(valid.length, 67);
    t.diagnostic(`${valid.length} descriptors`);
  });

  it("needs for signing just the scripts that the output commits to, and every key", (t) => {
    let signable = 0;
    for (const { prv, scripts } of valid) {
      const descriptor = parseOne(prv);
      for (const [index, row] of scripts.entries()) {
        const found = signingScripts(descriptor, index);
        assert.deepEqual(
          found.map(({ script }) => encodeHex(script)),
          row,
        );
        for (const signing of found) checkSigning(signing);
        signable += found.filter(({ keys }) => keys.some(({ secret }) => secret !== null)).length;
      }
    }
    assert.ok(signable >= 90, `${signable}`);
    t.diagnostic(`${signable} scripts with a secret`);
  });

  it("refuses what Core refuses, in its words", (t) => {
    const counts = { same: 0, otherWords: 0 };
    for (const { prv, pub, error } of unparsable)
      for (const text of [prv, pub]) {
        if (text === "") continue;
        const message = messageOf(text);
        if (message === coreWords(error)) counts.same++;
        else counts.otherWords++;
      }
    t.diagnostic(`${counts.same} in Core's words, ${counts.otherWords} in others`);
    assert.ok(counts.same >= 162 && counts.otherWords <= 9, JSON.stringify(counts));
  });
});

/** Scripts hash to what stands in the scripts around them, and secrets make their keys. */
function checkSigning({ script, redeemScript, witnessScript, keys, taproot }: SigningScript): void {
  const holds = (outer: Uint8Array, hash: Uint8Array): void =>
    assert.ok(encodeHex(outer).includes(encodeHex(hash)));
  if (redeemScript !== null) holds(script, hash160(redeemScript));
  if (witnessScript !== null) holds(redeemScript ?? script, sha256(witnessScript));
  for (const { publicKey: key, secret } of keys)
    if (secret !== null) {
      const made = publicKey(secret, key.length !== 65);
      assert.equal(encodeHex(key.length === 32 ? made.subarray(1) : made), encodeHex(key));
    }
  if (taproot === null) return;
  assert.deepEqual(keys[0]?.publicKey, taproot.internalKey);
  for (const { script: leaf, version, controlBlock, hash, depth } of taproot.leaves) {
    assert.deepEqual(hash, tapLeafHash(version, leaf));
    assert.equal(controlBlock.length, 33 + 32 * depth);
    assert.deepEqual(taprootMerkleRoot(controlBlock, hash), taproot.merkleRoot);
    assert.ok(keys.some(({ leafHashes }) => leafHashes.some((each) => equalBytes(each, hash))));
  }
}

/** What a text is refused with. The list has private keys where Core names the public one. */
function messageOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error.message;
  }
  assert.fail(`understood: ${text}`);
}
