import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MIN_PRUNE_MIB, pruneWords } from "./disk-words.ts";

describe("pruneWords", () => {
  it("says size and span, or that all is kept", () => {
    assert.equal(pruneWords(MIN_PRUNE_MIB), "550 MB: about the last 2 days.");
    assert.equal(pruneWords(10_000), "10 GB: about the last 40 days.");
    assert.equal(pruneWords(50_000), "50 GB: about the last 7 months.");
    assert.match(pruneWords(0), /^All of them/);
  });
});
