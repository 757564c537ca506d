import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import fc from "fast-check";
import { makeBlock } from "./testing/make-block.ts";
import { decodeUndo, encodeUndo } from "./undo-codec.ts";

const NONE = { spends: [], outputs: [{ value: 0, script: new Uint8Array(1) }] };
const spend = { txid: new Uint8Array(32).fill(7), index: 1 };
const block = makeBlock(
  new Uint8Array(32),
  [NONE, { ...NONE, spends: [spend, spend] }, { ...NONE, spends: [spend] }],
  1,
);
const coin = fc.record({
  value: fc.nat(),
  height: fc.nat(2_000_000),
  coinbase: fc.boolean(),
  script: fc.uint8Array({ maxLength: 60 }),
});
const spent = fc.tuple(coin, coin, coin).map((coins) => {
  const rows = new SpentCoins(block.table.inputCount);
  for (const [i, each] of coins.entries()) rows.setCoin(i + 1, each);
  return rows;
});

describe("undo data", () => {
  it("gives back the coin of every input, and nothing for the coinbase", () => {
    fc.assert(
      fc.property(spent, (coins) => {
        const again = decodeUndo(encodeUndo(block, coins), block);
        assert.ok(again.isMissing(0));
        for (let row = 1; row < 4; row++) assert.deepEqual(again.coin(row), coins.coin(row));
      }),
    );
  });

  it("does not decode when cut or lengthened, or for a block of another shape", () => {
    const other = makeBlock(new Uint8Array(32), [NONE, { ...NONE, spends: [spend] }], 1);
    fc.assert(
      fc.property(spent, fc.nat(), (coins, at) => {
        const bytes = encodeUndo(block, coins);
        assert.throws(() => decodeUndo(bytes.subarray(0, at % bytes.length), block), DecodeError);
        assert.throws(() => decodeUndo(concatBytes(bytes, Uint8Array.of(0)), block), DecodeError);
        assert.throws(() => decodeUndo(bytes, other), DecodeError);
      }),
    );
  });

  it("is not made of missing coins", () => {
    assert.throws(() => encodeUndo(block, new SpentCoins(4)), /missing/);
  });
});
