import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Block } from "@compeer/protocol/bitcoin/block";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import fc from "fast-check";
import { BlockFiles, memoryBlockFiles, openBlockFiles } from "./block-files.ts";
import { DiskSpaceError } from "./disk-space.ts";
import { memoryFlatFiles } from "./flat-files.ts";
import { makeBlock } from "./testing/make-block.ts";

const MAGIC = Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda);
const ZEROS = new Uint8Array(32);

function block(mark: number, size = 100): Block {
  const outputs = [{ value: mark, script: new Uint8Array(size).fill(mark) }];
  return makeBlock(ZEROS, [{ spends: [], outputs }], mark);
}

function digest(bytes: Uint8Array): string {
  return encodeHex(sha256(bytes));
}

async function scanned(files: BlockFiles, file: number | string): Promise<string[]> {
  const found: string[] = [];
  for await (const { raw } of files.scan(file)) found.push(digest(raw));
  return found;
}

describe("block files", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "compeer-blocks-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("give back blocks and undo data, also after they were opened again", async () => {
    const files = openBlockFiles(dir, MAGIC);
    const places = [1, 2, 3].map((mark) => files.appendBlock(block(mark).raw, mark, mark));
    const undo = files.appendUndo(0, Uint8Array.of(1, 2, 3), ZEROS);
    await files.flush();
    const info = files.files();
    files.close();
    const again = openBlockFiles(dir, MAGIC, { info });
    for (const [i, at] of places.entries())
      assert.deepEqual(await again.readBlock(at), block(i + 1).raw);
    assert.deepEqual(
      await again.readUndo({ file: 0, offset: undo }, ZEROS),
      Uint8Array.of(1, 2, 3),
    );
    again.close();
  });

  it("are set aside in steps of 16 MiB and 1 MiB", () => {
    const files = openBlockFiles(dir, MAGIC);
    files.appendBlock(block(1).raw, 1, 1);
    files.appendUndo(0, new Uint8Array(10), ZEROS);
    assert.equal(statSync(join(dir, "blk00000.dat")).size, 16 << 20);
    assert.equal(statSync(join(dir, "rev00000.dat")).size, 1 << 20);
    files.close();
  });

  it("with -fastprune go on to the next file after 64 KiB and cut off what the last did not use", async () => {
    const files = openBlockFiles(dir, MAGIC, { fastPrune: true });
    const places = [1, 2, 3, 4].map((mark) =>
      files.appendBlock(block(mark, 30_000).raw, mark, mark),
    );
    for (const { file } of places) files.appendUndo(file, new Uint8Array(9), ZEROS);
    await files.flush();
    assert.deepEqual(
      places.map(({ file }) => file),
      [0, 0, 1, 1],
    );
    const [first] = files.files();
    assert.equal(statSync(join(dir, "blk00000.dat")).size, first?.size);
    assert.equal(statSync(join(dir, "rev00000.dat")).size, first?.undoSize);
    files.close();
  });

  it("lie under a random key in a new folder, and keep it", () => {
    openBlockFiles(dir, MAGIC).close();
    const key = readFileSync(join(dir, "xor.dat"));
    assert.equal(key.length, 8);
    assert.notDeepEqual([...key], new Array(8).fill(0));
    const files = openBlockFiles(dir, MAGIC);
    const { offset } = files.appendBlock(block(1).raw, 1, 1);
    files.close();
    const stored = readFileSync(join(dir, "blk00000.dat")).subarray(offset, offset + 100);
    const plain = stored.map((byte, i) => byte ^ (key[(offset + i) % 8] as number));
    assert.deepEqual([...plain], [...block(1).raw.subarray(0, 100)]);
  });

  it("stay plain where plain ones were, or without -blocksxor", () => {
    writeFileSync(join(dir, "blk00000.dat"), "");
    openBlockFiles(dir, MAGIC).close();
    assert.deepEqual([...readFileSync(join(dir, "xor.dat"))], new Array(8).fill(0));
    openBlockFiles(dir, MAGIC, { xor: false }).close();
  });

  it("refuse to do without the key they lie under", () => {
    openBlockFiles(dir, MAGIC).close();
    assert.throws(() => openBlockFiles(dir, MAGIC, { xor: false }), /can not be disabled/);
  });

  it("are gone after pruning, and count no more", async () => {
    const files = openBlockFiles(dir, MAGIC, { fastPrune: true });
    for (let mark = 1; mark < 6; mark++) files.appendBlock(block(mark, 30_000).raw, mark, mark);
    files.appendUndo(0, new Uint8Array(9), ZEROS);
    const before = files.diskUsage();
    files.takeChanged();
    files.forget(0);
    files.deleteFile(0);
    assert.deepEqual([...files.takeChanged().keys()], [0]);
    assert.ok(files.diskUsage() < before);
    assert.deepEqual(
      readdirSync(dir).filter((name) => name.includes("00000")),
      [],
    );
    await assert.rejects(files.readBlock({ file: 0, offset: 8 }), { code: "ENOENT" });
    await files.flush();
    files.close();
  });

  it("before a -reindex with pruning lose undo data and what stands behind a gap", () => {
    for (const name of ["blk00000", "rev00000", "blk00001", "blk00003", "rev00003"])
      writeFileSync(join(dir, `${name}.dat`), "");
    const files = openBlockFiles(dir, MAGIC);
    files.deleteUnusable();
    files.close();
    assert.deepEqual(readdirSync(dir).sort(), ["blk00000.dat", "blk00001.dat", "xor.dat"]);
  });

  it("outside of the folder are read as plain bytes", async () => {
    const path = join(dir, "bootstrap.dat");
    const frame = Uint8Array.of(...MAGIC, block(1).raw.length, 0, 0, 0);
    writeFileSync(path, concatBytes(frame, block(1).raw));
    const files = openBlockFiles(join(dir, "blocks"), MAGIC);
    assert.deepEqual(await scanned(files, path), [digest(block(1).raw)]);
    files.close();
  });
});

