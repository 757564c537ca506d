import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { QrCollector, qrParts } from "./split-psbt.ts";

describe("qrParts", () => {
  it("leaves a short text as it is", () => {
    assert.deepEqual(qrParts("cHNidP8B"), ["cHNidP8B"]);
  });

  it("numbers the parts of a long one, and the collector puts them together in any order", () => {
    const text = "abcdefgh".repeat(250);
    const parts = qrParts(text);
    assert.equal(parts.length, 5);
    const collector = new QrCollector();
    const answers = [...parts].reverse().map((part) => collector.add(part));
    assert.deepEqual(answers, [null, null, null, null, text]);
  });
});

describe("QrCollector", () => {
  it("counts a part seen twice once, and ignores one that cannot be", () => {
    const collector = new QrCollector();
    collector.add("p1of2 a");
    collector.add("p1of2 a");
    collector.add("p9of2 z");
    assert.deepEqual(collector.progress, { have: 1, of: 2 });
    assert.equal(collector.add("p2of2 b"), "ab");
  });

  it("begins anew when the codes are of another text", () => {
    const collector = new QrCollector();
    collector.add("p1of3 a");
    assert.equal(collector.add("p1of2 x"), null);
    assert.equal(collector.add("p2of2 y"), "xy");
  });
});
