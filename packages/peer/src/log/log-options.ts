import { resolve } from "node:path";
import { isLogCategory, LOG_CATEGORIES, type LogCategory, type LogLevel } from "./categories.ts";
import type { LogOptions } from "./logger.ts";

/** The part of the settings that is read here. */
export interface LogSettings {
  flag(name: string, fallback: boolean): boolean;
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  isNegated(name: string): boolean;
}

/**
 * How to log. Core: src/init/common.cpp.
 *
 * @param directory where a relative `-debuglogfile` lies
 * @throws Error in Core's words on an unknown category or level
 */
export function logOptions(settings: LogSettings, directory: string): LogOptions {
  const categories = readCategories(settings);
  const { level, categoryLevels } = readLevels(settings.list("loglevel"));
  const file = settings.text("debuglogfile") ?? "";
  return {
    file: settings.isNegated("debuglogfile") ? null : resolve(directory, file || "debug.log"),
    shrink: settings.flag("shrinkdebugfile", categories.size === 0),
    console: settings.flag("printtoconsole", !settings.flag("daemon", false)),
    timestamps: settings.flag("logtimestamps", true),
    micros: settings.flag("logtimemicros", false),
    threadNames: settings.flag("logthreadnames", false),
    sourceLocations: settings.flag("logsourcelocations", false),
    levelAlways: settings.flag("loglevelalways", false),
    quota: settings.flag("logratelimit", true),
    categories,
    level,
    categoryLevels,
  };
}

/** What `-debug` and `-debugexclude` leave on. "0" and "none" forget what stands before them. */
function readCategories(settings: LogSettings): Set<LogCategory> {
  const given = settings.list("debug");
  const from = given.findLastIndex((value) => value === "0" || value === "none") + 1;
  const on = new Set<LogCategory>();
  for (const value of given.slice(from)) for (const name of named("debug", value)) on.add(name);
  for (const value of settings.list("debugexclude"))
    for (const name of named("debugexclude", value)) on.delete(name);
  return on;
}

function named(option: string, value: string): readonly LogCategory[] {
  if (value === "" || value === "1" || value === "all") return LOG_CATEGORIES;
  if (isLogCategory(value)) return [value];
  throw new Error(`Unsupported logging category -${option}=${value}.`);
}

function readLevels(values: readonly string[]): Pick<LogOptions, "level" | "categoryLevels"> {
  let level: LogLevel = "debug";
  const categoryLevels = new Map<LogCategory, LogLevel>();
  for (const value of values) {
    if (!value.includes(":")) {
      if (!isLevel(value))
        throw new Error(
          `Unsupported global logging level -loglevel=${value}. Valid values: info, debug, trace.`,
        );
      level = value;
      continue;
    }
    const [category = "", of = "", ...more] = value.split(":");
    if (!isLogCategory(category) || !isLevel(of) || more.length > 0)
      throw new Error(
        `Unsupported category-specific logging level -loglevel=${value}. Expected -loglevel=<category>:<loglevel>. Valid categories: ${LOG_CATEGORIES.join(", ")}. Valid loglevels: info, debug, trace.`,
      );
    categoryLevels.set(category, of);
  }
  return { level, categoryLevels };
}

function isLevel(text: string): text is LogLevel {
  return text === "info" || text === "debug" || text === "trace";
}
