/** The arguments of a function: its body, cut at the commas outside of brackets. */
export function splitArguments(body: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < body.length; i++) {
    const character = body[i] as string;
    if ("({".includes(character)) depth++;
    else if (")}".includes(character)) depth--;
    else if (character === "," && depth === 0) {
      parts.push(body.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, body.slice(start)];
}
