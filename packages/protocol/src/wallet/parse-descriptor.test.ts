import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { networkByName } from "../bitcoin/networks/all.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { encodeHex } from "../bytes/hex.ts";
import { publicKey } from "../crypto/keys.ts";
import { descriptorChecksum } from "./descriptor-checksum.ts";
import {
  expandDescriptor,
  expandScripts,
  formatDescriptor,
  hasSecrets,
  isRanged,
} from "./expand-descriptor.ts";
import { type Descriptor, parseDescriptor } from "./parse-descriptor.ts";

const MAIN = networkByName("main");
/** The master keys of the first test vector of BIP32. */
const XPUB =
  "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8";
const XPRV =
  "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi";

const KEYS = [1, 2, 3, 4].map((last) => {
  const secret = new Uint8Array(32);
  secret[31] = last;
  return encodeHex(publicKey(secret, true));
});
const [KEY = ""] = KEYS;

const constantKey = fc.constantFrom(...KEYS);
const origin = fc.constantFrom("", "[deadbeef]", "[0000ffff/44'/0'/1]", "[d34db33f/1h/2]");
const key = fc.oneof(
  fc.tuple(origin, constantKey).map((parts) => parts.join("")),
  fc
    .tuple(origin, fc.constantFrom("", "/0", "/1/2"), fc.constantFrom("", "/*"))
    .map(([start, path, wildcard]) => `${start}${XPUB}${path}${wildcard}`),
);
const keys = (most: number): fc.Arbitrary<string> =>
  fc.array(key, { minLength: 1, maxLength: most }).map((list) => list.join(","));
const single = fc
  .tuple(fc.constantFrom("pk", "pkh"), key)
  .map(([name, text]) => `${name}(${text})`);
const wpkh = key.map((text) => `wpkh(${text})`);
const multi = keys(3).map((list) => `multi(1,${list})`);
const musig = fc
  .tuple(fc.array(constantKey, { minLength: 1, maxLength: 3 }), fc.constantFrom("", "/0", "/1/*"))
  .map(([list, path]) =>
    path === "" ? `musig(${list.join(",")})` : `musig(${XPUB}/3,${XPUB}/4)${path}`,
  );
/** Sane as long as the two keys are two. */
const miniscript = fc
  .tuple(
    fc.shuffledSubarray(KEYS, { minLength: 3, maxLength: 3 }),
    fc.constantFrom("older(144)", "after(1700000000)", `sha256(${"5a".repeat(32)})`),
    fc.constantFrom(
      (a: string, b: string, c: string, lock: string) =>
        `andor(pk(${a}),${lock},and_v(v:pkh(${b}),pk(${c})))`,
      (a: string, b: string, c: string, lock: string) =>
        `or_b(pk(${a}),a:and_b(pk(${b}),a:or_i(0,and_v(v:pk(${c}),${lock}))))`,
      (a: string, b: string, c: string, lock: string) =>
        `t:or_c(pk(${a}),and_v(v:pk(${b}),or_c(pk(${c}),v:${lock})))`,
    ),
  )
  .map(([[a = "", b = "", c = ""], lock, write]) => write(a, b, c, lock));
const leaf = fc.oneof(
  single,
  miniscript,
  musig.map((text) => `pk(${text})`),
  keys(5).map((list) => `sortedmulti_a(1,${list})`),
);
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.tuple(tie("tree"), tie("tree")).map((pair) => `{${pair.join(",")}}`),
  ),
}));
const descriptor = fc.oneof(
  single,
  wpkh,
  multi,
  fc.oneof(single, wpkh, multi).map((inner) => `sh(${inner})`),
  fc.oneof(single, multi, miniscript).map((inner) => `wsh(${inner})`),
  fc.tuple(musig, tree).map(([text, leaves]) => `tr(${text},${leaves})`),
  musig.map((text) => `rawtr(${text})`),
  multi.map((inner) => `sh(wsh(${inner}))`),
  key.map((text) => `combo(${text})`),
  key.map((text) => `tr(${text})`),
  fc.tuple(key, tree).map(([text, leaves]) => `tr(${text},${leaves})`),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => `raw(${encodeHex(bytes)})`),
);

function first(text: string): Descriptor {
  const [parsed] = parseDescriptor(text, MAIN);
  assert.ok(parsed !== undefined);
  return parsed;
}

function refusal(text: string): string {
  try {
    parseDescriptor(text, MAIN);
    return "";
  } catch (error) {
    assert.ok(error instanceof DecodeError, `${text}: ${error}`);
    return error.message;
  }
}

