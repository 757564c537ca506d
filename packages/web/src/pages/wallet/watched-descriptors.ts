/** What to import so that a wallet watches what somebody pasted. */
export interface Watched {
  readonly descriptor: string;
  readonly active: boolean;
}

const KEY = /^(\[[0-9a-fA-F]{8}[^\]]*\])?[xt]pub[1-9A-HJ-NP-Za-km-z]+$/;

/**
 * Descriptors, extended public keys or addresses, one a line, as descriptors to watch: a bare extended
 * key becomes native SegWit (BIP84) with a receiving and a change branch.
 */
export function watchedDescriptors(text: string): readonly Watched[] {
  return text
    .split(/\n+/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(watchedLine);
}

function watchedLine(line: string): Watched {
  if (KEY.test(line)) return { descriptor: `wpkh(${line}/<0;1>/*)`, active: true };
  if (!line.includes("(")) return { descriptor: `addr(${line})`, active: false };
  return { descriptor: line, active: line.includes("*") };
}
