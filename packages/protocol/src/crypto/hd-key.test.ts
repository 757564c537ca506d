import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HDKey } from "@scure/bip32";
import fc from "fast-check";
import { DecodeError } from "../bytes/decode-error.ts";
import { ExtendedKey, HARDENED } from "./hd-key.ts";

const VERSIONS = { public: 0x0488b21e, private: 0x0488ade4 };
const SEED = new Uint8Array(32).fill(5);

describe("ExtendedKey", () => {
  it("derives what @scure/bip32 derives, with secrets and without", () => {
    const step = fc.oneof(fc.nat(1000), fc.nat(0x7fffffff));
    const hardened = fc.nat(1000).map((number) => number + HARDENED);
    fc.assert(
      fc.property(
        fc.array(hardened, { maxLength: 2 }),
        fc.array(step, { maxLength: 2 }),
        (first, then) => {
          const base = ExtendedKey.fromSeed(SEED, VERSIONS).at(first);
          const key = base.at(then);
          let oracle = HDKey.fromMasterSeed(SEED, VERSIONS);
          for (const number of [...first, ...then]) oracle = oracle.deriveChild(number);
          assert.equal(key.formatPrivate(), oracle.privateExtendedKey);
          assert.equal(key.formatPublic(), oracle.publicExtendedKey);
          assert.equal(key.fingerprint, oracle.fingerprint);
          const onlyPublic = base.toPublic().at(then);
          assert.equal(onlyPublic.formatPublic(), oracle.publicExtendedKey);
          assert.equal(onlyPublic.secret, null);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("reads what it wrote, and no text of another network", () => {
    const key = ExtendedKey.fromSeed(SEED, VERSIONS);
    for (const text of [key.formatPrivate(), key.formatPublic()]) {
      const again = ExtendedKey.parse(text, VERSIONS);
      assert.deepEqual(again.publicKey, key.publicKey);
      const other = { public: 0x043587cf, private: 0x04358394 };
      assert.throws(() => ExtendedKey.parse(text, other), DecodeError);
      assert.throws(() => ExtendedKey.parse(text.slice(0, -1), VERSIONS), DecodeError);
    }
  });

  it("has no hardened child without its secret, and none below 255 steps", () => {
    const key = ExtendedKey.fromSeed(SEED, VERSIONS).toPublic();
    assert.throws(() => key.child(HARDENED), RangeError);
    assert.throws(() => key.formatPrivate(), RangeError);
    const deepest = key.at(new Array<number>(255).fill(0));
    assert.throws(() => deepest.child(0), RangeError);
  });
});
