import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import fc from "fast-check";
import { checkLevel } from "./check-level.ts";
import type { KeyValueStore } from "./key-value.ts";
import { openLevelStore } from "./level-store.ts";

const ENTRIES = 3000;
const ALL = 2 ** 40;

function key(i: number): Uint8Array {
  return Uint8Array.of(0x43, i >> 8, i & 255);
}

async function fill(store: KeyValueStore, first: number): Promise<void> {
  const batch = store.batch();
  for (let i = first; i < first + ENTRIES; i++) batch.put(key(i), new Uint8Array(40).fill(i));
  await store.write(batch, true);
}

/** Runs `test` with the folder of a database that has a table and, behind it, a log. */
async function withDatabase(test: (path: string) => Promise<void> | void): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), "compeer-level-"));
  try {
    const store = await openLevelStore(path, { obfuscate: true });
    await fill(store, 0);
    await store.compact();
    await fill(store, ENTRIES);
    await store.close();
    await test(path);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function fileOf(path: string, ending: string): string {
  const names = readdirSync(path).filter((name) => name.endsWith(ending));
  assert.equal(names.length, 1);
  return join(path, names[0] ?? "");
}

describe("checkLevel", () => {
  it("passes what LevelDB wrote, whole or with a log cut off in a crash", async () => {
    await withDatabase((path) => {
      checkLevel(path, ALL);
      const log = fileOf(path, ".log");
      const bytes = readFileSync(log);
      assert.ok(bytes.length > 100_000);
      for (const length of [bytes.length - 1, bytes.length - 30_000, 98_000, 40_000, 5, 0]) {
        writeFileSync(log, bytes.subarray(0, length));
        checkLevel(path, ALL);
      }
    });
  });

  for (const ending of [".log", ".ldb"])
    it(`K02 finds any changed byte of a ${ending} file, and names the file`, async () => {
      await withDatabase(async (path) => {
        const file = fileOf(path, ending);
        const bytes = readFileSync(file);
        // What lies in the last piece of a log may look like the end of a crash, as it does to LevelDB.
        const sure = ending === ".log" ? bytes.length - (bytes.length % 32_768) : bytes.length;
        fc.assert(
          fc.property(fc.nat(sure - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
            const changed = Uint8Array.from(bytes);
            changed[at] = (changed[at] as number) ^ flip;
            writeFileSync(file, changed);
            const isPadding = ending === ".ldb" && isUnused(bytes, at);
            if (isPadding) return checkLevel(path, ALL);
            assert.throws(
              () => checkLevel(path, ALL),
              (error: Error) =>
                error instanceof DecodeError && error.message.startsWith(`${file} is damaged: `),
            );
          }),
          { numRuns: 60 },
        );
        const changed = Uint8Array.from(bytes);
        changed[20] = (changed[20] as number) ^ 1;
        writeFileSync(file, changed);
        await assert.rejects(openLevelStore(path, { obfuscate: true }), DecodeError);
      });
    });

  it("K02 refuses a database whose CURRENT is gone, empty or names nothing, before LevelDB starts a new one", async () => {
    await withDatabase(async (path) => {
      const current = join(path, "CURRENT");
      for (const text of ["", "MANIFEST-000002", "MANIFEST-000009\n", null]) {
        if (text === null) rmSync(current);
        else writeFileSync(current, text);
        const names = readdirSync(path);
        await assert.rejects(openLevelStore(path, { obfuscate: true }), {
          message: `${current} names no file that is there`,
        });
        assert.deepEqual(readdirSync(path), names);
      }
    });
  });

  it("reads no more tables than it was told to, and a log in any case", async () => {
    await withDatabase((path) => {
      const table = fileOf(path, ".ldb");
      writeFileSync(table, new Uint8Array(100));
      checkLevel(path, 99);
      assert.throws(() => checkLevel(path, 100), DecodeError);
      writeFileSync(fileOf(path, ".log"), new Uint8Array(40_000).fill(7));
      assert.throws(() => checkLevel(path, 99), DecodeError);
    });
  });
});

/** The room between the handles of a table's footer and its magic number. */
function isUnused(bytes: Uint8Array, at: number): boolean {
  const footer = bytes.length - 48;
  return (
    at >= footer && at < bytes.length - 8 && bytes.subarray(at, -8).every((byte) => byte === 0)
  );
}
