import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { encodeTransaction } from "../bitcoin/transaction.ts";
import { transactionId } from "../bitcoin/transaction-id.ts";
import { parseTransaction, type TransactionView } from "../bitcoin/transaction-view.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeHex, encodeHex } from "../bytes/hex.ts";
import { BloomFilter } from "./bloom-filter.ts";

const ALL = 1;
const PUBKEY_ONLY = 2;
const KEY = new Uint8Array(33).fill(2);
const PAY_TO_KEY = Uint8Array.of(33, ...KEY, 0xac);
const DATA = Uint8Array.of(1, 2, 3, 4);
const PUSH_DATA = Uint8Array.of(4, ...DATA);

function transaction(script: Uint8Array, spent: Uint8Array = new Uint8Array(32)): TransactionView {
  return parseTransaction(
    encodeTransaction({
      version: 2,
      inputs: [
        { prevout: { txid: spent, index: 0 }, script: new Uint8Array(0), sequence: 0, witness: [] },
      ],
      outputs: [{ value: 1, script }],
      lockTime: 0,
    }),
  );
}

function filterOf(item: Uint8Array, flags: number): BloomFilter {
  const filter = new BloomFilter(new Uint8Array(100), 5, 7, flags);
  filter.insert(item);
  return filter;
}

function spending(tx: TransactionView): TransactionView {
  return transaction(Uint8Array.of(0x51), transactionId(tx));
}

describe("a bloom filter", () => {
  it("has the bits that BIP37 gives it", () => {
    for (const [tweak, expected] of [
      [0, "03614e9b050000000000000001"],
      [2147483649, "03ce4299050000000100008001"],
    ] as const) {
      const filter = new BloomFilter(new Uint8Array(3), 5, tweak, ALL);
      const items = [
        "99108ad8ed9bb6274d3980bab5a85c048f0950c8",
        "b5a2c786d9ef4658287ced5914b37a1b4aa32eee",
        "b9300670b4c5366e95b2699e8b18bc75e5f729c5",
      ].map(decodeHex);
      for (const item of items) filter.insert(item);
      assert.equal(encodeHex(filter.encode()), expected);
      for (const item of items) assert.ok(filter.contains(item));
      assert.ok(!filter.contains(decodeHex("19108ad8ed9bb6274d3980bab5a85c048f0950c8")));
    }
  });

  it("holds what was put into it, also after a round trip", () => {
    const bits = fc.uint8Array({ minLength: 1, maxLength: 50 });
    const items = fc.array(fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(bits, fc.nat(50), fc.nat(), items, (start, functions, tweak, all) => {
        const filter = new BloomFilter(start, functions, tweak, ALL);
        for (const item of all) filter.insert(item);
        const again = BloomFilter.decode(filter.encode());
        for (const item of all) assert.ok(again.contains(item));
      }),
    );
  });

  it("finds a transaction by txid, by what its scripts push, and by what it spends", () => {
    const tx = transaction(PUSH_DATA);
    assert.ok(filterOf(transactionId(tx), 0).matchAndUpdate(tx));
    assert.ok(filterOf(DATA, 0).matchAndUpdate(tx));
    const outpoint = Uint8Array.of(...transactionId(tx), 0, 0, 0, 0);
    assert.ok(filterOf(outpoint, 0).matchAndUpdate(spending(tx)));
    assert.ok(!filterOf(Uint8Array.of(9), 0).matchAndUpdate(tx));
  });

  it("follows a matching output to what spends it, as its flags say", () => {
    const data = transaction(PUSH_DATA);
    const toKey = transaction(PAY_TO_KEY);
    const follows = (flags: number, item: Uint8Array, tx: TransactionView): boolean => {
      const filter = filterOf(item, flags);
      assert.ok(filter.matchAndUpdate(tx));
      return filter.matchAndUpdate(spending(tx));
    };
    assert.ok(!follows(0, DATA, data));
    assert.ok(follows(ALL, DATA, data));
    assert.ok(!follows(PUBKEY_ONLY, DATA, data));
    assert.ok(follows(PUBKEY_ONLY, KEY, toKey));
  });

  it("D14 without bits matches everything and is not changed by anything", () => {
    const filter = BloomFilter.decode(decodeHex("00000000000000000001"));
    filter.insert(DATA);
    assert.ok(filter.contains(DATA));
    assert.ok(filter.matchAndUpdate(transaction(PUSH_DATA)));
    assert.equal(encodeHex(filter.encode()), "00000000000000000001");
  });

  it("is refused when it is cut short or too long, and known when it is too large", () => {
    const bytes = filterOf(DATA, ALL).encode();
    assert.throws(() => BloomFilter.decode(bytes.subarray(0, bytes.length - 1)), DecodeError);
    assert.throws(() => BloomFilter.decode(Uint8Array.of(...bytes, 0)), DecodeError);
    assert.ok(new BloomFilter(new Uint8Array(36_000), 50, 0, 0).isWithinLimits);
    assert.ok(!new BloomFilter(new Uint8Array(36_001), 50, 0, 0).isWithinLimits);
    assert.ok(!new BloomFilter(new Uint8Array(1), 51, 0, 0).isWithinLimits);
  });
});