describe("parseDescriptor", () => {
  it("understands what formatDescriptor wrote as the same scripts", () => {
    fc.assert(
      fc.property(descriptor, (text) => {
        const parsed = first(text);
        const written = formatDescriptor(parsed);
        const again = first(written);
        assert.equal(formatDescriptor(again), written);
        assert.deepEqual(expandDescriptor(again, 5), expandDescriptor(parsed, 5));
      }),
      { numRuns: 40 },
    );
  });

  it("writes each expanded script as a descriptor of just that script", () => {
    fc.assert(
      fc.property(descriptor, (text) => {
        fc.pre(!text.startsWith("combo"));
        const [expanded] = expandDescriptor(first(text), 3);
        const plain = first(expanded?.descriptor ?? "");
        assert.equal(isRanged(plain), false);
        assert.deepEqual(expandDescriptor(plain, 0)[0]?.script, expanded?.script);
      }),
      { numRuns: 40 },
    );
  });

  it("answers a changed or cut text with a descriptor or DecodeError, and nothing else", () => {
    const letter = fc.constantFrom(..."()[]{},/*'h;<>#0a9xprv tr");
    fc.assert(
      fc.property(descriptor, fc.nat(), fc.nat(4), letter, (text, where, gone, put) => {
        const at = where % text.length;
        refusal(text.slice(0, at) + put + text.slice(at + gone));
        refusal(text.slice(0, at));
      }),
      { numRuns: 200 },
    );
  });

  it("answers any text with DecodeError when it is none", () => {
    fc.assert(fc.property(fc.string(), (text) => void refusal(text)));
  });

  it("refuses a wrong checksum, one that is missing where it must be there, and a second one", () => {
    const text = `pkh(${KEY})`;
    const sum = descriptorChecksum(text);
    assert.equal(parseDescriptor(`${text}#${sum}`, MAIN, true).length, 1);
    assert.match(refusal(`${text}#00000000`), /does not match computed checksum/);
    assert.equal(refusal(`${text}#${sum}#${sum}`), "Multiple '#' symbols");
    assert.throws(() => parseDescriptor(text, MAIN, true), { message: "Missing checksum" });
  });

  it("is bounded: deep nesting and many keys are refused before they cost (D24)", () => {
    const deep = "{".repeat(100_000);
    assert.notEqual(refusal(`tr(${KEY},${deep})`), "");
    assert.notEqual(refusal(`tr(${KEY},${deep}pk(${KEY})${"}".repeat(100_000)})`), "");
    assert.notEqual(refusal("sh(".repeat(10_000) + ")".repeat(10_000)), "");
    for (const open of ["(", "sh(", "wsh(", "{", "tr(", "musig("])
      for (const start of ["", "wsh(", `tr(${KEY},`, "tr("])
        assert.notEqual(refusal(start + open.repeat(100_000)), "");
    const many = Array.from({ length: 20_000 }, () => KEY).join(",");
    assert.match(refusal(`wsh(multi(1,${many}))`), /^Cannot have 20000 keys in multisig/);
  });

  it("is bounded in miniscript as well (D24)", () => {
    for (const [open, close] of [
      ["or_i(0,", ")"],
      ["n:", ""],
      ["and_v(v:", ",1)"],
      [`thresh(1,pk(${KEY}),a:`, ")"],
    ] as const) {
      const deep = `${open.repeat(10_000)}pk(${KEY})${close.repeat(10_000)}`;
      assert.notEqual(refusal(`wsh(${deep})`), "");
      refusal(`tr(${KEY},${deep})`);
      refusal(`tr(${KEY},${deep.slice(0, 50_000)})`);
    }
    const most = 329_482 - 34;
    assert.equal(expandScripts(first(`tr(${KEY},${"n".repeat(most)}:pk(${KEY}))`), 0).length, 1);
    assert.notEqual(refusal(`tr(${KEY},${"n".repeat(most + 1)}:pk(${KEY}))`), "");
    const wide = `thresh(1,pk(${KEY})${",a:0".repeat(50_000)})`;
    assert.notEqual(refusal(`tr(${KEY},${wide})`), "");
  });

  it("takes a tree of 128 levels and none of 129", () => {
    const nested = (levels: number): string =>
      `tr(${KEY},${"{".repeat(levels)}pk(${KEY})${`,pk(${KEY})}`.repeat(levels)})`;
    assert.equal(refusal(nested(128)), "");
    assert.equal(refusal(nested(129)), "tr() supports at most 128 nesting levels");
  });

  it("understands a path that no key can have, and fails only where a script is asked for", () => {
    for (const text of [`pkh(${XPUB}${"/0".repeat(256)})`, `pkh(${XPUB}/1h)`, `pkh(${XPUB}/*h)`])
      assert.throws(() => expandDescriptor(first(text), 0), RangeError);
    assert.equal(expandDescriptor(first(`pkh(${XPUB}${"/0".repeat(4)}/*)`), 2 ** 31 - 1).length, 1);
  });

  it("knows which descriptors hold secrets, and never writes one out", () => {
    const secret = first(`wpkh(${XPRV}/1h/*)`);
    assert.equal(hasSecrets(secret), true);
    assert.doesNotMatch(formatDescriptor(secret), /xprv/);
    assert.equal(hasSecrets(first(`wpkh(${XPUB}/1/*)`)), false);
    const publicForm = formatDescriptor(first(`wpkh(${XPRV}/1/*)`));
    assert.equal(publicForm, formatDescriptor(first(`wpkh(${XPUB}/1/*)`)));
  });

  it("refuses keys of another network", () => {
    assert.throws(
      () => parseDescriptor(`pkh(${XPUB})`, networkByName("regtest")),
      (error: Error) => error instanceof DecodeError && / is not valid$/.test(error.message),
    );
  });
});
