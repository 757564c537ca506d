import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MAX_MONEY } from "./amount.ts";
import { SpentCoins } from "./spent-coins.ts";

const coin = fc.record({
  value: fc.integer({ min: 0, max: MAX_MONEY }),
  script: fc.uint8Array({ maxLength: 200 }),
  height: fc.nat(0x7ffffffe),
  coinbase: fc.boolean(),
});

describe("SpentCoins", () => {
  it("gives back each coin that was set and misses the others", () => {
    fc.assert(
      fc.property(fc.array(fc.option(coin), { maxLength: 30 }), (coins) => {
        const spent = new SpentCoins(coins.length);
        for (const [row, each] of coins.entries()) if (each !== null) spent.setCoin(row, each);
        for (const [row, each] of coins.entries()) {
          assert.equal(spent.isMissing(row), each === null);
          if (each === null) continue;
          const { script, ...rest } = spent.coin(row);
          assert.deepEqual({ ...rest, script: script.slice() }, { ...each });
        }
      }),
    );
  });
});
