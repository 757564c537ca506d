import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { sha256d } from "@compeer/protocol/crypto/sha256";
import fc from "fast-check";
import { decodeFileInfo, EMPTY_FILE_INFO, encodeFileInfo, withBlock } from "./block-file-info.ts";
import { BlockIndexStore } from "./block-index-store.ts";
import { type BlockRecord, decodeBlockRecord, encodeBlockRecord } from "./block-record.ts";
import { memoryStore } from "./memory-store.ts";

const word = fc.nat(0x7fffffff);
const records: fc.Arbitrary<BlockRecord> = fc
  .tuple(
    fc.uint8Array({ minLength: 80, maxLength: 80 }),
    fc.nat(511),
    fc.array(word, { minLength: 5, maxLength: 5 }),
  )
  .map(([header80, status, [height = 0, txCount = 0, file = 0, data = 0, undo = 0]]) => ({
    hash: sha256d(header80),
    header80,
    status,
    height,
    txCount,
    file: status & 24 ? file : 0,
    dataOffset: status & 8 ? data : 0,
    undoOffset: status & 16 ? undo : 0,
  }));

describe("block records", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(records, (record) =>
        assert.deepEqual(decodeBlockRecord(encodeBlockRecord(record)), record),
      ),
    );
  });

  it("do not decode when cut or lengthened", () => {
    fc.assert(
      fc.property(records, fc.nat(), (record, at) => {
        const bytes = encodeBlockRecord(record);
        assert.throws(() => decodeBlockRecord(bytes.subarray(0, at % bytes.length)), DecodeError);
        assert.throws(() => decodeBlockRecord(concatBytes(bytes, Uint8Array.of(1))), DecodeError);
      }),
    );
  });
});

describe("file infos", () => {
  it("come back as they were and refuse what is cut", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 7, maxLength: 7 }), fc.nat(), (n, at) => {
        const [
          blocks = 0,
          size = 0,
          undoSize = 0,
          heightFirst = 0,
          heightLast = 0,
          timeFirst = 0,
          timeLast = 0,
        ] = n;
        const info = { blocks, size, undoSize, heightFirst, heightLast, timeFirst, timeLast };
        const bytes = encodeFileInfo(info);
        assert.deepEqual(decodeFileInfo(bytes), info);
        assert.throws(() => decodeFileInfo(bytes.subarray(0, at % bytes.length)), DecodeError);
      }),
    );
  });

  it("span the heights and times of their blocks", () => {
    const info = withBlock(withBlock(EMPTY_FILE_INFO, 7, 700), 5, 900);
    const { blocks, heightFirst, heightLast, timeFirst, timeLast } = info;
    assert.deepEqual([blocks, heightFirst, heightLast, timeFirst, timeLast], [2, 5, 7, 700, 900]);
  });
});

describe("BlockIndexStore", () => {
  it("gives back blocks, files, flags and the mark of a reindex", async () => {
    const store = memoryStore();
    const index = new BlockIndexStore(store);
    const [block] = fc.sample(records, 1) as [BlockRecord];
    const info = withBlock(EMPTY_FILE_INFO, 1, 2);
    await index.write({ blocks: [block], files: new Map([[0, info]]), lastFile: 0 });
    await index.setFlag("prunedblockfiles", true);
    await index.setReindexing(true);
    const again = new BlockIndexStore(store);
    const found: BlockRecord[] = [];
    for await (const record of again.blocks()) found.push(record);
    assert.deepEqual(found, [block]);
    assert.deepEqual(await again.files(), [info]);
    assert.equal(await again.lastFile(), 0);
    assert.equal(await again.flag("prunedblockfiles"), true);
    assert.equal(await again.flag("txindex"), false);
    assert.equal(await again.isReindexing(), true);
    await again.setReindexing(false);
    assert.equal(await again.isReindexing(), false);
  });
});
