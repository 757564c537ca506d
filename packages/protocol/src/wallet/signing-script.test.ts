import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "../bitcoin/networks/all.ts";
import { encodeHex } from "../bytes/hex.ts";
import { publicKey } from "../crypto/keys.ts";
import { expandDescriptor, expandScripts } from "./expand-descriptor.ts";
import { type Descriptor, parseDescriptor } from "./parse-descriptor.ts";
import { maxInputWeight, signingScripts } from "./signing-script.ts";

const MAIN = networkByName("main");
/** The master key of the first test vector of BIP32. */
const XPRV =
  "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi";
const KEYS = [1, 2, 3].map((n) => encodeHex(publicKey(new Uint8Array(32).fill(n))));
const [A = "", B = "", C = ""] = KEYS;
const LONG = encodeHex(publicKey(new Uint8Array(32).fill(1), false));

function parse(text: string): Descriptor {
  const [descriptor] = parseDescriptor(text, MAIN);
  assert.ok(descriptor !== undefined);
  return descriptor;
}

describe("signingScripts", () => {
  it("gives one for each script of a combo(), in the order of expandDescriptor", () => {
    for (const key of [`${XPRV}/1/*`, A, LONG]) {
      const descriptor = parse(`combo(${key})`);
      const scripts = expandDescriptor(descriptor, 5).map(({ script }) => script);
      assert.deepEqual(
        signingScripts(descriptor, 5).map(({ script }) => script),
        scripts,
      );
      assert.deepEqual(expandScripts(descriptor, 5), scripts);
    }
  });

  it("says where a key comes from, and its secret where that is known", () => {
    const [signing] = signingScripts(parse(`wsh(multi(1,[deadbeef/48h]${XPRV}/1h/*,${A}))`), 7);
    const [first, second] = signing?.keys ?? [];
    assert.equal(first?.origin.fingerprint, "deadbeef");
    assert.deepEqual(first?.origin.path, [0x80000030, 0x80000001, 7]);
    assert.equal(first?.secret?.length, 32);
    assert.equal(second?.secret, null);
    assert.equal(encodeHex(second?.publicKey ?? new Uint8Array(0)), A);
  });

  it("names a key of several leaves once, with all of them", () => {
    const [x, y, z] = [A, B, C].map((key) => key.slice(2));
    const [signing] = signingScripts(
      parse(`tr(${x},{and_v(v:pk(${y}),older(9)),{multi_a(1,${y},${z}),pk(${x})}})`),
      0,
    );
    const leaves = signing?.taproot?.leaves.map(({ hash }) => encodeHex(hash)) ?? [];
    assert.deepEqual(
      signing?.taproot?.leaves.map(({ depth }) => depth),
      [1, 2, 2],
    );
    assert.deepEqual(
      signing?.keys.map((key) => [encodeHex(key.publicKey), key.leafHashes.map(encodeHex)]),
      [
        [x, [leaves[2]]],
        [y, [leaves[0], leaves[1]]],
        [z, [leaves[1]]],
      ],
    );
  });

  it("has no tree for rawtr(), whose key is the output key", () => {
    const [signing] = signingScripts(parse(`rawtr(${A})`), 0);
    assert.equal(signing?.taproot, null);
    assert.equal(signing?.keys[0]?.publicKey.length, 32);
  });
});

describe("maxInputWeight", () => {
  it("is what an input weighs with low-R signatures, as Core has it", () => {
    const weights: readonly (readonly [string, number | null])[] = [
      [`pk(${A})`, 4 * 113 + 1],
      [`pkh(${A})`, 4 * 147 + 1],
      [`pkh(${LONG})`, 4 * 179 + 1],
      [`wpkh(${A})`, 4 * 41 + 1 + 106],
      [`sh(wpkh(${A}))`, 4 * 64 + 1 + 106],
      [`wsh(multi(2,${A},${B},${C}))`, 4 * 41 + 1 + 1 + 105 + 1 + 2 * 72],
      [`sh(multi(1,${A},${B}))`, 4 * (41 + 1 + 71 + 1 + 72) + 1],
      [`wsh(and_v(v:pk(${A}),older(144)))`, 4 * 41 + 1 + 1 + 39 + 73],
      [`tr(${A})`, 4 * 41 + 1 + 66],
      [`rawtr(${A})`, 4 * 41 + 1 + 66],
      ["raw(51)", null],
    ];
    for (const [text, weight] of weights) assert.equal(maxInputWeight(parse(text)), weight, text);
  });

  it("grows by a byte with signatures of others, and shrinks where nothing has a witness", () => {
    const descriptor = parse(`pkh(${A})`);
    const weight = maxInputWeight(descriptor) as number;
    assert.equal(maxInputWeight(descriptor, { highR: true }), weight + 4);
    assert.equal(maxInputWeight(descriptor, { segwit: false }), weight - 1);
    const combo = parse(`combo(${A})`);
    assert.equal(maxInputWeight(combo, { place: 2 }), maxInputWeight(parse(`wpkh(${A})`)));
    assert.equal(maxInputWeight(combo, { place: 4 }), null);
  });
});
