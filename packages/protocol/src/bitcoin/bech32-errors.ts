import {
  BECH32_MAX_LENGTH,
  type Bech32Encoding,
  CHECKSUM_LENGTH,
  checksumDefect,
  digitValues,
  nextRemainder,
} from "./bech32.ts";

/** Why a text is not Bech32, in Core's words, and which characters are probably wrong. */
export interface Bech32Errors {
  readonly error: string;
  readonly locations: readonly number[];
}

/** What is wrong with a text that `decodeBech32` refuses. Core: bech32::LocateErrors. */
export function locateBech32Errors(text: string): Bech32Errors {
  if (text.length > BECH32_MAX_LENGTH)
    return { error: "Bech32 string too long", locations: range(BECH32_MAX_LENGTH, text.length) };
  const strange = strangeCharacters(text);
  if (strange.length > 0) return { error: "Invalid character or mixed case", locations: strange };
  const lower = text.toLowerCase();
  const separator = lower.lastIndexOf("1");
  if (separator < 0) return { error: "Missing separator", locations: [] };
  if (separator === 0 || separator + CHECKSUM_LENGTH >= lower.length)
    return { error: "Invalid separator position", locations: [separator] };
  const values = digitValues(lower.slice(separator + 1));
  const noDigit = values.indexOf(-1);
  if (noDigit >= 0)
    return { error: "Invalid Base 32 character", locations: [separator + 1 + noDigit] };
  return checksumErrors(lower.slice(0, separator), values, separator + 1);
}

/** Not printable ASCII, or of the other case than the first letter. */
function strangeCharacters(text: string): number[] {
  const first = /[a-zA-Z]/.exec(text)?.[0] ?? "a";
  const other = first === first.toLowerCase() ? /[A-Z]/ : /[a-z]/;
  return range(0, text.length).filter((i) => {
    const character = text[i] as string;
    return other.test(character) || !/[\x21-\x7e]/.test(character);
  });
}

/** The encoding under which fewer characters are wrong, as long as it is one or two. */
function checksumErrors(prefix: string, values: readonly number[], start: number): Bech32Errors {
  let best: readonly number[] = [];
  let error = "Invalid checksum";
  for (const encoding of ["bech32", "bech32m"] as const) {
    const wrong = wrongValues(encoding, prefix, values);
    if (wrong.length === 0 || (best.length > 0 && wrong.length >= best.length)) continue;
    best = wrong;
    error = encoding === "bech32" ? "Invalid Bech32 checksum" : "Invalid Bech32m checksum";
  }
  return { error, locations: best.map((position) => start + position) };
}

/**
 * Positions of the one or two values whose change makes the checksum right; none when that takes more.
 * The code is linear: each change of a value adds its own remainder to the defect. Two errors have at
 * most one solution, as the code finds any four (BIP173).
 */
function wrongValues(
  encoding: Bech32Encoding,
  prefix: string,
  values: readonly number[],
): number[] {
  const defect = checksumDefect(encoding, prefix, values);
  const positionOf = new Map<number, number>();
  for (let change = 1; change < 32; change++) {
    let remainder = change;
    for (let position = values.length - 1; position >= 0; position--) {
      positionOf.set(remainder, position);
      remainder = nextRemainder(remainder, 0);
    }
  }
  const single = positionOf.get(defect);
  if (single !== undefined) return [single];
  for (const [remainder, position] of positionOf) {
    const other = positionOf.get(defect ^ remainder);
    if (other !== undefined && other !== position)
      return [Math.min(position, other), Math.max(position, other)];
  }
  return [];
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}
