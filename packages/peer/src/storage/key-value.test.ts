import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import fc from "fast-check";
import type { KeyValueStore } from "./key-value.ts";
import { openLevelStore } from "./level-store.ts";
import { memoryStore } from "./memory-store.ts";

const dir = mkdtempSync(join(tmpdir(), "compeer-store-"));
after(() => rmSync(dir, { recursive: true }));

const small = fc.uint8Array({ minLength: 1, maxLength: 3 });
const change = fc.record({ key: small, value: fc.option(fc.uint8Array({ maxLength: 20 })) });

async function contents(store: KeyValueStore, gte: Uint8Array): Promise<string[]> {
  const found: string[] = [];
  for await (const [key, value] of store.entries({ gte }))
    found.push(`${encodeHex(key)}=${encodeHex(value)}`);
  return found;
}

const openers: Record<string, () => Promise<KeyValueStore>> = {
  memoryStore: async () => memoryStore(),
  openLevelStore: () => openLevelStore(join(dir, "a"), { obfuscate: false }),
  "openLevelStore with a key": () => openLevelStore(join(dir, "b"), { obfuscate: true }),
};

for (const [name, open] of Object.entries(openers))
  describe(name, () => {
    let store: KeyValueStore;
    before(async () => {
      store = await open();
    });
    after(() => store.close());

    it("holds what the batches say, in key order", async () => {
      const model = new Map<string, string>();
      await fc.assert(
        fc.asyncProperty(fc.array(change), async (changes) => {
          const batch = store.batch();
          for (const { key, value } of changes) {
            // Keys from 0x10 on: the record of the obfuscation key sorts below.
            const at = Uint8Array.of(0x10, ...key);
            if (value === null) batch.delete(at);
            else batch.put(at, value);
            if (value === null) model.delete(encodeHex(at));
            else model.set(encodeHex(at), encodeHex(value));
          }
          await store.write(batch, false);
          const expected = [...model].map(([key, value]) => `${key}=${value}`).sort();
          assert.deepEqual((await contents(store, Uint8Array.of(0x10))).sort(), expected);
          for (const { key } of changes) {
            const at = Uint8Array.of(0x10, ...key);
            const value = await store.get(at);
            assert.equal(value && encodeHex(value), model.get(encodeHex(at)));
            assert.deepEqual(store.getSync(at), value);
            assert.deepEqual(await store.getMany([at]), [value]);
          }
        }),
        { numRuns: 30 },
      );
      const keys = (await contents(store, Uint8Array.of(0x10))).map((line) => line.split("=")[0]);
      assert.deepEqual(keys, [...keys].sort());
    });

    it("copies what it is given and hands out no Buffer", async () => {
      const key = Uint8Array.of(0x20);
      const value = Buffer.from([1, 2, 3]);
      const batch = store.batch();
      batch.put(key, value);
      value.fill(9);
      await store.write(batch, false);
      const found = await store.get(key);
      assert.deepEqual(found, Uint8Array.of(1, 2, 3));
      assert.ok(!Buffer.isBuffer(found));
    });

    it("takes values of more than a megabyte (C09)", async () => {
      const value = new Uint8Array(3 << 20).map((_, i) => i % 251);
      const batch = store.batch();
      batch.put(Uint8Array.of(0x30), value);
      await store.write(batch, true);
      assert.deepEqual(await store.get(Uint8Array.of(0x30)), value);
    });
  });

describe("a LevelDB that is opened again", () => {
  it("has its values under the same obfuscation key, and none after a wipe", async () => {
    const path = join(dir, "c");
    const key = Uint8Array.of(0x43);
    const first = await openLevelStore(path, { obfuscate: true });
    const batch = first.batch();
    batch.put(key, Uint8Array.of(1, 2, 3));
    await first.write(batch, true);
    await first.close();
    const again = await openLevelStore(path, { obfuscate: true });
    assert.deepEqual(await again.get(key), Uint8Array.of(1, 2, 3));
    await again.close();
    const wiped = await openLevelStore(path, { obfuscate: true, wipe: true });
    assert.equal(await wiped.get(key), undefined);
    await wiped.close();
  });

  it("is not opened twice at a time", async () => {
    const path = join(dir, "d");
    const first = await openLevelStore(path, { obfuscate: true });
    await assert.rejects(openLevelStore(path, { obfuscate: true }));
    await first.close();
  });
});
