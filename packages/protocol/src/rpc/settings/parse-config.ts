import {
  type FindOption,
  interpretValue,
  parseKey,
  SettingsError,
  type SettingValue,
} from "./setting.ts";

/** A section that a file names, and where. */
export interface ConfigSection {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** What one or more configuration files say: section, then option, then values; "" is no section. */
export class Config {
  readonly values: Map<string, Map<string, SettingValue[]>> = new Map();
  readonly sections: ConfigSection[] = [];
  readonly notes: string[] = [];

  /** Values of an option in a section. */
  get(section: string, name: string): readonly SettingValue[] {
    return this.values.get(section)?.get(name) ?? [];
  }

  /**
   * Adds the lines of a file: `name=value` and `[section]`, with comments after `#`. Options that
   * are not known are noted and skipped. Core: ArgsManager::ReadConfigStream.
   *
   * @throws SettingsError `parse error on line …`
   */
  add(text: string, file: string, find: FindOption): void {
    for (const [name, value] of this.#lines(text, file)) {
      const key = parseKey(name);
      checkSupported(key.name, this.notes);
      const option = find(key.name);
      if (option === undefined) {
        this.notes.push(`Ignoring unknown configuration value ${name}`);
        continue;
      }
      const section = this.values.get(key.section) ?? new Map<string, SettingValue[]>();
      this.values.set(key.section, section);
      const values = section.get(key.name) ?? [];
      section.set(key.name, [...values, interpretValue(key, value, option, this.notes)]);
    }
  }

  #lines(text: string, file: string): [string, string][] {
    const entries: [string, string][] = [];
    let prefix = "";
    for (const [index, whole] of text.split("\n").entries()) {
      const hash = whole.indexOf("#");
      const line = trim(hash < 0 ? whole : whole.slice(0, hash));
      if (line === "") continue;
      if (line.startsWith("[") && line.endsWith("]")) {
        const name = line.slice(1, -1);
        this.sections.push({ name, file, line: index + 1 });
        prefix = `${name}.`;
        continue;
      }
      const equals = line.indexOf("=");
      const fault = `parse error on line ${index + 1}`;
      if (line.startsWith("-"))
        throw new SettingsError(
          `${fault}: ${line}, options in configuration file must be specified without leading -`,
        );
      if (equals < 0) throw new SettingsError(`${fault}: ${line}${negationHint(line)}`);
      const name = `${prefix}${trim(line.slice(0, equals))}`;
      if (hash >= 0 && name.includes("rpcpassword"))
        throw new SettingsError(
          `${fault}, using # in rpcpassword can be ambiguous and should be avoided`,
        );
      entries.push([name, trim(line.slice(equals + 1))]);
      const dot = name.lastIndexOf(".");
      if (dot >= 0 && prefix.length <= dot)
        this.sections.push({ name: name.slice(0, dot), file, line: index + 1 });
    }
    return entries;
  }
}

function trim(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

function negationHint(line: string): string {
  if (!line.startsWith("no")) return "";
  return `, if you intended to specify a negated option, use ${line}=1 instead`;
}

/** Core: IsConfSupported. */
function checkSupported(name: string, notes: string[]): void {
  if (name === "conf")
    throw new SettingsError(
      "conf cannot be set in the configuration file; use includeconf= if you want to include additional config files",
    );
  if (name === "reindex")
    notes.push(
      "Warning: reindex=1 is set in the configuration file, which will significantly slow down startup. Consider removing or commenting out this option for better performance, unless there is currently a condition which makes rebuilding the indexes necessary",
    );
}
