import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomKey, seal, sealKey, unseal, unsealKey } from "./secret-box.ts";

const SECRET = new TextEncoder().encode("what nobody else may read");

describe("a sealed secret", () => {
  it("opens with its key alone", () => {
    const key = randomKey();
    const box = seal(key, SECRET);
    assert.deepEqual(unseal(key, box), SECRET);
    assert.equal(unseal(randomKey(), box), null);
  });

  it("never looks the same twice", () => {
    const key = randomKey();
    assert.notDeepEqual(seal(key, SECRET), seal(key, SECRET));
  });

  it("does not open when one bit was changed or a byte is missing", () => {
    const key = randomKey();
    const box = seal(key, SECRET);
    for (let at = 0; at < box.length; at++) {
      const changed = box.slice();
      changed[at] = (changed[at] as number) ^ 1;
      assert.equal(unseal(key, changed), null);
      assert.equal(unseal(key, box.subarray(0, at)), null);
    }
  });
});

describe("a key under a passphrase", () => {
  it("opens with that passphrase alone, zeros behind it counting", async () => {
    const key = randomKey();
    const sealed = await sealKey("right", key);
    assert.deepEqual(await unsealKey("right", sealed), key);
    assert.equal(await unsealKey("wrong", sealed), null);
    assert.equal(await unsealKey("right\0", sealed), null);
  });

  it("is not tried at a cost that would take all memory", async () => {
    const sealed = await sealKey("right", randomKey());
    for (const cost of [0, 21, 255]) {
      sealed[0] = cost;
      assert.equal(await unsealKey("right", sealed), null);
    }
  });
});
