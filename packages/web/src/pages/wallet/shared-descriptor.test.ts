import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  keysOf,
  ownKey,
  type Sharing,
  sharedDescriptor,
  sharingWords,
} from "./shared-descriptor.ts";

const keyOf = (digit: string): string => `[d34db33f/84h/1h/0h]tpub${digit.repeat(107)}`;
const [a, b, c] = [keyOf("a"), keyOf("b"), keyOf("c")] as const;
const PLAIN: Sharing = { needed: 2, keys: `${a}\n${b}/0/*\n\n${c}`, rescuer: "", rescueBlocks: 1 };

describe("sharedDescriptor", () => {
  it("lets any of the keys sign, in whatever order they were given", () => {
    const branches = `${a}/<0;1>/*,${b}/<0;1>/*,${c}/<0;1>/*`;
    assert.equal(sharedDescriptor(PLAIN), `wsh(sortedmulti(2,${branches}))`);
  });

  it("adds somebody who may spend alone after a time", () => {
    const sharing = { ...PLAIN, keys: `${a} ${b}`, rescuer: c, rescueBlocks: 1008 };
    assert.equal(
      sharedDescriptor(sharing),
      `wsh(or_d(multi(2,${a}/<0;1>/*,${b}/<0;1>/*),and_v(v:pk(${c}/<0;1>/*),older(1008))))`,
    );
    assert.match(sharingWords(sharing), /^To spend, 2 of 2 must sign\. .* about 7 days/);
  });

  it("says what is missing", () => {
    const wrong: readonly (readonly [Partial<Sharing>, RegExp])[] = [
      [{ keys: a }, /two keys or more/],
      [{ keys: `${a} ${a}` }, /twice/],
      [{ keys: `${a} ${b}`, rescuer: b }, /twice/],
      [{ keys: `${a} xpub123` }, /no key with its origin/],
      [{ needed: 4 }, /1 to 3/],
      [{ needed: 0 }, /1 to 3/],
      [{ needed: Number.NaN }, /1 to 3/],
      [{ keys: `${a} ${b}`, rescuer: c, rescueBlocks: 70_000 }, /1 to 65535/],
    ];
    for (const [change, words] of wrong)
      assert.throws(() => sharedDescriptor({ ...PLAIN, ...change }), words);
  });
});

describe("ownKey", () => {
  it("is the account key of the wallet's native SegWit descriptor", () => {
    const list = [{ desc: `tr(${b}/0/*)#aa` }, { desc: `wpkh(${a}/0/*)#bb` }];
    assert.equal(ownKey(list), a);
    assert.equal(ownKey([{ desc: `wpkh(${a}/1/*)#bb` }]), null);
    assert.deepEqual(keysOf(`${a}/<0;1>/*`), [a]);
  });
});
