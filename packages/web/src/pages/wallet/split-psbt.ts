/** Characters of base64 that one QR code holds so that a phone still reads it from a screen. */
const PART_LENGTH = 400;

/** A text as the codes that show it: itself, or `p1of3 …` parts, as signing devices read them. */
export function qrParts(text: string): readonly string[] {
  const count = Math.ceil(text.length / PART_LENGTH);
  if (count <= 1) return [text];
  const size = Math.ceil(text.length / count);
  return Array.from(
    { length: count },
    (_, at) => `p${at + 1}of${count} ${text.slice(at * size, (at + 1) * size)}`,
  );
}

/** Puts scanned codes together again, in whatever order they come. */
export class QrCollector {
  readonly #parts = new Map<number, string>();
  #count = 0;

  /** How many parts are there, of how many. */
  get progress(): { readonly have: number; readonly of: number } {
    return { have: this.#parts.size, of: this.#count };
  }

  /** Takes what one code says; returns the whole text once nothing is missing. */
  add(code: string): string | null {
    const part = /^p([0-9]{1,3})of([0-9]{1,3}) (.*)$/s.exec(code);
    if (part === null) return code;
    const [, index, count, text] = part as unknown as [string, string, string, string];
    if (Number(count) !== this.#count) this.#parts.clear();
    this.#count = Number(count);
    if (Number(index) >= 1 && Number(index) <= this.#count) this.#parts.set(Number(index), text);
    if (this.#parts.size < this.#count) return null;
    return Array.from({ length: this.#count }, (_, at) => this.#parts.get(at + 1)).join("");
  }
}
