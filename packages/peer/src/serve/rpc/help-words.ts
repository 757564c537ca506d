/** What the help tells of a method besides its description. */
export interface HelpWords {
  readonly result: string;
  /** Arguments of example calls, as typed in a shell. */
  readonly examples: readonly string[];
}

export function helpWords(result: string, ...examples: readonly string[]): HelpWords {
  return { result, examples };
}
