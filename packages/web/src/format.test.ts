import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  formatAgo,
  formatBitcoins,
  formatBytes,
  formatCount,
  formatDuration,
  formatFeerate,
  formatShare,
  satsOf,
  shortenHash,
} from "./format.ts";

describe("format", () => {
  it("turns every amount of the RPC into whole satoshis", () => {
    assert.equal(satsOf(20_999_999.9769), 2_099_999_997_690_000);
    assert.equal(satsOf(0.00000001), 1);
    assert.equal(satsOf(0.1 + 0.2), 30_000_000);
  });

  it("writes bitcoins with eight places and thin spaces", () => {
    assert.equal(formatBitcoins(2_099_999_997_690_000), "20\u2009999\u2009999.97690000");
    assert.equal(formatBitcoins(-1), "−0.00000001");
    assert.equal(formatCount(1234.5), "1\u2009234.5");
  });

  it("never shows a hundred per cent before all is done", () => {
    assert.equal(formatShare(0.999999), "99.99\u00a0%");
    assert.equal(formatShare(1), "100\u00a0%");
  });

  it("keeps the two largest units of a duration", () => {
    assert.equal(formatDuration(59), "59\u00a0s");
    assert.equal(formatDuration(3_720), "1\u00a0h 2\u00a0min");
    assert.equal(formatDuration(86_400), "1\u00a0d");
    assert.equal(formatAgo(1000, 1200), "3\u00a0min ago");
    assert.equal(formatAgo(1200, 1195), "just now");
  });

  it("keeps three digits of a size and few of a feerate", () => {
    assert.equal(formatBytes(1_234_567), "1.23\u00a0MB");
    assert.equal(formatBytes(999), "999\u00a0B");
    assert.equal(formatFeerate(1), "1");
    assert.equal(formatFeerate(100.4), "100");
    assert.equal(formatFeerate(1.234), "1.23");
    assert.equal(formatFeerate(20), "20");
  });

  it("shortens only what is long", () => {
    assert.equal(shortenHash("abcdef"), "abcdef");
    assert.equal(shortenHash("0123456789abcdef0123", 4), "0123…0123");
  });
});
