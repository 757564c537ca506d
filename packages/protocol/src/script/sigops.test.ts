import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { encodeTransaction } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { hash160 } from "../crypto/hash160.ts";
import { sha256 } from "../crypto/sha256.ts";
import { numberPart, scriptOf } from "./build-script.ts";
import { VERIFY_NONE, VERIFY_P2SH, VERIFY_WITNESS } from "./flags.ts";
import {
  OP_0,
  OP_1,
  OP_CHECKMULTISIG,
  OP_CHECKSIG,
  OP_CHECKSIGVERIFY,
  OP_EQUAL,
  OP_HASH160,
  OP_NOP,
} from "./opcodes.ts";
import { ScriptReader } from "./script-reader.ts";
import { legacySigopCount, scriptSigops, sigopCost } from "./sigops.ts";

const key = Uint8Array.of(2, ...new Uint8Array(32));
/** 1 of 2: two operations when counted accurately, 20 when not. */
const multisig = scriptOf(OP_1, key, key, numberPart(2), OP_CHECKMULTISIG);

/** Cost under both flags, and under none, of spending `spent`. */
function costs(spent: Uint8Array, script: Uint8Array, witness: Uint8Array[]): [number, number] {
  const raw = encodeTransaction({
    version: 2,
    inputs: [{ prevout: { txid: new Uint8Array(32), index: 0 }, script, sequence: 0, witness }],
    outputs: [{ value: 1, script: new Uint8Array(0) }],
    lockTime: 0,
  });
  const tx = parseTransaction(raw);
  const coins = new SpentCoins(1);
  coins.setCoin(0, { value: 1, script: spent, height: 1, coinbase: false });
  return [sigopCost(tx, coins, VERIFY_P2SH | VERIFY_WITNESS), sigopCost(tx, coins, VERIFY_NONE)];
}

describe("scriptSigops", () => {
  it("counts keys of a multisig only when asked to be accurate", () => {
    assert.equal(scriptSigops(multisig, true), 2);
    assert.equal(scriptSigops(multisig, false), 20);
    assert.equal(scriptSigops(scriptOf(OP_NOP, OP_CHECKMULTISIG), true), 20);
  });

  it("counts up to a push that the script ends within", () => {
    assert.equal(
      scriptSigops(Uint8Array.of(OP_CHECKSIG, OP_CHECKSIGVERIFY, 5, OP_CHECKSIG), true),
      2,
    );
  });
});

/** Operations as the reader of scripts meets them, with no accuracy. */
function sigopsRead(script: Uint8Array): number {
  const reader = new ScriptReader(script);
  let count = 0;
  while (reader.next()) {
    if (reader.opcode === OP_CHECKSIG || reader.opcode === OP_CHECKSIGVERIFY) count++;
    else if (reader.opcode === OP_CHECKMULTISIG) count += 20;
  }
  return count;
}

describe("scriptSigops and ScriptReader", () => {
  it("see the same operations in any bytes, full of pushes that end early", () => {
    const anyByte = fc.oneof(
      fc.constantFrom(OP_CHECKSIG, OP_CHECKSIGVERIFY, OP_CHECKMULTISIG, 0, 1, 2, 75, 76, 77, 78),
      fc.integer({ min: 0, max: 174 }),
    );
    fc.assert(
      fc.property(fc.array(anyByte, { maxLength: 400 }), (bytes) => {
        const script = Uint8Array.from(bytes);
        assert.equal(scriptSigops(script, false), sigopsRead(script));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("sigopCost", () => {
  const redeemHash = scriptOf(OP_HASH160, hash160(multisig), OP_EQUAL);

  it("charges four for each operation behind a script hash", () => {
    assert.deepEqual(costs(redeemHash, scriptOf(OP_0, multisig), []), [8, 0]);
  });

  it("charges nothing behind a script hash when the input does more than push", () => {
    assert.deepEqual(costs(redeemHash, scriptOf(OP_NOP, multisig), []), [0, 0]);
  });

  it("charges one for each operation of a witness", () => {
    const keyHash = scriptOf(OP_0, hash160(key));
    assert.deepEqual(costs(keyHash, new Uint8Array(0), [key, key]), [1, 0]);
    assert.deepEqual(
      costs(scriptOf(OP_0, sha256(multisig)), new Uint8Array(0), [multisig]),
      [2, 0],
    );
    assert.deepEqual(costs(scriptOf(OP_1, sha256(key)), new Uint8Array(0), [key]), [0, 0]);
  });

  it("charges a nested witness like a bare one", () => {
    const program = scriptOf(OP_0, sha256(multisig));
    const nested = scriptOf(OP_HASH160, hash160(program), OP_EQUAL);
    assert.deepEqual(costs(nested, scriptOf(program), [multisig]), [2, 0]);
  });
});

describe("legacySigopCount", () => {
  it("counts inputs and outputs, without accuracy", () => {
    const raw = encodeTransaction({
      version: 2,
      inputs: [
        {
          prevout: { txid: new Uint8Array(32), index: 0 },
          script: multisig,
          sequence: 0,
          witness: [],
        },
      ],
      outputs: [{ value: 1, script: scriptOf(OP_CHECKSIG) }],
      lockTime: 0,
    });
    assert.equal(legacySigopCount(parseTransaction(raw)), 21);
  });
});
