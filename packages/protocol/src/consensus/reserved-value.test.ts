import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "../bitcoin/networks/all.ts";
import type { TransactionBody } from "../bitcoin/transaction.ts";
import { equalBytes } from "../bytes/compare.ts";
import { withReservedValue } from "./reserved-value.ts";
import { blockOf, bodyOf, coinbaseOf, inputOf, outputOf } from "./test-chain.test.ts";
import { checkWitnesses, commitmentScript } from "./witness-commitment.ts";

const REGTEST = networkByName("regtest");
const ZEROS = new Uint8Array(32);

function committing(witness: readonly Uint8Array[]): TransactionBody {
  const coinbase = coinbaseOf(1);
  const commitment = outputOf(0, commitmentScript(ZEROS, ZEROS));
  const inputs = coinbase.inputs.map((input) => ({ ...input, witness }));
  return { ...coinbase, inputs, outputs: [...coinbase.outputs, commitment] };
}

describe("withReservedValue", () => {
  it("puts zeros where a coinbase commits and has no witness, so that the commitment holds", () => {
    const bare = blockOf(REGTEST, [committing([])]);
    assert.equal(checkWitnesses(bare, true)?.reason, "bad-witness-nonce-size");
    const whole = withReservedValue(bare);
    assert.equal(checkWitnesses(whole, true), null);
    assert.deepEqual(whole.hash, bare.hash);
    assert.deepEqual(whole.raw, blockOf(REGTEST, [committing([ZEROS])]).raw);
  });

  it("keeps every transaction behind the coinbase as it was", () => {
    const others = [bodyOf(), bodyOf({ inputs: [inputOf({ witness: [Uint8Array.of(1, 2)] })] })];
    const before = blockOf(REGTEST, [committing([]), ...others]);
    const after = withReservedValue(before);
    assert.equal(after.transactions.length, 3);
    for (const place of [1, 2]) {
      const [old, kept] = [before.transactions[place], after.transactions[place]];
      assert.ok(old !== undefined && kept !== undefined && equalBytes(old.raw, kept.raw));
    }
  });

  it("leaves a block alone that commits to nothing, has a reserved value, or nothing at all", () => {
    for (const bodies of [[coinbaseOf(1)], [committing([Uint8Array.of(7)])], [bodyOf()], []]) {
      const block = blockOf(REGTEST, bodies);
      assert.equal(withReservedValue(block), block);
    }
  });
});
