import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { transactionWords } from "./transaction-words.ts";

describe("transactionWords", () => {
  it("counts the first blocks and then calls a payment confirmed", () => {
    assert.equal(transactionWords({ confirmations: 1 }).text, "Confirmed by 1 block");
    assert.equal(transactionWords({ confirmations: 5 }).text, "Confirmed by 5 blocks");
    assert.equal(transactionWords({ confirmations: 6 }).text, "Confirmed");
  });

  it("tells apart waiting, replaced, given up and impossible", () => {
    const texts = [
      transactionWords({ confirmations: 0 }),
      transactionWords({ confirmations: 0, replaced_by_txid: "aa", abandoned: true }),
      transactionWords({ confirmations: 0, abandoned: true }),
      transactionWords({ confirmations: -2 }),
    ].map(({ text }) => text);
    assert.deepEqual(texts, [
      "Waiting for a block",
      "Replaced by another",
      "Given up",
      "Impossible: another spend confirmed 2 blocks ago",
    ]);
  });

  it("says of a mined reward that it ripens, or that its block was undone", () => {
    const ripening = transactionWords({ confirmations: 3, category: "immature" });
    assert.equal(ripening.text, "Mined, 3 blocks old of 101 to be spendable");
    assert.equal(transactionWords({ confirmations: 0, category: "orphan" }).kind, "bad");
  });
});
