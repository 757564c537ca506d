/** Longest line of the Tor control port that is taken, and most bytes of one reply. Core: MAX_LINE_LENGTH. */
export const MAX_TOR_LINE = 100_000;

/** A reply on the Tor control port: a code and the text of its lines. */
export interface TorReply {
  readonly code: number;
  readonly lines: readonly string[];
}

/** "AUTH METHODS=…" is "AUTH" and the rest. */
export function splitTorLine(line: string): readonly [string, string] {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
}

/**
 * The pairs of `KEY=value KEY="quoted value"`; empty when the text is no such list.
 * Core: ParseTorReplyMapping.
 */
export function parseTorPairs(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  const pair = /([^= ]+)=(?:"((?:[^"\\]|\\[\s\S])*)"|(?!")([^ ]*))(?: |$)/y;
  for (let at = 0; at < text.length; at = pair.lastIndex) {
    pair.lastIndex = at;
    const found = pair.exec(text);
    // What follows in the line need not be pairs.
    if (found === null) return at > 0 && !/^[^= ]+=/.test(text.slice(at)) ? pairs : new Map();
    const [, key, quoted, plain] = found;
    pairs.set(key as string, quoted === undefined ? (plain as string) : unescaped(quoted));
  }
  return pairs;
}

/** C's escapes: \n, \t, \r, up to three octal digits, and the character itself. */
function unescaped(text: string): string {
  return text.replace(/\\([0-3][0-7]{0,2}|[4-7][0-7]?|[\s\S])/g, (_, escaped: string) => {
    if (/^[0-7]/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8));
    return { n: "\n", t: "\t", r: "\r" }[escaped] ?? escaped;
  });
}
