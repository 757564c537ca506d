import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeTransaction, type Output } from "../bitcoin/transaction.ts";
import { parseTransaction, type TransactionView } from "../bitcoin/transaction-view.ts";
import { type ScriptPart, scriptOf } from "../script/build-script.ts";
import { OP_1, OP_CHECKMULTISIG, OP_DUP, OP_RETURN } from "../script/opcodes.ts";
import { checkStandard } from "./check-standard.ts";
import { dustThreshold } from "./dust.ts";
import { DEFAULT_POLICY } from "./limits.ts";

const EMPTY = new Uint8Array(0);
const WITNESS_KEY_HASH = scriptOf(0, new Uint8Array(20).fill(1));
const KEYS: ScriptPart[] = [1, 2, 3, 4].map((i) => Uint8Array.of(2, ...new Array(32).fill(i)));

function transaction(
  outputs: readonly Output[],
  { version = 2, script = EMPTY }: { version?: number; script?: Uint8Array } = {},
): TransactionView {
  const prevout = { txid: new Uint8Array(32).fill(1), index: 0 };
  const inputs = [{ prevout, script, sequence: 0, witness: [] }];
  return parseTransaction(encodeTransaction({ version, inputs, outputs, lockTime: 0 }));
}

function paying(script: Uint8Array, value = 100_000): Output {
  return { value, script };
}

describe("checkStandard", () => {
  it("takes versions 1 to 3", () => {
    const verdicts = [0, 1, 2, 3, 4, 0xffffffff].map((version) =>
      checkStandard(transaction([paying(WITNESS_KEY_HASH)], { version }), DEFAULT_POLICY),
    );
    assert.deepEqual(verdicts, ["version", null, null, null, "version", "version"]);
  });

  it("takes 400,000 weight units and no more", () => {
    const data = scriptOf(OP_RETURN, new Uint8Array(99_920));
    const fits = transaction([paying(data, 0)]);
    assert.ok(fits.weight <= 400_000);
    assert.equal(checkStandard(fits, DEFAULT_POLICY), null);
    const larger = transaction([
      paying(data, 0),
      paying(WITNESS_KEY_HASH),
      paying(WITNESS_KEY_HASH),
    ]);
    assert.equal(checkStandard(larger, DEFAULT_POLICY), "tx-size");
  });

  it("takes input scripts that only push, up to 1,650 bytes", () => {
    const of = (script: Uint8Array): TransactionView =>
      transaction([paying(WITNESS_KEY_HASH)], { script });
    assert.equal(checkStandard(of(new Uint8Array(1650)), DEFAULT_POLICY), null);
    assert.equal(checkStandard(of(new Uint8Array(1651)), DEFAULT_POLICY), "scriptsig-size");
    assert.equal(checkStandard(of(scriptOf(OP_DUP)), DEFAULT_POLICY), "scriptsig-not-pushonly");
  });

  it("takes bare multisig of up to three keys, unless told not to", () => {
    const three = transaction([
      paying(scriptOf(OP_1, ...KEYS.slice(1), OP_1 + 2, OP_CHECKMULTISIG)),
    ]);
    assert.equal(checkStandard(three, DEFAULT_POLICY), null);
    const strict = { ...DEFAULT_POLICY, permitBareMultisig: false };
    assert.equal(checkStandard(three, strict), "bare-multisig");
    const four = transaction([paying(scriptOf(OP_1, ...KEYS, OP_1 + 3, OP_CHECKMULTISIG))]);
    assert.equal(checkStandard(four, DEFAULT_POLICY), "scriptpubkey");
  });

  it("counts the data of all outputs together", () => {
    const data = paying(scriptOf(OP_RETURN, new Uint8Array(40)), 0);
    const size = data.script.length;
    const two = transaction([data, data]);
    assert.equal(checkStandard(two, { ...DEFAULT_POLICY, maxDataCarrier: 2 * size }), null);
    const less = { ...DEFAULT_POLICY, maxDataCarrier: 2 * size - 1 };
    assert.equal(checkStandard(two, less), "datacarrier");
    assert.equal(checkStandard(two, { ...DEFAULT_POLICY, maxDataCarrier: null }), "datacarrier");
  });

  it("takes one output of dust, not two", () => {
    const dust = paying(WITNESS_KEY_HASH, 293);
    assert.equal(checkStandard(transaction([dust]), DEFAULT_POLICY), null);
    assert.equal(checkStandard(transaction([dust, dust]), DEFAULT_POLICY), "dust");
  });
});

describe("dustThreshold", () => {
  it("is 546 satoshis for P2PKH, 294 for P2WPKH, 330 for P2TR and nothing for OP_RETURN", () => {
    const hash = new Uint8Array(20);
    const keyHash = scriptOf(OP_DUP, 0xa9, hash, 0x88, 0xac);
    assert.equal(dustThreshold(keyHash, 3000), 546);
    assert.equal(dustThreshold(WITNESS_KEY_HASH, 3000), 294);
    assert.equal(dustThreshold(scriptOf(OP_1, new Uint8Array(32)), 3000), 330);
    assert.equal(dustThreshold(scriptOf(OP_RETURN), 3000), 0);
  });
});
