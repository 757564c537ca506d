import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { splitLine } from "./split-line.ts";

describe("splitLine", () => {
  it("parts words at blanks and keeps quoted ones together", () => {
    assert.deepEqual(splitLine(`  getnewaddress "my rent"  'be ch32' `), [
      "getnewaddress",
      "my rent",
      "be ch32",
    ]);
  });

  it("keeps JSON whole, with the quotes, blanks and brackets inside its strings", () => {
    assert.deepEqual(splitLine(`send [{"a b": 0.1}, "]\\"}"] null`), [
      "send",
      `[{"a b": 0.1}, "]\\"}"]`,
      "null",
    ]);
  });

  it("keeps an empty quoted word", () => {
    assert.deepEqual(splitLine(`sendmany "" {}`), ["sendmany", "", "{}"]);
  });

  it("says what stays open", () => {
    assert.throws(() => splitLine(`say "no`), /not closed/);
    assert.throws(() => splitLine("send [1"), /bracket is not closed/);
  });

  it("finds no word in an empty line", () => {
    assert.deepEqual(splitLine("   "), []);
  });
});
