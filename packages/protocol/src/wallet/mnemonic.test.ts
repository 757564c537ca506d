import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createMnemonic, parseMnemonic } from "./mnemonic.ts";

const GOOD = "legal winner thank year wave sausage worth useful legal winner thank yellow";

async function faultOf(text: string): Promise<string> {
  const parsed = await parseMnemonic(text);
  return "fault" in parsed ? parsed.fault : "none";
}

describe("parseMnemonic", () => {
  it("reads back what createMnemonic made, of any length", async () => {
    const entropy = fc
      .constantFrom(16, 20, 24, 28, 32)
      .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
    await fc.assert(
      fc.asyncProperty(entropy, async (bytes) => {
        const mnemonic = await createMnemonic(bytes);
        assert.deepEqual(await parseMnemonic(mnemonic.words), mnemonic);
      }),
      { numRuns: 20 },
    );
  });

  it("does not mind capitals and spaces", async () => {
    const typed = ` ${GOOD.toUpperCase().replaceAll(" ", " \n ")}\t`;
    assert.deepEqual(await parseMnemonic(typed), { words: GOOD, language: "english" });
  });

  it("finds the language, the wide space of Japanese included", async () => {
    const made = await createMnemonic(new Uint8Array(16), "japanese");
    assert.deepEqual(await parseMnemonic(made.words.replaceAll(" ", "\u3000")), made);
  });

  it("says how many words there are", async () => {
    assert.equal(
      await faultOf("legal winner"),
      "A wallet has 12, 15, 18, 21 or 24 words; these are 2.",
    );
    assert.match(await faultOf(""), /these are 0/);
  });

  it("says which word is unknown and what may be meant", async () => {
    assert.equal(
      await faultOf(GOOD.replace("sausage", "sausgae")),
      'Word 6, "sausgae", is not in the list of words. Did you mean sausage?',
    );
    assert.match(await faultOf(GOOD.replace("year", "yea")), /^Word 4, "yea".* sea or year\?$/);
    assert.match(await faultOf(GOOD.replace("year", "yearr")), /^Word 4, "yearr".*mean year\?$/);
    assert.match(await faultOf(GOOD.replace("year", "yeer")), /^Word 4, "yeer".* or year\?$/);
    assert.equal(
      await faultOf(GOOD.replace("year", "qqqqqq")),
      'Word 4, "qqqqqq", is not in the list of words.',
    );
  });

  it("says that the checksum is wrong when words are swapped", async () => {
    assert.match(await faultOf(GOOD.replace("legal winner", "winner legal")), /checksum is wrong/);
  });
});