describe("damaged block files", () => {
  it("read as a decode error, never as other bytes of the right form", async () => {
    const files = memoryBlockFiles(MAGIC);
    const at = files.appendBlock(block(1).raw, 1, 1);
    const undo = files.appendUndo(0, new Uint8Array(9), ZEROS);
    for (const offset of [0, 7, at.offset + 1, 1 << 23])
      await assert.rejects(files.readBlock({ file: 0, offset }), DecodeError);
    await assert.rejects(
      files.readUndo(
        { file: 0, offset: undo },
        ZEROS.map(() => 1),
      ),
      DecodeError,
    );
  });

  it("give a block without the bytes that old versions left behind it (D13)", async () => {
    const files = memoryBlockFiles(MAGIC);
    const at = files.appendBlock(concatBytes(block(1).raw, Uint8Array.of(9, 9)), 1, 1);
    assert.deepEqual(await files.readBlock(at), block(1).raw);
    assert.deepEqual(await scanned(files, 0), [digest(block(1).raw)]);
  });

  it("are scanned past torn blocks and foreign bytes to the next block", async () => {
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 50 }),
      fc.constant(MAGIC),
      fc.constant(
        concatBytes(MAGIC, Uint8Array.of(150, 0, 0, 0), block(9).raw.slice(0, 150).fill(255, 90)),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { minLength: 4, maxLength: 4 }), async (parts) => {
        const files = memoryFlatFiles();
        const blocks = new BlockFiles(files, MAGIC, { xor: false });
        const bytes: Uint8Array[] = [];
        for (const [i, part] of parts.entries())
          bytes.push(part, MAGIC, Uint8Array.of(block(i).raw.length, 0, 0, 0), block(i).raw);
        files.write("blk00000.dat", 0, concatBytes(...bytes, MAGIC, Uint8Array.of(200)));
        const found = await scanned(blocks, 0);
        for (const i of parts.keys()) assert.ok(found.includes(digest(block(i).raw)));
        assert.equal(found.length, parts.length);
      }),
      { numRuns: 50 },
    );
  });

  it("are scanned whole when they are larger than a window", async () => {
    const files = memoryBlockFiles(MAGIC);
    for (let mark = 1; mark <= 12; mark++)
      files.appendBlock(block(mark, 1_500_000).raw, mark, mark);
    assert.equal((await scanned(files, 0)).length, 12);
  });
});

describe("a full disk (K03)", () => {
  it("stops an append before anything is written, and all goes on once there is space", async () => {
    const disk = memoryFlatFiles();
    let free = 60 << 20;
    disk.freeBytes = () => free;
    const files = new BlockFiles(disk, MAGIC, {});
    assert.throws(() => files.appendBlock(block(1).raw, 1, 1), DiskSpaceError);
    assert.equal(disk.size("blk00000.dat"), -1);
    assert.equal(files.diskUsage(), 0);
    free = 80 << 20;
    const at = files.appendBlock(block(1).raw, 1, 1);
    assert.deepEqual(await files.readBlock(at), block(1).raw);
    free = 0;
    assert.throws(() => files.appendUndo(0, new Uint8Array(9), ZEROS), /Disk space is too low!/);
    files.appendBlock(block(2).raw, 2, 2); // what was set aside is still used
  });
});
