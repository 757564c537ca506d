import { entropyToMnemonic, mnemonicToEntropy, mnemonicToSeed } from "@scure/bip39";

/** The languages for which BIP39 has a list of words, English first. */
export const WORD_LANGUAGES = [
  "english",
  "japanese",
  "korean",
  "spanish",
  "simplified-chinese",
  "traditional-chinese",
  "french",
  "italian",
  "czech",
  "portuguese",
] as const;

export type WordLanguage = (typeof WORD_LANGUAGES)[number];

/** The 2,048 words of a language, in their order. A list is loaded when it is first asked for. */
export async function wordList(language: WordLanguage): Promise<readonly string[]> {
  return (await LISTS[language]()).wordlist;
}

const LISTS: Record<WordLanguage, () => Promise<{ wordlist: string[] }>> = {
  english: () => import("@scure/bip39/wordlists/english.js"),
  japanese: () => import("@scure/bip39/wordlists/japanese.js"),
  korean: () => import("@scure/bip39/wordlists/korean.js"),
  spanish: () => import("@scure/bip39/wordlists/spanish.js"),
  "simplified-chinese": () => import("@scure/bip39/wordlists/simplified-chinese.js"),
  "traditional-chinese": () => import("@scure/bip39/wordlists/traditional-chinese.js"),
  french: () => import("@scure/bip39/wordlists/french.js"),
  italian: () => import("@scure/bip39/wordlists/italian.js"),
  czech: () => import("@scure/bip39/wordlists/czech.js"),
  portuguese: () => import("@scure/bip39/wordlists/portuguese.js"),
};

/** The words for 16, 20, 24, 28 or 32 bytes of entropy, as one text (BIP39). @throws RangeError on other lengths */
export function entropyToWords(entropy: Uint8Array, list: readonly string[]): string {
  return entropyToMnemonic(entropy, list as string[]);
}

/** The entropy behind words that are all in the list; null when their checksum is wrong. */
export function wordsToEntropy(
  words: readonly string[],
  list: readonly string[],
): Uint8Array | null {
  try {
    return mnemonicToEntropy(words.join(" "), list as string[]);
  } catch {
    return null; // the number of words and each word were looked at before: only the checksum is left
  }
}

/** The 64-byte seed of words and an optional passphrase (BIP39: 2,048 rounds of PBKDF2 with HMAC-SHA512). */
export function wordsToSeed(words: string, passphrase: string): Promise<Uint8Array> {
  return mnemonicToSeed(words, passphrase);
}
