import { writeJson } from "../write-json.ts";
import {
  type FindOption,
  interpretValue,
  parseKey,
  SettingsError,
  type SettingValue,
} from "./setting.ts";

/** A command line taken apart. */
export interface ParsedArguments {
  /** Values of each option, in the order given. */
  readonly options: ReadonlyMap<string, readonly SettingValue[]>;
  /** The first word that is no option, and everything after it. */
  readonly words: readonly string[];
  /** Lines for the log. */
  readonly notes: readonly string[];
}

/**
 * Reads options with one or two dashes, `-name`, `-name=value` and `-noname`, up to the first word
 * without a dash. Core: ArgsManager::ParseParameters.
 *
 * @throws SettingsError on an option that is not known or not used as it must be
 */
export function parseArguments(args: readonly string[], find: FindOption): ParsedArguments {
  const options = new Map<string, SettingValue[]>();
  const notes: string[] = [];
  let words: readonly string[] = [];
  for (const [position, argument] of args.entries()) {
    if (argument === "-") break;
    if (!argument.startsWith("-")) {
      words = args.slice(position);
      break;
    }
    const equals = argument.indexOf("=");
    const key = parseKey(argument.slice(0, equals < 0 ? undefined : equals).replace(/^--?/, ""));
    const option = key.section === "" ? find(key.name) : undefined;
    if (option === undefined) throw new SettingsError(`Invalid parameter ${argument}`);
    const text = equals < 0 ? undefined : argument.slice(equals + 1);
    const value = interpretValue(key, text, option, notes);
    options.set(key.name, [...(options.get(key.name) ?? []), value]);
  }
  refuseInclude(options.get("includeconf") ?? []);
  return { options, words, notes };
}

/** Only `-noincludeconf` makes sense here. */
function refuseInclude(values: readonly SettingValue[]): void {
  const first = values[values.lastIndexOf(false) + 1];
  if (first !== undefined)
    throw new SettingsError(
      `-includeconf cannot be used from commandline; -includeconf=${writeJson(first)}`,
    );
}
