import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Card, cardHtml, cardText, escapeHtml } from "./card.ts";

const FOREIGN = `<script>alert('1')</script>"&`;

function cardOf(text: string): Card {
  return {
    title: text,
    summary: text,
    facts: [[text, { text, href: text }]],
    tables: [{ title: text, columns: [text], rows: [[text], [{ text, href: text }]], note: text }],
  };
}

describe("cardHtml", () => {
  it("W09: shows what others wrote as text, wherever it stands", () => {
    const html = cardHtml(cardOf(FOREIGN));
    assert.doesNotMatch(html, /<script|<\/script/);
    assert.match(html, /href="&lt;script&gt;alert\(&#39;1&#39;\)&lt;\/script&gt;&quot;&amp;"/);
  });

  it("has no other elements than a card without any text", () => {
    const shape = (html: string): string =>
      html.replace(/>[^<]*</g, "><").replace(/"[^"]*"/g, '""');
    const expected = shape(cardHtml(cardOf("x")));
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "binary" }), (text) => {
        assert.equal(shape(cardHtml(cardOf(text))), expected);
      }),
    );
  });

  it("escapes the five signs", () => {
    assert.equal(escapeHtml(`&<>"'`), "&amp;&lt;&gt;&quot;&#39;");
  });
});

describe("cardText", () => {
  it("aligns facts and tables", () => {
    const text = cardText({
      title: "Block 1",
      summary: "Checked.",
      facts: [
        ["Hash", "00"],
        ["Transactions", "2"],
      ],
      tables: [
        {
          title: "List",
          columns: ["#", "Name"],
          rows: [
            ["10", "a"],
            ["1", "bc"],
          ],
        },
      ],
    });
    const expected = `Block 1
Checked.

  Hash          00
  Transactions  2

List
  #   Name
  10  a
  1   bc
`;
    assert.equal(text, expected);
  });

  it("W09: steers no terminal and begins no lines of its own", () => {
    const text = cardText(cardOf("a\u001b[2J\nb\u202ec"));
    for (const sign of ["\u001b", "\u202e"]) assert.ok(!text.includes(sign));
    assert.doesNotMatch(text, /^b/m);
  });
});
