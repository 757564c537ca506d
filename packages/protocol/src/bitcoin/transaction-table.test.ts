import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../bytes/decode-error.ts";
import { arbitraryBody } from "./arbitrary-transaction.test.ts";
import { encodeTransaction, expandTransaction, type TransactionBody } from "./transaction.ts";
import { parseTransactions } from "./transaction-table.ts";
import { parseTransaction, TransactionView } from "./transaction-view.ts";

/** The plainest decoder there is, as an oracle: one cursor, objects, BIP144 read literally. */
class PlainDecoder {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes);
  }

  transaction(): TransactionBody {
    const version = this.u32();
    let count = this.size();
    let flag = 0;
    if (count === 0) {
      flag = this.take(1).readUInt8();
      if (flag > 1) throw new Error("flag");
      if (flag === 0) return { version, inputs: [], outputs: [], lockTime: this.u32() };
      count = this.size();
    }
    const inputs = this.list(count, () => ({
      prevout: { txid: new Uint8Array(this.take(32)), index: this.u32() },
      script: this.varBytes(),
      sequence: this.u32(),
      witness: [] as Uint8Array[],
    }));
    const outputs = this.list(this.size(), () => ({
      value: Number(this.take(8).readBigInt64LE()),
      script: this.varBytes(),
    }));
    if (flag === 1) {
      for (const input of inputs) input.witness = this.list(this.size(), () => this.varBytes());
      if (inputs.every((input) => input.witness.length === 0)) throw new Error("superfluous");
    }
    return { version, inputs, outputs, lockTime: this.u32() };
  }

  list<T>(count: number, member: () => T): T[] {
    const members: T[] = [];
    for (let i = 0; i < count; i++) members.push(member());
    return members;
  }

  size(): number {
    const first = this.take(1).readUInt8();
    if (first < 253) return first;
    const [value, least] =
      first === 253
        ? [this.take(2).readUInt16LE(), 253]
        : first === 254
          ? [this.u32(), 0x10000]
          : [Number(this.take(8).readBigUInt64LE()), 0x100000000];
    if (value < least || value > 0x02000000) throw new Error("size");
    return value;
  }

  varBytes(): Uint8Array {
    return new Uint8Array(this.take(this.size()));
  }

  u32(): number {
    return this.take(4).readUInt32LE();
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new Error("end");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function plain(bytes: Uint8Array): TransactionBody | null {
  try {
    const decoder = new PlainDecoder(bytes);
    const tx = decoder.transaction();
    return decoder.at === bytes.length ? tx : null;
  } catch {
    return null;
  }
}

function viaTable(bytes: Uint8Array): TransactionBody | null {
  try {
    const { version, inputs, outputs, lockTime } = expandTransaction(parseTransaction(bytes));
    const copies = inputs.map((input) => ({
      ...input,
      prevout: { ...input.prevout, txid: input.prevout.txid.slice() },
      script: input.script.slice(),
      witness: input.witness.map((item) => item.slice()),
    }));
    return {
      version,
      inputs: copies,
      outputs: outputs.map(({ value, script }) => ({ value, script: script.slice() })),
      lockTime,
    };
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return null;
  }
}

describe("transaction table", () => {
  it("reads the same as a plain decoder", () => {
    fc.assert(
      fc.property(arbitraryBody, (body) => {
        const bytes = encodeTransaction(body);
        assert.deepEqual(viaTable(bytes), plain(bytes));
        assert.deepEqual(viaTable(bytes), body);
      }),
    );
  });

  it("reads or refuses mutated bytes as a plain decoder does", () => {
    fc.assert(
      fc.property(
        arbitraryBody,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        (body, changes) => {
          const bytes = encodeTransaction(body);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          assert.deepEqual(viaTable(bytes), plain(bytes));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("reads or refuses short random bytes as a plain decoder does", () => {
    const small = fc.uint8Array({ maxLength: 80, max: 2 });
    fc.assert(
      fc.property(fc.oneof(small, fc.uint8Array({ maxLength: 80 })), (bytes) => {
        assert.deepEqual(viaTable(bytes), plain(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it("refuses every shortened form", () => {
    fc.assert(
      fc.property(arbitraryBody, (body) => {
        const bytes = encodeTransaction(body);
        for (let length = 0; length < bytes.length; length += 1 + (bytes.length >> 6))
          assert.throws(() => parseTransaction(bytes.slice(0, length)), DecodeError);
      }),
      { numRuns: 30 },
    );
  });

  it("finds several transactions in a row, at any offset", () => {
    fc.assert(
      fc.property(fc.array(arbitraryBody, { maxLength: 6 }), fc.nat(40), (bodies, offset) => {
        const all = Buffer.concat([Buffer.alloc(offset), ...bodies.map(encodeTransaction)]);
        const { table, end } = parseTransactions(all, offset, bodies.length);
        assert.equal(end, all.length);
        let inputs = 0;
        for (const [i, body] of bodies.entries()) {
          const view = new TransactionView(table, i);
          assert.deepEqual(Buffer.from(view.raw), Buffer.from(encodeTransaction(body)));
          assert.equal(view.firstInput, inputs);
          inputs += body.inputs.length;
        }
        assert.equal(table.inputCount, inputs);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses a count of transactions that the bytes cannot hold, without making room for it", () => {
    assert.throws(() => parseTransactions(new Uint8Array(60), 0, 0x02000000), DecodeError);
  });

  it("reads a witness of more than 11,000 bytes and one of 500,001 items (C12, C13)", () => {
    const body = {
      version: 2,
      inputs: [
        { prevout: { txid: new Uint8Array(32), index: 0 }, script: new Uint8Array(0), sequence: 0 },
      ],
      outputs: [{ value: 0, script: new Uint8Array(0) }],
      lockTime: 0,
    };
    const empty = new Uint8Array(0);
    const wide = [new Uint8Array(1_000_000)];
    const long = new Array<Uint8Array>(500_001).fill(empty);
    for (const witness of [wide, long]) {
      const bytes = encodeTransaction({
        ...body,
        inputs: body.inputs.map((i) => ({ ...i, witness })),
      });
      const view = parseTransaction(bytes);
      assert.equal(view.witness(0).length, witness.length);
      assert.equal(view.strippedSize, 60);
      assert.equal(view.totalSize, bytes.length);
    }
  });
});
