import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exportedDescriptors } from "./exported-descriptors.ts";

const WATCHED = {
  desc: "wpkh(tpubD/0/*)#abcdefgh",
  timestamp: 1296688602,
  active: true,
  internal: false,
  range: [0, 999],
  next: 3,
  next_index: 3,
};

describe("exportedDescriptors", () => {
  it("takes what listdescriptors prints, or its list, and leaves out what cannot be imported", () => {
    const { next: _, ...request } = WATCHED;
    const whole = JSON.stringify({ wallet_name: "w", descriptors: [WATCHED] });
    assert.deepEqual(exportedDescriptors(whole), { requests: [request], hasPrivateKeys: false });
    assert.deepEqual(exportedDescriptors(JSON.stringify([WATCHED])).requests, [request]);
  });

  it("sees private keys, and searches from the beginning when no time is said", () => {
    const text = JSON.stringify([{ desc: "wpkh(tprv8Z/0/*)" }]);
    const requests = [{ desc: "wpkh(tprv8Z/0/*)", timestamp: 0 }];
    assert.deepEqual(exportedDescriptors(text), { requests, hasPrivateKeys: true });
  });

  it("says in one sentence that it is something else", () => {
    assert.throws(() => exportedDescriptors("hello"), /no JSON/);
    assert.throws(() => exportedDescriptors("null"), /no descriptors are in it/);
    assert.throws(() => exportedDescriptors("[]"), /no descriptor in it/);
    assert.throws(() => exportedDescriptors('[{"a":1}]'), /entry has no descriptor/);
  });
});
