import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MAX_MONEY } from "../bitcoin/amount.ts";
import { networkByName } from "../bitcoin/networks/all.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { parseSpentCoins } from "./spent-coins-file.ts";
import { blockOf, bodyOf, coinbaseOf } from "./test-chain.test.ts";

const BLOCK = blockOf(networkByName("regtest"), [coinbaseOf(1), bodyOf(), bodyOf({ version: 3 })]);

const entry = fc.tuple(
  fc.integer({ min: 0, max: MAX_MONEY }),
  fc.uint8Array({ maxLength: 40 }),
  fc.option(fc.nat(1_000_000)),
  fc.option(fc.boolean()),
);

describe("parseSpentCoins", () => {
  it("reads one coin an input and leaves the coinbase's missing", () => {
    fc.assert(
      fc.property(fc.tuple(entry, entry), fc.boolean(), (entries, wrapped) => {
        const rows = entries.map(([value, script, height, coinbase]) => [
          value,
          Buffer.from(script).toString("hex"),
          height,
          coinbase,
        ]);
        const coins = parseSpentCoins(JSON.stringify(wrapped ? { spent: rows } : rows), BLOCK);
        assert.equal(coins.isMissing(0), true);
        for (const [i, [value, script, height, coinbase]] of entries.entries()) {
          const coin = coins.coin(1 + i);
          assert.deepEqual(
            { ...coin, script: coin.script.slice() },
            { value, script, height: height ?? 0, coinbase: coinbase ?? false },
          );
        }
      }),
    );
  });

  it("says what is wrong with anything else", () => {
    const good = [1, "51", null, null];
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [{}, /no array/],
      [null, /no array/],
      [[good], /1 spent coins for the 2 inputs/],
      [[good, good, good], /3 spent coins for the 2 inputs/],
      [[good, {}], /spent coin 1 is no array of/],
      [[good, [1, "51", null]], /spent coin 1 is no array of/],
      [[["1", "51", null, null], good], /spent coin 0 has no amount/],
      [[good, [-1, "51", null, null]], /spent coin 1 has no amount/],
      [[good, [0.5, "51", null, null]], /has no amount/],
      [[good, [MAX_MONEY + 1, "51", null, null]], /has no amount/],
      [[good, [1, 51, null, null]], /has no script/],
      [[good, [1, "5", null, null]], /odd length/],
      [[good, [1, "51", -1, null]], /has no height/],
      [[good, [1, "51", 2 ** 31, null]], /has no height/],
      [[good, [1, "51", 1, 0]], /does not say whether/],
    ];
    for (const [value, message] of wrong)
      assert.throws(
        () => parseSpentCoins(JSON.stringify(value), BLOCK),
        (error) => {
          assert.ok(error instanceof DecodeError);
          assert.match(error.message, message);
          return true;
        },
      );
    assert.throws(() => parseSpentCoins("[", BLOCK), /no JSON/);
  });
});
