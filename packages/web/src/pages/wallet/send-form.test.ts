import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  coinsOfQuery,
  rateOf,
  recipientFaults,
  type SendForm,
  sendArguments,
} from "./send-form.ts";

const FORM: SendForm = {
  recipients: [{ id: 0, address: " bcrt1qx ", amount: "0,1" }],
  speed: "next1",
  ownRate: "",
  subtractFee: false,
  coins: [],
};
const FEES = { minimum: 0.1, next1: 2.12345, next2: 2, next3: 1.5, next6: 0.1 };
const COIN = { txid: "ab".repeat(32), vout: 7 };

describe("sendArguments", () => {
  it("states amounts as exact decimals and leaves the rest to the peer", () => {
    assert.deepEqual(sendArguments(FORM, null), {
      outputs: [{ bcrt1qx: "0.10000000" }],
      options: { replaceable: true },
    });
  });

  it("carries the rate, the coins picked by hand and who pays the fee", () => {
    const recipients = [...FORM.recipients, { id: 1, address: "bcrt1qy", amount: "2" }];
    const full = { ...FORM, recipients, subtractFee: true, coins: [COIN] };
    assert.deepEqual(sendArguments(full, FEES), {
      outputs: [{ bcrt1qx: "0.10000000" }, { bcrt1qy: "2.00000000" }],
      fee_rate: 2.124,
      options: {
        replaceable: true,
        inputs: [COIN],
        add_inputs: false,
        subtract_fee_from_outputs: [0, 1],
      },
    });
  });

  it("is nothing while an address or an amount is missing or wrong", () => {
    for (const wrong of [
      { id: 0, address: "", amount: "1" },
      { id: 0, address: "x", amount: "" },
      { id: 0, address: "x", amount: "22000000" },
    ])
      assert.equal(sendArguments({ ...FORM, recipients: [wrong] }, FEES), null);
    assert.equal(sendArguments({ ...FORM, recipients: [] }, FEES), null);
  });
});

describe("rateOf", () => {
  it("takes the rate of the chosen block, or one's own when it is a rate", () => {
    assert.equal(rateOf({ speed: "next6", ownRate: "" }, FEES), 1);
    assert.equal(rateOf({ speed: "next3", ownRate: "9" }, FEES), 1.5);
    assert.equal(rateOf({ speed: "custom", ownRate: "9" }, null), 9);
    assert.equal(rateOf({ speed: "custom", ownRate: "x" }, FEES), null);
    assert.equal(sendArguments({ ...FORM, speed: "custom", ownRate: "" }, FEES), null);
  });
});

describe("recipientFaults", () => {
  it("has one sentence for each field", () => {
    const faults = recipientFaults({ id: 0, address: " ", amount: "x" });
    assert.deepEqual(faults, { address: "Say to whom.", amount: "That is not a number." });
  });
});

describe("coinsOfQuery", () => {
  it("reads outpoints and drops what is none", () => {
    assert.deepEqual(coinsOfQuery(`${COIN.txid}:7,x:1,${COIN.txid}:-1`), [COIN]);
    assert.deepEqual(coinsOfQuery(null), []);
  });
});
