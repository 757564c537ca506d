/** Three different places of `count` words to ask for, lowest first. `random` gives 0 up to 1. */
export function quizPlaces(count: number, random: () => number): readonly number[] {
  const places = new Set<number>();
  while (places.size < Math.min(3, count)) places.add(Math.floor(random() * count));
  return [...places].sort((a, b) => a - b);
}

/** The words of a text: lower case, however they are parted or numbered. */
export function typedWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replace(/[0-9]+[.):]?/g, " ")
    .split(/[\s,;]+/)
    .filter((word) => word !== "");
}
