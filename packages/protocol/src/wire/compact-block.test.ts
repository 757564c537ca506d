import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { arbitraryBody } from "../bitcoin/arbitrary-transaction.test.ts";
import { type Block, decodeBlock } from "../bitcoin/block.ts";
import { encodeTransaction, type TransactionBody } from "../bitcoin/transaction.ts";
import { transactionId, witnessTransactionId } from "../bitcoin/transaction-id.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { sha256 } from "../crypto/sha256.ts";
import { sipHash24 } from "../crypto/sip-hash.ts";
import {
  decodeBlockTransactions,
  decodeBlockTransactionsRequest,
  encodeBlockTransactions,
  encodeBlockTransactionsRequest,
} from "./block-transactions.ts";
import { decodeCompactBlock, encodeCompactBlock } from "./compact-block.ts";

const HEADER = Uint8Array.from({ length: 80 }, (_, i) => i);
const HASH = new Uint8Array(32).fill(3);
const nonces = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const blocks: fc.Arbitrary<Block> = fc
  .array(arbitraryBody, { minLength: 1, maxLength: 8 })
  .map(blockOf);

function blockOf(bodies: readonly TransactionBody[]): Block {
  const writer = new Writer().raw(HEADER).compactSize(bodies.length);
  for (const body of bodies) writer.raw(encodeTransaction(body));
  return decodeBlock(writer.finish());
}

/** A message by hand: header, nonce, short ids of six bytes, gaps of prefilled transactions. */
function message(ids: number, gaps: readonly number[], tx: Uint8Array): Uint8Array {
  const writer = new Writer().raw(HEADER).u64big(1n).compactSize(ids);
  writer.raw(new Uint8Array(6 * ids)).compactSize(gaps.length);
  for (const gap of gaps) writer.compactSize(gap).raw(tx);
  return writer.finish();
}

/** Nothing of a message may be missing, and what is changed either decodes or says that it does not. */
function assertRobust(payload: Uint8Array, at: number, decode: (payload: Uint8Array) => unknown) {
  assert.throws(() => decode(payload.subarray(0, at % payload.length)), DecodeError);
  const mutated = payload.slice();
  mutated[at % payload.length] = (mutated[at % payload.length] as number) ^ (1 + (at % 255));
  try {
    decode(mutated);
  } catch (error) {
    assert.ok(error instanceof DecodeError);
  }
}

describe("a compact block", () => {
  it("has the first transaction in full and BIP152's short ids of the others' wtxids", () => {
    fc.assert(
      fc.property(blocks, nonces, (block, nonce) => {
        const compact = decodeCompactBlock(encodeCompactBlock(block, nonce));
        assert.deepEqual(compact.header.raw, HEADER);
        assert.equal(compact.nonce, nonce);
        assert.deepEqual(
          compact.prefilled.map(({ position, tx }) => [position, tx.raw]),
          [[0, block.transactions[0]?.raw]],
        );
        const keys = new Reader(sha256(new Writer().raw(HEADER).u64big(nonce).finish()));
        const [k0, k1] = [keys.u64big(), keys.u64big()];
        const expected = block.transactions.slice(1).map((tx) => {
          const id = tx.hasWitness ? witnessTransactionId(tx) : transactionId(tx);
          return Number(sipHash24(k0, k1, id) & 0xffffffffffffn);
        });
        assert.deepEqual(compact.shortIds, expected);
      }),
      { numRuns: 50 },
    );
  });

  it("is refused cut short, and changed it never does worse than not decode", () => {
    fc.assert(
      fc.property(blocks, fc.nat(), (block, at) => {
        assertRobust(encodeCompactBlock(block, 7n), at, decodeCompactBlock);
      }),
    );
  });

  it("tells positions by the gaps between them", () => {
    fc.assert(
      fc.property(arbitraryBody, (body) => {
        const { prefilled } = decodeCompactBlock(message(3, [0, 2, 0], encodeTransaction(body)));
        assert.deepEqual(
          prefilled.map(({ position }) => position),
          [0, 3, 4],
        );
      }),
      { numRuns: 10 },
    );
  });

  it("has no more than 65,535 transactions and no gap beyond that", () => {
    const [tx] = fc.sample(arbitraryBody, 1).map(encodeTransaction) as [Uint8Array];
    assert.equal(decodeCompactBlock(message(0xfffe, [0], tx)).shortIds.length, 0xfffe);
    assert.throws(() => decodeCompactBlock(message(0xffff, [0], tx)), /overflowed 16 bits/);
    assert.throws(() => decodeCompactBlock(message(0, [0x10000], tx)), /overflows 16 bits/);
  });

  it("makes no room for what is only announced", () => {
    const writer = new Writer().raw(HEADER).u64big(1n).compactSize(0x1ffffff);
    assert.throws(() => decodeCompactBlock(writer.finish()), /end of data/);
  });
});

describe("getblocktxn", () => {
  const positions = fc
    .uniqueArray(fc.nat(0xffff), { maxLength: 50 })
    .map((list) => list.sort((a, b) => a - b));

  it("keeps ascending positions", () => {
    fc.assert(
      fc.property(positions, fc.nat(), (list, at) => {
        const request = { hash: HASH, positions: list };
        const payload = encodeBlockTransactionsRequest(request);
        assert.deepEqual(decodeBlockTransactionsRequest(payload), request);
        assertRobust(payload, at, decodeBlockTransactionsRequest);
      }),
    );
  });

  it("is refused with a position beyond 65,535", () => {
    const payload = new Writer().raw(HASH).compactSize(2).compactSize(0xffff).compactSize(0);
    assert.throws(
      () => decodeBlockTransactionsRequest(payload.finish()),
      /differential value overflow/,
    );
  });
});

describe("blocktxn", () => {
  it("keeps its transactions", () => {
    fc.assert(
      fc.property(blocks, fc.nat(), ({ transactions }, at) => {
        const payload = encodeBlockTransactions({ hash: HASH, transactions });
        const decoded = decodeBlockTransactions(payload);
        assert.deepEqual(decoded.hash, HASH);
        assert.deepEqual(
          decoded.transactions.map(({ raw }) => raw),
          transactions.map(({ raw }) => raw),
        );
        assertRobust(payload, at, decodeBlockTransactions);
      }),
    );
  });
});
