import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../bytes/decode-error.ts";
import { arbitraryBody } from "./arbitrary-transaction.test.ts";
import { decodeTransaction, encodeTransaction, finishTransaction } from "./transaction.ts";
import { strippedBytes } from "./transaction-id.ts";
import { parseTransaction } from "./transaction-view.ts";

function sha256d(bytes: Uint8Array): Uint8Array {
  const once = createHash("sha256").update(bytes).digest();
  return new Uint8Array(createHash("sha256").update(once).digest());
}

describe("transaction", () => {
  it("has a txid without and a wtxid with the witness, and the weight of both forms", () => {
    fc.assert(
      fc.property(arbitraryBody, (body) => {
        const bare = { ...body, inputs: body.inputs.map((input) => ({ ...input, witness: [] })) };
        const stripped = encodeTransaction(bare);
        const whole = encodeTransaction(body);
        const tx = finishTransaction(body);
        assert.deepEqual(tx.txid, sha256d(stripped));
        assert.deepEqual(tx.wtxid, sha256d(whole));
        assert.equal(tx.weight, 3 * stripped.length + whole.length);
        assert.deepEqual(strippedBytes(parseTransaction(whole)), stripped);
      }),
    );
  });

  it("keeps sign and size of an amount beyond 2^53, and its bytes exactly (C01)", () => {
    const bytes = encodeTransaction({
      version: 1,
      inputs: [],
      outputs: [],
      lockTime: 0,
    });
    assert.equal(bytes.length, 10);
    const input = Buffer.concat([Buffer.alloc(36), Buffer.from([0]), Buffer.alloc(4)]);
    const amounts = [2n ** 63n - 1n, -1n, -(2n ** 63n), 2n ** 53n + 1n];
    for (const amount of amounts) {
      const value = Buffer.alloc(8);
      value.writeBigInt64LE(amount);
      const raw = Buffer.concat([
        Buffer.from([1, 0, 0, 0, 1]),
        input,
        Buffer.from([1]),
        value,
        Buffer.from([0, 0, 0, 0, 0]),
      ]);
      const tx = decodeTransaction(raw);
      assert.equal(tx.outputs[0]?.value, Number(amount));
      assert.deepEqual(Buffer.from(tx.raw), raw);
      assert.deepEqual(tx.txid, sha256d(raw));
    }
  });

  it("refuses what follows it (D13)", () => {
    fc.assert(
      fc.property(arbitraryBody, fc.uint8Array({ minLength: 1, maxLength: 9 }), (body, rest) => {
        const bytes = Buffer.concat([encodeTransaction(body), rest]);
        assert.throws(() => decodeTransaction(bytes), DecodeError);
      }),
    );
  });

  it("refuses a witness record in which every stack is empty", () => {
    const bytes = encodeTransaction({
      version: 1,
      inputs: [
        {
          prevout: { txid: new Uint8Array(32), index: 0 },
          script: new Uint8Array(0),
          sequence: 0,
          witness: [],
        },
      ],
      outputs: [],
      lockTime: 0,
    });
    const marked = Buffer.concat([
      bytes.subarray(0, 4),
      Buffer.from([0, 1]),
      bytes.subarray(4, -4),
      Buffer.from([0]),
      bytes.subarray(-4),
    ]);
    assert.throws(() => decodeTransaction(marked), /Superfluous witness/);
  });

  it("reads its version as unsigned (C14)", () => {
    const tx = finishTransaction({ version: 0xffffffff, inputs: [], outputs: [], lockTime: 0 });
    assert.equal(tx.version, 0xffffffff);
  });
});
