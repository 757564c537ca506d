import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { scriptOf } from "@compeer/protocol/script/build-script";
import { MANDATORY_FLAGS } from "@compeer/protocol/script/flags";
import { OP_1 } from "@compeer/protocol/script/opcodes";
import { verifyInput } from "@compeer/protocol/script/verify-input";
import { readWitness } from "@compeer/protocol/script/witness-stack";
import { contextOf } from "../testing/spend.ts";
import { readVector, vectorsMissing } from "../testing/vectors.ts";

test("C13: a witness of more than 500,000 items is read (rust-bitcoin)", {
  skip: vectorsMissing,
}, (t) => {
  const text = readVector("rust-bitcoin/huge_witness.hex").toString("latin1").trim();
  const raw = new Uint8Array(Buffer.from(text, "hex"));
  const tx = parseTransaction(raw);
  const items = readWitness(tx, 0);
  assert.ok(items.length >= 500_000);
  assert.equal(tx.totalSize, raw.length);
  // Whatever the coin, a verdict comes, and no throw.
  const script = scriptOf(OP_1, new Uint8Array(32).fill(1));
  const error = verifyInput(contextOf(tx, [{ value: 1, script }]), 0, MANDATORY_FLAGS);
  t.diagnostic(`${items.length} items; against some taproot output: ${error}`);
  assert.notEqual(error, null);
});
