import assert from "node:assert/strict";
import { test } from "node:test";
import { ExtendedKey } from "@compeer/protocol/crypto/hd-key";
import { WORD_LANGUAGES, type WordLanguage, wordList } from "@compeer/protocol/crypto/mnemonic";
import { createMnemonic, mnemonicSeed, parseMnemonic } from "@compeer/protocol/wallet/mnemonic";
import { readJsonVector, readVector, vectorsMissing } from "../testing/vectors.ts";

const NAME = "bip39/vectors.json";
const VERSIONS = { public: 0x0488b21e, private: 0x0488ade4 };

/** Languages that the vectors call otherwise. */
const NAMES: Record<string, WordLanguage> = {
  chinese_simplified: "simplified-chinese",
  chinese_traditional: "traditional-chinese",
};

test("entropy gives BIP39's words, and the words its seed and key", {
  skip: vectorsMissing,
}, async () => {
  const vectors = readJsonVector<Record<string, readonly [string, string, string, string][]>>(NAME);
  let count = 0;
  for (const [name, rows] of Object.entries(vectors)) {
    const language = NAMES[name] ?? WORD_LANGUAGES.find((each) => each === name);
    if (language === undefined) continue; // lists that BIP39 does not have
    for (const [entropy, words, seed, key] of rows) {
      const made = await createMnemonic(Buffer.from(entropy, "hex"), language);
      const normal = words.normalize("NFKD").replaceAll("\u3000", " ");
      assert.equal(made.words, normal);
      assert.ok(!("fault" in (await parseMnemonic(words))), words);
      const computed = await mnemonicSeed(made, "TREZOR");
      assert.equal(Buffer.from(computed).toString("hex"), seed);
      assert.equal(ExtendedKey.fromSeed(computed, VERSIONS).formatPrivate(), key);
      count++;
    }
  }
  assert.equal(count, 24 * WORD_LANGUAGES.length);
});

test("the lists of words are those of BIP39", {
  skip: vectorsMissing,
}, async () => {
  for (const language of WORD_LANGUAGES) {
    const file = Object.keys(NAMES).find((name) => NAMES[name] === language) ?? language;
    const words = readVector(`bips/bip-0039/${file}.txt`).toString("utf8").trim().split("\n");
    const normal = (list: readonly string[]): string[] =>
      list.map((word) => word.normalize("NFKD"));
    assert.deepEqual(normal(await wordList(language)), normal(words), language);
  }
});
