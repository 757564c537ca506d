import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MAX_MONEY } from "../bitcoin/amount.ts";
import { networkByName } from "../bitcoin/networks/all.ts";
import { formatPaymentLink, type PaymentLink, parsePaymentLink } from "./payment-link.ts";

const MAIN = networkByName("main");
const ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";

function linkOf(text: string): PaymentLink {
  const parsed = parsePaymentLink(text, MAIN);
  if ("fault" in parsed) assert.fail(parsed.fault);
  return parsed;
}

function faultOf(text: string): string {
  const parsed = parsePaymentLink(text, MAIN);
  return "fault" in parsed ? parsed.fault : "none";
}

describe("payment links", () => {
  it("come back as they were made, whatever label and message say", () => {
    const words = fc.string({ unit: "grapheme", maxLength: 30 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: MAX_MONEY }),
        words,
        words,
        (amount, label, message) => {
          const link = formatPaymentLink(ADDRESS, { amount, label, message });
          assert.deepEqual(linkOf(link), {
            addresses: [ADDRESS],
            amount,
            label,
            message,
            instructions: [],
          });
        },
      ),
    );
  });

  it("never throw, whatever is pasted", () => {
    const pasted = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string().map((query) => `bitcoin:${ADDRESS}?${query}`),
    );
    fc.assert(fc.property(pasted, (text) => void parsePaymentLink(text, MAIN)));
  });

  it("may be an address alone", () => {
    assert.deepEqual(linkOf(` ${ADDRESS}\n`).addresses, [ADDRESS]);
  });

  it("show amounts without zeros at the end", () => {
    assert.equal(formatPaymentLink("a", { amount: 2_030_000_000 }), "bitcoin:a?amount=20.3");
    assert.equal(formatPaymentLink("a", { amount: 100_000_000 }), "bitcoin:a?amount=1");
    assert.equal(formatPaymentLink("a", { amount: 1 }), "bitcoin:a?amount=0.00000001");
  });

  it("are refused with an amount that is none", () => {
    for (const amount of ["", ".", "1,5", "-1", "1e8", "0.000000001", "21000001", "١"])
      assert.equal(
        faultOf(`bitcoin:${ADDRESS}?amount=${amount}`),
        `"${amount}" is not an amount of bitcoin.`,
      );
  });

  it("say to which network a foreign address belongs", () => {
    assert.equal(
      faultOf("bitcoin:tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"),
      '"tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx" is an address of test, testnet4, signet; this wallet is on main.',
    );
    assert.match(faultOf(`bitcoin:${ADDRESS.replace("8f3t4", "8f3t5")}`), /is no address: /);
  });

  it("name something to pay, and D22: a BIP72 link to fetch is not looked at", () => {
    assert.equal(
      faultOf("bitcoin:?r=https://example.org/10GB"),
      "The link names nothing that can be paid.",
    );
    assert.equal(linkOf(`bitcoin:${ADDRESS}?r=https://example.org/10GB`).addresses.length, 1);
    assert.equal(faultOf(""), "The link names nothing that can be paid.");
    assert.match(faultOf(`bitcoin:${"1".repeat(20_000)}`), /too long/);
  });

  it("W04: carry no option for a program: an unknown name does nothing, or refuses the whole link", () => {
    for (const text of [
      `bitcoin:-datadir=/tmp`,
      `bitcoin:--conf=/tmp/evil?amount=1`,
      `bitcoin:${ADDRESS} -datadir=/tmp`,
      `bitcoin:${ADDRESS}%20-datadir=/tmp`,
      `bitcoin:${ADDRESS}?req--conf=/tmp/evil`,
    ])
      assert.notEqual(faultOf(text), "none", text);
    const link = linkOf(
      `bitcoin:${ADDRESS}?-datadir=/tmp&--conf=/tmp/evil&platformpluginpath=//host`,
    );
    assert.deepEqual(link, { ...linkOf(`bitcoin:${ADDRESS}`) });
  });
});
