import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MAX_MONEY } from "../bitcoin/amount.ts";
import { encodeTransaction, type Input, type TransactionBody } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { checkTransaction } from "./check-transaction.ts";
import { bodyOf, coinbaseOf, inputOf, outputOf, viewOf } from "./test-chain.test.ts";

function reason(body: TransactionBody): string | undefined {
  return checkTransaction(viewOf(body))?.reason;
}

function spending(...indexes: readonly number[]): TransactionBody {
  const txid = new Uint8Array(32).fill(1);
  return bodyOf({ inputs: indexes.map((index) => inputOf({ prevout: { txid, index } })) });
}

describe("checkTransaction", () => {
  it("rejects a transaction without inputs or without outputs", () => {
    assert.equal(reason(bodyOf({ inputs: [], outputs: [] })), "bad-txns-vin-empty");
    assert.equal(reason(bodyOf({ outputs: [] })), "bad-txns-vout-empty");
  });

  it("rejects amounts out of range, alone or only when summed (C01, CVE-2010-5139)", () => {
    const paying = (...values: number[]) =>
      bodyOf({ outputs: values.map((value) => outputOf(value)) });
    assert.equal(reason(paying(-1)), "bad-txns-vout-negative");
    assert.equal(reason(paying(MAX_MONEY + 1)), "bad-txns-vout-toolarge");
    assert.equal(reason(paying(MAX_MONEY, 1)), "bad-txns-txouttotal-toolarge");
    assert.equal(reason(paying(MAX_MONEY - 1, 1)), undefined);
  });

  it("rejects two outputs whose sum overflows 64 bits, as on 2010-08-15 (C01)", () => {
    const bytes = encodeTransaction(bodyOf({ outputs: [outputOf(1), outputOf(1)] }));
    const view = parseTransaction(bytes);
    const amount = 9_223_372_036_854_277_039n;
    for (const output of [0, 1])
      new DataView(bytes.buffer).setBigInt64(view.outputValueAt(output), amount, true);
    assert.equal(checkTransaction(parseTransaction(bytes))?.reason, "bad-txns-vout-toolarge");
  });

  it("accepts any split of at most MAX_MONEY and no other", () => {
    const amount = fc.integer({ min: 0, max: MAX_MONEY });
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 4 }), (values) => {
        const total = values.reduce((sum, value) => sum + BigInt(value), 0n);
        const body = bodyOf({ outputs: values.map((value) => outputOf(value)) });
        const expected = total <= MAX_MONEY ? undefined : "bad-txns-txouttotal-toolarge";
        assert.equal(reason(body), expected);
      }),
    );
  });

  it("rejects the same coin twice, however many inputs lie between (C11, CVE-2018-17144)", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { minLength: 1, maxLength: 40 }), (indexes) => {
        const twice = new Set(indexes).size < indexes.length;
        assert.equal(reason(spending(...indexes)), twice ? "bad-txns-inputs-duplicate" : undefined);
      }),
    );
  });

  it("finds no duplicate among 20,000 inputs, and one when the last repeats the first (C09, C11)", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => i);
    assert.equal(reason(spending(...many)), undefined);
    assert.equal(reason(spending(...many, 0)), "bad-txns-inputs-duplicate");
  });

  it("is not misled by different coins whose keys are equal (C11)", () => {
    // The first word of the txid and the output number add up to the same for all of them.
    const inputs = Array.from({ length: 100 }, (_, index) => {
      const txid = new Uint8Array(32);
      txid[0] = 200 - index;
      return inputOf({ prevout: { txid, index } });
    });
    assert.equal(reason(bodyOf({ inputs })), undefined);
    const twice = [...inputs, inputs[50] as Input];
    assert.equal(reason(bodyOf({ inputs: twice })), "bad-txns-inputs-duplicate");
  });

  it("wants a coinbase script of 2 to 100 bytes", () => {
    const withScript = (length: number) => {
      const body = coinbaseOf(1);
      const inputs = body.inputs.map((input) => ({ ...input, script: new Uint8Array(length) }));
      return reason({ ...body, inputs });
    };
    assert.equal(withScript(1), "bad-cb-length");
    assert.equal(withScript(2), undefined);
    assert.equal(withScript(100), undefined);
    assert.equal(withScript(101), "bad-cb-length");
  });

  it("rejects an empty outpoint among others", () => {
    const nothing = inputOf({ prevout: { txid: new Uint8Array(32), index: 0xffffffff } });
    assert.equal(reason(bodyOf({ inputs: [inputOf(), nothing] })), "bad-txns-prevout-null");
  });

  it("rejects more than a block's worth of bytes, witness aside", () => {
    const sized = (length: number) => bodyOf({ outputs: [outputOf(0, new Uint8Array(length))] });
    const rest = encodeTransaction(sized(0x10000)).length - 0x10000;
    assert.equal(reason(sized(1_000_000 - rest)), undefined);
    assert.equal(reason(sized(1_000_001 - rest)), "bad-txns-oversize");
    const witness = [new Uint8Array(1_000_000)];
    assert.equal(reason(bodyOf({ inputs: [inputOf({ witness })] })), undefined);
  });
});
