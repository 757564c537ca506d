/**
 * The words of a line as a shell would split it: blanks part them, quotes keep them together, and JSON
 * in braces or brackets is one word with its blanks and quotes.
 *
 * @throws Error when a quote or a bracket stays open
 */
export function splitLine(line: string): readonly string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (isBlank(line[at])) at++;
    if (at >= line.length) return words;
    const { word, end } = readWord(line, at);
    words.push(word);
    at = end;
  }
}

interface Word {
  readonly word: string;
  readonly end: number;
}

function readWord(line: string, start: number): Word {
  const first = line[start];
  if (first === "{" || first === "[") return readJson(line, start);
  let word = "";
  let at = start;
  while (at < line.length && !isBlank(line[at])) {
    const character = line[at] as string;
    if (character !== '"' && character !== "'") {
      word += character;
      at++;
      continue;
    }
    const close = line.indexOf(character, at + 1);
    if (close < 0) throw new Error(`A ${character} is not closed.`);
    word += line.slice(at + 1, close);
    at = close + 1;
  }
  return { word, end: at };
}

function readJson(line: string, start: number): Word {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < line.length; at++) {
    const character = line[at] as string;
    if (quoted) {
      if (character === "\\") at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{" || character === "[") depth++;
    else if ((character === "}" || character === "]") && --depth === 0)
      return { word: line.slice(start, at + 1), end: at + 1 };
  }
  throw new Error("A bracket is not closed.");
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\n";
}
