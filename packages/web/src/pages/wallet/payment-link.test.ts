import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { paymentLink } from "./payment-link.ts";

describe("paymentLink", () => {
  it("names the address alone, or the amount without needless zeros and the label escaped", () => {
    assert.equal(paymentLink("bc1qx", null, ""), "bitcoin:bc1qx");
    assert.equal(paymentLink("bc1qx", 150_000_000, ""), "bitcoin:bc1qx?amount=1.5");
    assert.equal(
      paymentLink("bc1qx", 1_000_000_000, "a&b=ü"),
      "bitcoin:bc1qx?amount=10&label=a%26b%3D%C3%BC",
    );
  });
});
