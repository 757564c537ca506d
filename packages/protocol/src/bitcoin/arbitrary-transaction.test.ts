import fc from "fast-check";
import { MAX_MONEY } from "./amount.ts";
import type { TransactionBody } from "./transaction.ts";

// Transactions made up for the tests beside this file. It holds no test itself.

const PLAIN = { noNullPrototype: true };
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const txid = fc.uint8Array({ minLength: 32, maxLength: 32 });
const prevout = fc.record({ txid, index: u32 }, PLAIN);
const amount = fc.integer({ min: 0, max: MAX_MONEY });
const output = fc.record({ value: amount, script: bytes(80) }, PLAIN);

function input(hasWitness: boolean) {
  const witness = hasWitness ? fc.array(bytes(300), { maxLength: 4 }) : fc.constant([]);
  return fc.record({ prevout, script: bytes(300), sequence: u32, witness }, PLAIN);
}

function body(hasWitness: boolean): fc.Arbitrary<TransactionBody> {
  const inputs = fc.array(input(hasWitness), { minLength: 1, maxLength: 5 });
  const outputs = fc.array(output, { maxLength: 5 });
  return fc.record({ version: u32, inputs, outputs, lockTime: u32 }, PLAIN);
}

/** With at least one input: without any, the bytes of a transaction with outputs mean something else. */
export const arbitraryBody: fc.Arbitrary<TransactionBody> = fc.oneof(body(true), body(false));
