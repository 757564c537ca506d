/** A value of a setting as JSON has it. */
export type SettingValue = null | boolean | number | string | readonly string[];

/** One line of listsettings. */
export interface Setting {
  readonly name: string;
  readonly group: string;
  readonly description: string;
  readonly kind: "flag" | "number" | "text" | "list";
  readonly hint?: string | null;
  readonly default: SettingValue;
  /** In force now. */
  readonly value: SettingValue;
  /** In settings.json: in force after the next start. */
  readonly stored: SettingValue;
  readonly source: "default" | "set";
  readonly restart: boolean;
  readonly pending: boolean;
  readonly editable: boolean;
}

/** A value as a field shows it. */
export function settingText(value: SettingValue): string {
  if (value === null) return "";
  if (typeof value === "object") return value.join("\n");
  return String(value);
}

/**
 * What was typed as a value of the setting's kind; null goes back to the default.
 *
 * @throws Error with one sentence when it is none
 */
export function settingValue(kind: Setting["kind"], text: string): SettingValue {
  const plain = text.trim();
  if (plain === "") return null;
  if (kind === "number") {
    if (!/^-?[0-9]+(\.[0-9]+)?$/.test(plain)) throw new Error("That is not a number.");
    return Number(plain);
  }
  if (kind === "list") return plain.split("\n").map((line) => line.trim());
  return plain;
}

/** Whether a text is in a setting's name, group or description. */
export function settingFits(setting: Setting, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  const words = `${setting.name} ${setting.group} ${setting.description}`.toLowerCase();
  return wanted.split(/\s+/).every((word) => words.includes(word));
}
