import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { encodeTransaction } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { readWitness } from "./witness-stack.ts";

const nothing = new Uint8Array(0);

/** What is read from a transaction of two inputs, of which the second has the witness. */
function readBack(witness: Uint8Array[]): Uint8Array[] {
  const input = (index: number, items: Uint8Array[]) => ({
    ...{ prevout: { txid: new Uint8Array(32), index }, script: nothing },
    ...{ sequence: 0, witness: items },
  });
  const inputs = [input(0, [Uint8Array.of(7)]), input(1, witness)];
  const tx = { version: 2, inputs, outputs: [{ value: 1, script: nothing }], lockTime: 0 };
  return readWitness(parseTransaction(encodeTransaction(tx)), 1);
}

/** On both sides of where sizes take a byte, three and five. */
const length = fc.oneof(
  fc.constantFrom(0, 1, 2, 33, 72, 252, 253, 254, 65_535, 65_536),
  fc.integer({ min: 0, max: 600 }),
);

describe("readWitness", () => {
  it("gives back the items of any lengths", () => {
    fc.assert(
      fc.property(fc.array(length, { maxLength: 8 }), fc.nat(255), (lengths, byte) => {
        const witness = lengths.map((each, i) => new Uint8Array(each).fill(byte + i));
        assert.deepEqual(readBack(witness), witness);
      }),
    );
  });

  for (const count of [0, 1, 252, 253, 254, 1000])
    it(`reads ${count} items, a long one among them or not`, () => {
      for (const long of [-1, 0, count >> 1, count - 1]) {
        const witness = Array.from({ length: count }, (_, i) =>
          new Uint8Array(i === long ? 300 : i % 4).fill(i),
        );
        assert.deepEqual(readBack(witness), witness);
      }
    });
});
