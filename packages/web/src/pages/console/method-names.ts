/** One method as `help` lists it: its heading, its name and the usage line. */
export interface ListedMethod {
  readonly category: string;
  readonly name: string;
  readonly usage: string;
}

/** The methods in the answer of `help` without arguments: headings `== Name ==`, then a usage line each. */
export function methodsOfHelp(help: string): readonly ListedMethod[] {
  const methods: ListedMethod[] = [];
  let category = "";
  for (const line of help.split("\n")) {
    const heading = /^== (.*) ==$/.exec(line);
    if (heading !== null) category = heading[1] as string;
    else if (line !== "")
      methods.push({ category, name: line.split(" ", 1)[0] as string, usage: line });
  }
  return methods;
}

/** The methods that fit what was typed so far, those that begin with it first. At most `limit`. */
export function completions(
  methods: readonly ListedMethod[],
  typed: string,
  limit: number,
): readonly ListedMethod[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return [];
  const begin = methods.filter(({ name }) => name.startsWith(wanted));
  const within = methods.filter(({ name }) => !name.startsWith(wanted) && name.includes(wanted));
  return [...begin, ...within].slice(0, limit);
}
