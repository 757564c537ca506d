import {
  entropyToWords,
  WORD_LANGUAGES,
  type WordLanguage,
  wordList,
  wordsToEntropy,
  wordsToSeed,
} from "../crypto/mnemonic.ts";

/** The words of a wallet, found right (BIP39). */
export interface Mnemonic {
  /** As they were given, in lower case, with one space between words. */
  readonly words: string;
  readonly language: WordLanguage;
}

/** What is wrong with words, said to the person who typed them. */
export interface MnemonicFault {
  readonly fault: string;
}

const COUNTS = [12, 15, 18, 21, 24];

/** Words for fresh entropy of 16, 20, 24, 28 or 32 bytes. */
export async function createMnemonic(
  entropy: Uint8Array,
  language: WordLanguage = "english",
): Promise<Mnemonic> {
  const text = entropyToWords(entropy, await wordList(language));
  return { words: splitWords(text).join(" "), language };
}

/** Reads words as typed: spaces and capitals do not matter. Their language is found by their list. */
export async function parseMnemonic(text: string): Promise<Mnemonic | MnemonicFault> {
  const words = splitWords(text);
  if (!COUNTS.includes(words.length))
    return { fault: `A wallet has 12, 15, 18, 21 or 24 words; these are ${words.length}.` };
  let nearest: Unknown | null = null;
  let allKnown: WordLanguage | null = null;
  for (const language of WORD_LANGUAGES) {
    const list = await wordList(language);
    const unknown = firstUnknown(words, list);
    if (unknown !== null) {
      nearest = nearest === null || unknown.known > nearest.known ? unknown : nearest;
    } else if (wordsToEntropy(words, list) !== null) {
      return { words: words.join(" "), language };
    } else {
      allKnown ??= language;
    }
  }
  return { fault: allKnown === null ? unknownText(words, nearest as Unknown) : WRONG_CHECKSUM };
}

const WRONG_CHECKSUM =
  "Each word is in the list, but the checksum is wrong: a word is not the right one, or words are out of order.";

/** The seed from which all keys grow. Another passphrase gives another wallet, never an error. */
export function mnemonicSeed(mnemonic: Mnemonic, passphrase: string): Promise<Uint8Array> {
  return wordsToSeed(mnemonic.words, passphrase);
}

/** In the normal form that BIP39 asks for, which turns the wide space of Japanese into a plain one. */
function splitWords(text: string): string[] {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== "");
}

/** The first word that a list does not have. */
interface Unknown {
  readonly position: number;
  /** How many of the words the list has. */
  readonly known: number;
  readonly list: readonly string[];
}

function firstUnknown(words: readonly string[], list: readonly string[]): Unknown | null {
  const set = new Set(list.map((word) => word.normalize("NFKD")));
  const position = words.findIndex((word) => !set.has(word));
  if (position < 0) return null;
  return { position, known: words.filter((word) => set.has(word)).length, list };
}

function unknownText(words: readonly string[], { position, list }: Unknown): string {
  const word = words[position] as string;
  const meant = list
    .map((each) => each.normalize("NFKD"))
    .filter((each) => isNear(word, each))
    .slice(0, 3);
  const hint = meant.length === 0 ? "" : ` Did you mean ${meant.join(" or ")}?`;
  return `Word ${position + 1}, "${word}", is not in the list of words.${hint}`;
}

/** Whether four letters agree, which tell all words of the list apart, or one typing slip is between them. */
function isNear(typed: string, word: string): boolean {
  if (typed.length >= 4 && word.startsWith(typed.slice(0, 4))) return true;
  if (Math.abs(typed.length - word.length) > 1) return false;
  let start = 0;
  while (start < word.length && typed[start] === word[start]) start++;
  const restOf = (text: string, skip: number): string => text.slice(start + skip);
  const swapped = `${typed[start + 1] ?? ""}${typed[start] ?? ""}${restOf(typed, 2)}`;
  return (
    restOf(typed, 1) === restOf(word, 1) || // another letter
    restOf(typed, 0) === restOf(word, 1) || // a letter left out
    restOf(typed, 1) === restOf(word, 0) || // a letter too many
    swapped === restOf(word, 0)
  );
}
