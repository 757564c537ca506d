import type { JsonOut } from "../json.ts";

/** An option as the parsers need to know it. */
export interface KnownOption {
  readonly name: string;
  /** `-noname` is refused. */
  readonly noNegation?: boolean;
  /** `-name` without a value is refused. */
  readonly needsValue?: boolean;
  /** In the part of the file before any section it counts for the main chain only. */
  readonly networkOnly?: boolean;
  /** Its value is not logged. */
  readonly secret?: boolean;
}

/** Knows the options of a program. */
export type FindOption = (name: string) => KnownOption | undefined;

/**
 * The value of a setting: its text, false when it was negated, true when a negation was negated.
 * What comes from settings.json may be any JSON.
 */
export type SettingValue = JsonOut;

/** A command line or file that is refused; the message is Core's. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** A key taken apart: `regtest.nolisten` is the negated `listen` of section `regtest`. */
interface SettingKey {
  readonly section: string;
  readonly name: string;
  readonly negated: boolean;
}

/** Core: InterpretKey. */
export function parseKey(key: string): SettingKey {
  const dot = key.indexOf(".");
  const section = dot < 0 ? "" : key.slice(0, dot);
  const rest = key.slice(dot + 1);
  const negated = rest.startsWith("no");
  return { section, name: negated ? rest.slice(2) : rest, negated };
}

/**
 * The value that `key=value` gives. Core: InterpretValue.
 *
 * @param notes a line is added when the value looks like a mistake
 * @throws SettingsError when the option cannot be negated or needs a value
 */
export function interpretValue(
  { name, negated }: SettingKey,
  value: string | undefined,
  option: KnownOption,
  notes: string[],
): SettingValue {
  if (negated) {
    if (option.noNegation)
      throw new SettingsError(`Negating of -${name} is meaningless and therefore forbidden`);
    if (value === undefined || parseFlag(value)) return false;
    notes.push(`Warning: parsed potentially confusing double-negative -${name}=${value}`);
    return true;
  }
  if (value === undefined && option.needsValue)
    throw new SettingsError(
      `Can not set -${name} with no value. Please specify value with -${name}=value.`,
    );
  return value ?? "";
}

/** Nothing means yes, a number unless zero means yes, other words mean no. Core: InterpretBool. */
export function parseFlag(text: string): boolean {
  return text === "" || parseNumber(text) !== 0;
}

/** The whole number that a text begins with, 0 when with none. Core: LocaleIndependentAtoi. */
export function parseNumber(text: string): number {
  const digits = /^\s*([+-]?[0-9]+)/.exec(text)?.[1];
  return digits === undefined || /^\+-/.test(digits) ? 0 : Number(digits);
}
