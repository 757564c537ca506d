import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  formatLabelRecords,
  LABEL_TYPES,
  type LabelRecord,
  parseLabelRecords,
} from "./label-record.ts";

const record: fc.Arbitrary<LabelRecord> = fc.record(
  {
    type: fc.constantFrom(...LABEL_TYPES.filter((type) => type !== "output")),
    ref: fc.string({ minLength: 1 }),
    label: fc.string({ unit: "grapheme", maxLength: 50 }),
    origin: fc.string(),
  },
  { requiredKeys: ["type", "ref"] },
);

describe("label records", () => {
  it("come back as they were written, line ends in labels included", () => {
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const parsed = parseLabelRecords(formatLabelRecords(records));
        assert.deepEqual(parsed.problems, []);
        assert.deepEqual(JSON.stringify(parsed.records), JSON.stringify(records.map(ordered)));
      }),
    );
  });

  it("never throw, whatever a file holds, deep nesting included (D24)", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseLabelRecords(text)));
    const deep = parseLabelRecords(`${"[".repeat(9_000)}\n`);
    assert.deepEqual(deep.problems, [{ line: 1, reason: "not a JSON object" }]);
  });

  it("that are wrong spoil no other", () => {
    const lines = [
      '{"type":"tx","ref":"a","label":"one"}',
      "{",
      '{"type":"tx"}',
      '{"ref":"a"}',
      '{"type":"tx","ref":"a","label":1}',
      '{"type":"tx","ref":"a","origin":1}',
      '{"type":"output","ref":"a:1","spendable":"no"}',
      '{"type":"later","ref":"a"}',
      "",
      '{"type":"output","ref":"a:1","spendable":false,"more":1}',
      '{"type":"tx","ref":"b","spendable":false}',
    ];
    const { records, problems } = parseLabelRecords(lines.join("\r\n"));
    assert.deepEqual(records, [
      { type: "tx", ref: "a", label: "one" },
      { type: "output", ref: "a:1", spendable: false },
      { type: "tx", ref: "b" },
    ]);
    assert.deepEqual(problems, [
      { line: 2, reason: "not a JSON object" },
      { line: 3, reason: "no ref" },
      { line: 4, reason: "no type" },
      { line: 5, reason: "the label is no text" },
      { line: 6, reason: "the origin is no text" },
      { line: 7, reason: "spendable is neither true nor false" },
    ]);
  });

  it("cut labels of more than 255 characters", () => {
    const text = JSON.stringify({ type: "tx", ref: "a", label: "😀".repeat(300) });
    assert.equal(parseLabelRecords(text).records[0]?.label, "😀".repeat(255));
  });
});

function ordered({ type, ref, label, origin }: LabelRecord): object {
  return { type, ref, label, origin };
}
