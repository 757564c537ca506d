import { JsonNumber, type JsonOut } from "../json.ts";
import { writeJson } from "../write-json.ts";
import { Config } from "./parse-config.ts";
import { type KnownOption, parseFlag, parseNumber, type SettingValue } from "./setting.ts";

/** Where settings come from. Earlier ones beat later ones. */
export interface SettingSources {
  readonly commandLine: ReadonlyMap<string, readonly SettingValue[]>;
  /** settings.json */
  readonly stored: ReadonlyMap<string, JsonOut>;
  readonly config: Config;
}

/** No sources at all. */
export function noSettings(): SettingSources {
  return { commandLine: new Map(), stored: new Map(), config: new Config() };
}

/** Values of one option from one source, without those before the last negation. */
interface Span {
  readonly values: readonly SettingValue[];
  readonly negated: boolean;
  /** The last word was a negation. */
  readonly off: boolean;
  readonly source: "command line" | "stored" | "section" | "file";
}

/** Core: MergeSettings and SettingsSpan. */
function spans(sources: SettingSources, section: string, name: string): Span[] {
  const stored = sources.stored.get(name);
  const { config } = sources;
  const found: [Span["source"], readonly SettingValue[]][] = [
    ["command line", sources.commandLine.get(name) ?? []],
    ["stored", stored === undefined ? [] : Array.isArray(stored) ? stored : [stored]],
    ["section", section === "" ? [] : config.get(section, name)],
    ["file", config.get("", name)],
  ];
  return found
    .filter(([, given]) => given.length > 0)
    .map(([source, given]) => {
      const negations = given.lastIndexOf(false) + 1;
      const off = negations === given.length;
      return { source, values: given.slice(negations), negated: negations > 0, off };
    });
}

function inFile({ source }: Span): boolean {
  return source === "section" || source === "file";
}

/**
 * The one value of a setting: the last on the command line, the first in a file. Undefined when
 * nobody gives one. Core: common::GetSetting, with its oddities.
 *
 * @param network name of the chain, "" before it is known
 */
export function getSetting(
  sources: SettingSources,
  network: string,
  option: KnownOption,
): SettingValue | undefined {
  const skipFile = (option.networkOnly ?? false) && network !== "main";
  for (const span of spans(sources, network, option.name)) {
    if (span.source === "file" && skipFile && !span.off) continue;
    if (span.off) return false;
    return inFile(span) ? span.values[0] : span.values.at(-1);
  }
  return undefined;
}

/** All values of a setting. Core: common::GetSettingsList, with its oddities. */
export function getSettingList(
  sources: SettingSources,
  network: string,
  option: KnownOption,
): SettingValue[] {
  const skipFile = (option.networkOnly ?? false) && network !== "main";
  const result: SettingValue[] = [];
  let done = false;
  let negatedEmpty = false;
  for (const span of spans(sources, network, option.name)) {
    if (span.source === "file" && skipFile) continue;
    if (!done || (inFile(span) && !negatedEmpty)) result.push(...span.values);
    done ||= span.negated;
    negatedEmpty ||= span.off && result.length === 0;
  }
  return result;
}

/** True when a network-only option stands only where it does not count. Core: OnlyHasDefaultSectionSetting. */
export function isMisplaced(
  sources: SettingSources,
  network: string,
  option: KnownOption,
): boolean {
  if (!option.networkOnly || network === "main") return false;
  const given = spans(sources, network, option.name).filter((span) => !span.off);
  return given.length > 0 && given.every(({ source }) => source === "file");
}

/** The names of the chains, as options and sections call them. */
export const CHAINS = ["main", "test", "testnet4", "signet", "regtest"] as const;
export type Chain = (typeof CHAINS)[number];

/**
 * The chain that is chosen, as it was named: it need not exist. Core: ArgsManager::GetChainArg.
 *
 * @returns null when `-chain` and `-regtest` and the like are combined
 */
export function chosenChain(sources: SettingSources, otherwise: Chain): string | null {
  const chain = settingText(getSetting(sources, "", { name: "chain" }));
  const chosen: string[] = chain === undefined ? [] : [chain];
  for (const [option, name] of [
    ["regtest", "regtest"],
    ["signet", "signet"],
    ["testnet", "test"],
    ["testnet4", "testnet4"],
  ] as const) {
    const span = spans(sources, "", option).find(({ off }) => !off);
    if (settingFlag(span?.values.at(-1)) ?? false) chosen.push(name);
  }
  return chosen.length > 1 ? null : (chosen[0] ?? otherwise);
}

/** Core: SettingToString. */
export function settingText(value: SettingValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "string") return value;
  return value instanceof JsonNumber ? value.text : writeJson(value);
}

/** Core: SettingToBool. */
export function settingFlag(value: SettingValue | undefined): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = settingText(value);
  return text === undefined ? undefined : parseFlag(text);
}

/** Core: SettingToInt. */
export function settingNumber(value: SettingValue | undefined): number | undefined {
  const text = settingText(value);
  return text === undefined ? undefined : parseNumber(text);
}
