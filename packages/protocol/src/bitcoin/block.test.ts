import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../bytes/decode-error.ts";
import { Writer } from "../bytes/writer.ts";
import { arbitraryBody } from "./arbitrary-transaction.test.ts";
import { blockTxid, decodeBlock, decodeFirstBlock, witnessIds } from "./block.ts";
import { decodeHeader, encodeHeader } from "./header.ts";
import { encodeTransaction, finishTransaction, type TransactionBody } from "./transaction.ts";

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const header = fc.record(
  {
    version: u32.map((value) => value | 0),
    prevHash: hash,
    merkleRoot: hash,
    time: u32,
    bits: u32,
    nonce: u32,
  },
  { noNullPrototype: true },
);

function encodeBlock(head: Uint8Array, bodies: readonly TransactionBody[]): Uint8Array {
  const writer = new Writer().raw(head).compactSize(bodies.length);
  for (const body of bodies) writer.raw(encodeTransaction(body));
  return writer.finish();
}

describe("header", () => {
  it("comes back as it was encoded", () => {
    fc.assert(
      fc.property(header, (fields) => {
        const { raw, hash: _, ...decoded } = decodeHeader(encodeHeader(fields));
        assert.deepEqual(decoded, fields);
        assert.deepEqual(encodeHeader(decoded), raw);
      }),
    );
  });

  it("is refused unless it has 80 bytes", () => {
    for (const length of [0, 79, 81])
      assert.throws(() => decodeHeader(new Uint8Array(length)), DecodeError);
  });
});

describe("block", () => {
  it("has the ids, sizes and weight of its transactions", () => {
    fc.assert(
      fc.property(header, fc.array(arbitraryBody, { maxLength: 8 }), (fields, bodies) => {
        const raw = encodeBlock(encodeHeader(fields), bodies);
        const block = decodeBlock(raw);
        const ids = witnessIds(block);
        let weight = 81 * 4;
        for (const [i, body] of bodies.entries()) {
          const tx = finishTransaction(body);
          assert.deepEqual(blockTxid(block, i), tx.txid);
          const wtxid = i === 0 ? new Uint8Array(32) : tx.wtxid;
          assert.deepEqual(ids.slice(32 * i, 32 * i + 32), wtxid);
          weight += tx.weight;
        }
        assert.equal(block.weight, weight);
        assert.equal(block.weight, 3 * block.strippedSize + raw.length);
      }),
      { numRuns: 50 },
    );
  });

  it("is refused when shortened or with bytes left over, never otherwise thrown at", () => {
    fc.assert(
      fc.property(
        header,
        fc.array(arbitraryBody, { maxLength: 4 }),
        fc.nat(),
        (fields, bodies, cut) => {
          const raw = encodeBlock(encodeHeader(fields), bodies);
          assert.throws(() => decodeBlock(raw.slice(0, cut % raw.length)), DecodeError);
          assert.throws(() => decodeBlock(Buffer.concat([raw, Buffer.alloc(1)])), DecodeError);
        },
      ),
    );
  });

  it("is found at the start of more bytes, and weighs no more for them", () => {
    fc.assert(
      fc.property(
        header,
        fc.array(arbitraryBody, { maxLength: 4 }),
        hash,
        (fields, bodies, more) => {
          const raw = encodeBlock(encodeHeader(fields), bodies);
          const block = decodeFirstBlock(Buffer.concat([raw, more]));
          assert.deepEqual(Buffer.from(block.raw), Buffer.from(raw));
          assert.equal(block.weight, decodeBlock(raw).weight);
        },
      ),
    );
  });
});
