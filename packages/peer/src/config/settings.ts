import type { JsonOut } from "@compeer/protocol/rpc/json";
import {
  type Chain,
  getSetting,
  getSettingList,
  type SettingSources,
  settingFlag,
  settingNumber,
  settingText,
} from "@compeer/protocol/rpc/settings/merge-settings";
import type { SettingValue } from "@compeer/protocol/rpc/settings/setting";
import { findOption } from "./find-option.ts";
import type { Option } from "./option.ts";
import type { StoredSettings } from "./stored-settings.ts";

/** Where the peer's files lie. All absolute. */
export interface Directories {
  /** `-datadir`. */
  readonly base: string;
  /** Below it, the chain's own: the same on main. */
  readonly chain: string;
  /** The folder `blocks`, wherever `-blocksdir` puts it. */
  readonly blocks: string;
}

/** The settings of one run. They do not change; what is changed while running is in `stored`. */
export class Settings {
  readonly chain: Chain;
  readonly directories: Directories;
  /** settings.json; null with -nosettings. */
  readonly stored: StoredSettings | null;
  readonly #sources: SettingSources;

  constructor(
    chain: Chain,
    directories: Directories,
    stored: StoredSettings | null,
    sources: SettingSources,
  ) {
    this.chain = chain;
    this.directories = directories;
    this.stored = stored;
    this.#sources = sources;
    Object.freeze(this);
  }

  /** Whether somebody gave it, even as a negation. */
  isSet(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  /** Whether it was switched off: `-noname`. */
  isNegated(name: string): boolean {
    return this.#value(name) === false;
  }

  flag(name: string, fallback = false): boolean {
    return settingFlag(this.#value(name)) ?? fallback;
  }

  text(name: string): string | undefined;
  text(name: string, fallback: string): string;
  text(name: string, fallback?: string): string | undefined {
    return settingText(this.#value(name)) ?? fallback;
  }

  number(name: string): number | undefined;
  number(name: string, fallback: number): number;
  number(name: string, fallback?: number): number | undefined {
    return settingNumber(this.#value(name)) ?? fallback;
  }

  /** Every value of an option that may be repeated. */
  list(name: string): readonly string[] {
    return this.values(name).map((value) => settingText(value) ?? "");
  }

  /** Like `list`, before the values become text: settings.json may hold anything. */
  values(name: string): readonly SettingValue[] {
    return getSettingList(this.#sources, this.chain, known(name));
  }

  /** The settings as they would be with another settings.json. */
  withStored(values: ReadonlyMap<string, JsonOut>): Settings {
    const sources = { ...this.#sources, stored: values };
    return new Settings(this.chain, this.directories, this.stored, sources);
  }

  #value(name: string): SettingValue | undefined {
    return getSetting(this.#sources, this.chain, known(name));
  }
}

function known(name: string): Option {
  const option = findOption(name);
  if (option === undefined) throw new Error(`no option is called ${name}`);
  return option;
}
