import type { Clock } from "../clock/clock.ts";
import { LOG_CATEGORIES, type LogCategory, type LogLevel } from "./categories.ts";
import { LogFile } from "./log-file.ts";
import { LogQuota } from "./log-quota.ts";

/** How and where a logger writes; `logOptions` reads it from the settings. */
export interface LogOptions {
  /** Path of the log; null for none. */
  readonly file: string | null;
  readonly shrink: boolean;
  readonly console: boolean;
  readonly timestamps: boolean;
  readonly micros: boolean;
  readonly threadNames: boolean;
  readonly sourceLocations: boolean;
  readonly levelAlways: boolean;
  readonly quota: boolean;
  readonly categories: ReadonlySet<LogCategory>;
  readonly level: LogLevel;
  readonly categoryLevels: ReadonlyMap<LogCategory, LogLevel>;
}

/** Text that waits this long is written at once. */
const FLUSH_LENGTH = 65_536;
const RANK = { trace: 0, debug: 1, info: 2, warning: 3, error: 4 } as const;
type Severity = keyof typeof RANK;

/**
 * Writes lines as Core's debug.log has them. A line is on disk when the current turn of the event
 * loop ends, warnings and errors at once. Core: src/logging.cpp.
 */
export class Logger {
  readonly #options: LogOptions;
  readonly #clock: Clock;
  readonly #file: LogFile | null;
  readonly #categories: Set<LogCategory>;
  readonly #quota: LogQuota | null;
  #pending = "";
  #flushing: NodeJS.Immediate | null = null;

  /** @throws Error `Could not open debug log file …` */
  constructor(options: LogOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#file = options.file === null ? null : new LogFile(options.file, options.shrink);
    this.#categories = new Set(options.categories);
    this.#quota = options.quota ? new LogQuota(Date.now()) : null;
    this.#file?.write("\n\n\n\n\n"); // sets this run apart from the one before
  }

  /** Path of the log; null for none. */
  get path(): string | null {
    return this.#file?.path ?? null;
  }

  info(text: string): void {
    this.#limited("info", text);
  }

  warning(text: string): void {
    this.#limited("warning", text);
    this.flush();
  }

  error(text: string): void {
    this.#limited("error", text);
    this.flush();
  }

  /** A line that is written only when its category is switched on. */
  debug(category: LogCategory, text: string): void {
    if (this.enabled(category)) this.#line("debug", category, text);
  }

  /** Finer than `debug`: needs `-loglevel=trace` as well. */
  trace(category: LogCategory, text: string): void {
    if (this.enabled(category, "trace")) this.#line("trace", category, text);
  }

  /** Ask before building a line that is dear to build. */
  enabled(category: LogCategory, level: LogLevel = "debug"): boolean {
    if (!this.#categories.has(category)) return false;
    const least = this.#options.categoryLevels.get(category) ?? this.#options.level;
    return RANK[level] >= RANK[least];
  }

  setCategories(names: Iterable<LogCategory>, on: boolean): void {
    for (const name of names) {
      if (on) this.#categories.add(name);
      else this.#categories.delete(name);
    }
  }

  /** Every category in order, and whether its debug lines are written. */
  get categories(): readonly (readonly [LogCategory, boolean])[] {
    return LOG_CATEGORIES.map((name) => [name, this.#categories.has(name)]);
  }

  /** Writes what waits. */
  flush(): void {
    if (this.#flushing !== null) clearImmediate(this.#flushing);
    this.#flushing = null;
    const text = this.#pending;
    this.#pending = "";
    if (text !== "") this.#file?.write(text);
  }

  /** Opens the file anew: the answer to SIGHUP, after the file was moved away. */
  reopen(): void {
    this.flush();
    this.#file?.reopen();
  }

  close(): void {
    this.flush();
    this.#file?.close();
  }

  #limited(severity: Severity, text: string): void {
    const verdict = this.#quota?.take(text, Date.now()) ?? "write";
    this.#line(severity, null, text, verdict !== "drop");
    if (verdict === "last")
      this.#line(
        "warning",
        null,
        "Too many lines like the last one: they go to the console only until the hour is over.",
      );
  }

  #line(severity: Severity, category: LogCategory | null, text: string, toFile = true): void {
    const mark = this.#quota?.active ? "[*] " : "";
    const line = `${mark}${this.#stamp()}${this.#prefix(severity, category)}${escapeControls(text)}\n`;
    if (this.#options.console) process.stdout.write(line);
    if (!toFile || this.#file === null) return;
    this.#pending += line;
    if (this.#pending.length >= FLUSH_LENGTH) this.flush();
    else this.#flushing ??= setImmediate(() => this.flush());
  }

  #stamp(): string {
    const { timestamps, micros, threadNames, sourceLocations } = this.#options;
    const time = timestamps ? `${formatTime(micros)}${this.#mockTime()} ` : "";
    return `${time}${threadNames ? "[main] " : ""}${sourceLocations ? "[compeer] " : ""}`;
  }

  #mockTime(): string {
    if (!this.#clock.isMocked) return "";
    return ` (mocktime: ${formatSeconds(this.#clock.nowMs())})`;
  }

  /** Core: GetLogPrefix. Debug is what a category says, info what a line without one says. */
  #prefix(severity: Severity, category: LogCategory | null): string {
    const { levelAlways } = this.#options;
    const area = category ?? (levelAlways ? "all" : "");
    const level = levelAlways || severity !== (area === "" ? "info" : "debug") ? severity : "";
    const words = [area, level].filter((word) => word !== "");
    return words.length === 0 ? "" : `[${words.join(":")}] `;
  }
}

function formatSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function formatTime(micros: boolean): string {
  if (!micros) return formatSeconds(Date.now());
  const now = performance.timeOrigin + performance.now();
  const rest = String(Math.floor((now % 1000) * 1000)).padStart(6, "0");
  return `${new Date(now).toISOString().slice(0, 19)}.${rest}Z`;
}

/** No text can begin a line of its own or steer a terminal (CVE-2018-20586). */
function escapeControls(text: string): string {
  const line = text.replace(/\n+$/, "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return line.replace(/[\x00-\x1f\x7f]/g, (control) => {
    return `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
