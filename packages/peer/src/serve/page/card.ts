/** Text that may lead somewhere: foreign text is text, whatever it holds. */
export type Phrase = string | { readonly text: string; readonly href: string };

/** A heading with rows of a table below it. */
export interface CardTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Phrase[])[];
  /** Said instead of an empty table, or below one that was cut. */
  readonly note?: string;
}

/** What a plain page says, before it becomes HTML or text. */
export interface Card {
  readonly title: string;
  /** One sentence on what this is. */
  readonly summary: string;
  readonly facts: readonly (readonly [name: string, value: Phrase])[];
  readonly tables: readonly CardTable[];
}

/** A card as lines of text, for terminals. */
export function cardText({ title, summary, facts, tables }: Card): string {
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  const lines = facts.map(([name, value]) => `  ${wordsOf(name).padEnd(width)}  ${wordsOf(value)}`);
  const head = `${wordsOf(title)}\n${wordsOf(summary)}`;
  const parts = [head, lines.join("\n"), ...tables.map(tableText)];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function tableText({ title, columns, rows, note }: CardTable): string {
  const cells = [columns, ...rows].map((row) => row.map(wordsOf));
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => (row[i] ?? "").length)));
  const lines = rows.length === 0 ? [] : cells.map((row) => alignRow(row, widths));
  return [wordsOf(title), ...lines, ...(note === undefined ? [] : [`  ${wordsOf(note)}`])].join(
    "\n",
  );
}

function alignRow(row: readonly string[], widths: readonly number[]): string {
  return `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd();
}

/** A terminal obeys control characters; what others wrote must not have any. */
function wordsOf(phrase: Phrase): string {
  const text = typeof phrase === "string" ? phrase : phrase.text;
  return text.replace(/\p{C}/gu, "\ufffd");
}

/** A card as HTML, without scripts and styles of its own. */
export function cardHtml({ title, summary, facts, tables }: Card): string {
  const rows = facts.map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${phraseHtml(value)}</dd>`,
  );
  const list = rows.length === 0 ? "" : `<dl class="facts">${rows.join("")}</dl>`;
  const head = `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(summary)}</p>`;
  return `<article class="plain">${head}${list}${tables.map(tableHtml).join("")}</article>`;
}

function tableHtml({ title, columns, rows, note }: CardTable): string {
  const head = columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  const body = rows.map(
    (row) => `<tr>${row.map((cell) => `<td>${phraseHtml(cell)}</td>`).join("")}</tr>`,
  );
  const table =
    rows.length === 0
      ? ""
      : `<table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
  const rest = note === undefined ? "" : `<p>${escapeHtml(note)}</p>`;
  return `<section><h2>${escapeHtml(title)}</h2>${table}${rest}</section>`;
}

function phraseHtml(phrase: Phrase): string {
  if (typeof phrase === "string") return escapeHtml(phrase);
  return `<a href="${escapeHtml(phrase.href)}">${escapeHtml(phrase.text)}</a>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML shows it, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);
}
