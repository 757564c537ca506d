import type { SettingSources } from "@compeer/protocol/rpc/settings/merge-settings";
import type { SettingValue } from "@compeer/protocol/rpc/settings/setting";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { findOption } from "./find-option.ts";

/** Lines that tell where every setting comes from, without secrets. Core: ArgsManager::LogArgs. */
export function readSettingLines({ config, stored, commandLine }: SettingSources): string[] {
  const lines: string[] = [];
  for (const [section, values] of sorted(config.values))
    lines.push(...list("Config file arg:", section === "" ? "" : `[${section}] `, values));
  for (const [name, value] of sorted(stored))
    lines.push(`Setting file arg: ${name} = ${writeJson(value)}`);
  lines.push(...list("Command-line arg:", "", commandLine));
  return lines;
}

function list(
  title: string,
  section: string,
  values: ReadonlyMap<string, readonly SettingValue[]>,
): string[] {
  return sorted(values).flatMap(([name, given]) => {
    const secret = findOption(name)?.secret ?? false;
    return given.map((value) => `${title} ${section}${name}=${secret ? "****" : writeJson(value)}`);
  });
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
