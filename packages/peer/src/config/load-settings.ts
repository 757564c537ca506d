import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import {
  CHAINS,
  type Chain,
  chosenChain,
  getSetting,
  isMisplaced,
  noSettings,
  type SettingSources,
  settingFlag,
  settingText,
} from "@compeer/protocol/rpc/settings/merge-settings";
import {
  type ParsedArguments,
  parseArguments,
} from "@compeer/protocol/rpc/settings/parse-arguments";
import { Config } from "@compeer/protocol/rpc/settings/parse-config";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import { CHAIN_DIRECTORIES, isDirectory, makeDirectories, readText } from "./directories.ts";
import { findOption, OPTIONS } from "./find-option.ts";
import { usageText, versionText } from "./help.ts";
import type { Option } from "./option.ts";
import { readSettingLines } from "./setting-lines.ts";
import { type Directories, Settings } from "./settings.ts";
import { readStoredSettings, type StoredSettings } from "./stored-settings.ts";

/** Where a program keeps its data when it is not told. */
const DEFAULT_DIRECTORY = join(homedir(), ".compeer");
const CONFIG_NAME = "bitcoin.conf";

/** What a command line leads to: a run, or a text on standard output and the end. */
export type Loaded =
  | { readonly print: string }
  | {
      readonly settings: Settings;
      /** Lines for the log, which does not stand yet. */
      readonly notes: readonly string[];
      /** Lines for standard error: the run goes on. */
      readonly warnings: readonly string[];
    };

/**
 * Reads command line, configuration files and settings.json, and makes the directories.
 * Core: InitConfig.
 *
 * @throws SettingsError in Core's words; the program prints `Error: ` and the message, and ends with 1
 */
export function loadSettings(
  args: readonly string[],
  defaultDirectory: string = DEFAULT_DIRECTORY,
): Loaded {
  const parsed = parseCommandLine(args);
  const sources: SettingSources = { ...noSettings(), commandLine: parsed.options };
  const print = printed(sources);
  if (print !== null) return { print };
  return new Loader(parsed, defaultDirectory).load();
}

function parseCommandLine(args: readonly string[]): ParsedArguments {
  try {
    return parseArguments(args, findOption);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new SettingsError(`Error parsing command line arguments: ${error.message}`);
  }
}

/** What `-version` and `-help` print; null when neither is asked for. */
function printed(sources: SettingSources): string | null {
  const value = (name: string) => getSetting(sources, "", { name });
  if (settingFlag(value("version"))) return versionText();
  const asked = ["?", "h", "help", "help-debug"].some((name) => value(name) !== undefined);
  return asked ? usageText(settingFlag(value("help-debug")) ?? false) : null;
}

class Loader {
  readonly #words: readonly string[];
  readonly #defaultDirectory: string;
  readonly #notes: string[];
  readonly #warnings: string[] = [];
  #sources: SettingSources;
  /** "" until the chain is known: then its section counts as well. */
  #network = "";

  constructor(parsed: ParsedArguments, defaultDirectory: string) {
    this.#words = parsed.words;
    this.#notes = [...parsed.notes];
    this.#defaultDirectory = defaultDirectory;
    this.#sources = { ...noSettings(), commandLine: parsed.options };
  }

  load(): Loaded {
    const firstBase = this.#baseDirectory(
      (path) => `Specified data directory "${path}" does not exist.`,
    );
    const configPath = this.#path("conf", CONFIG_NAME, firstBase);
    this.#readConfig(configPath, firstBase);
    const base = this.#baseDirectory(
      (path) =>
        `Error reading configuration file: specified data directory "${path}" does not exist.`,
    );
    const chain = this.#chain();
    this.#network = chain;
    const chainDirectory = makeDirectories(base, CHAIN_DIRECTORIES[chain]);
    this.#checkIgnoredConfig(base, firstBase, configPath);
    const stored = this.#readStored(chainDirectory);
    this.#checkWords();
    const directories: Directories = {
      base,
      chain: chainDirectory,
      blocks: this.#blocksDirectory(base, CHAIN_DIRECTORIES[chain]),
    };
    this.#checkSections(chain);
    this.#notes.push(...this.#startLines(directories, configPath));
    const settings = new Settings(chain, directories, stored, this.#sources);
    return { settings, notes: this.#notes, warnings: this.#warnings };
  }

  #text(name: string): string | undefined {
    return settingText(getSetting(this.#sources, this.#network, findOption(name) as Option));
  }

  #negated(name: string): boolean {
    return getSetting(this.#sources, this.#network, findOption(name) as Option) === false;
  }

  /** Core: GetPathArg and AbsPathForConfigVal; null when the option was negated. */
  #path(name: string, fallback: string, directory: string): string | null {
    if (this.#negated(name)) return null;
    return resolve(directory, this.#text(name) || fallback);
  }

  #baseDirectory(missing: (path: string) => string): string {
    const given = this.#text("datadir") ?? "";
    if (given === "") return this.#defaultDirectory;
    const path = resolve(given);
    if (!isDirectory(path)) throw new SettingsError(missing(given));
    return path;
  }

  #readConfig(path: string | null, base: string): void {
    const config = new Config();
    this.#sources = { ...this.#sources, config };
    if (path === null) return;
    try {
      if (isDirectory(path)) throw new SettingsError(`Config file "${path}" is a directory.`);
      const text = readText(path);
      if (text !== null) {
        config.add(text, path, findOption);
        this.#readIncluded(config, base);
      } else if ((this.#text("conf") ?? "") !== "")
        throw new SettingsError(`specified config file "${path}" could not be opened.`);
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      throw new SettingsError(`Error reading configuration file: ${error.message}`);
    }
    this.#notes.push(...config.notes);
  }

  /** Files named by `includeconf`, the chain's first. Those they name themselves are not read. */
  #readIncluded(config: Config, base: string): void {
    if (this.#sources.commandLine.has("includeconf")) return;
    const chain = chosenChain(this.#sources, "main") ?? "";
    const names = includes(config, chain);
    for (const name of names) {
      const path = resolve(base, name);
      if (isDirectory(path))
        throw new SettingsError(`Included config file "${path}" is a directory.`);
      const text = readText(path);
      if (text === null) throw new SettingsError(`Failed to include configuration file ${name}`);
      config.add(text, name, findOption);
      this.#notes.push(`Included configuration file ${name}`);
    }
    const all = new Set([
      ...includes(config, chain),
      ...includes(config, chosenChain(this.#sources, "main") ?? ""),
    ]);
    for (const name of all)
      if (!names.includes(name))
        this.#warnings.push(
          `warning: -includeconf cannot be used from included files; ignoring -includeconf=${name}`,
        );
  }

  #chain(): Chain {
    const chosen = chosenChain(this.#sources, "main");
    if (chosen === null)
      throw new SettingsError(
        "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.",
      );
    const chain = CHAINS.find((name) => name === chosen);
    if (chain === undefined) throw new SettingsError(`Unknown chain ${chosen}.`);
    return chain;
  }

  /** A bitcoin.conf that lies in the data directory and is not the one that was read. */
  #checkIgnoredConfig(base: string, firstBase: string, used: string | null): void {
    const ignored = join(base, CONFIG_NAME);
    if (!existsSync(ignored)) return;
    if (used === null) {
      this.#notes.push(
        `Data directory "${base}" contains a "${CONFIG_NAME}" file which is explicitly ignored using -noconf.`,
      );
      return;
    }
    if (existsSync(used) && realpathSync(used) === realpathSync(ignored)) return;
    const conf = this.#text("conf") ?? "";
    const source =
      conf === "" ? `data directory "${firstBase}"` : `command line argument "-conf=${conf}"`;
    const message = `Data directory "${base}" contains a "${CONFIG_NAME}" file which is ignored, because a different configuration file "${used}" from ${source} is being used instead.`;
    const ways = "Delete or rename one of the two, name the other with includeconf=";
    if (
      settingFlag(
        getSetting(this.#sources, this.#network, findOption("allowignoredconf") as Option),
      )
    )
      this.#notes.push(`[warning] ${message} ${ways}.`);
    else throw new SettingsError(`${message}\n${ways}, or set allowignoredconf=1.`);
  }

  #readStored(chainDirectory: string): StoredSettings | null {
    const path = this.#path("settings", "settings.json", chainDirectory);
    if (path === null) return null;
    const stored = readStoredSettings(path, this.#notes);
    // A copy: what is stored later counts from the next start on.
    this.#sources = { ...this.#sources, stored: new Map(stored.values) };
    for (const name of stored.values.keys())
      if (findOption(name) === undefined)
        this.#notes.push(`Ignoring unknown rw_settings value ${name}`);
    stored.write();
    return stored;
  }

  #checkWords(): void {
    const [word] = this.#words;
    if (word !== undefined)
      throw new SettingsError(
        `Command line contains unexpected token '${word}', see bitcoind -h for a list of options.`,
      );
  }

  #blocksDirectory(base: string, chainName: string): string {
    const given = this.#text("blocksdir");
    const parent = given === undefined ? base : resolve(given);
    if (!isDirectory(parent))
      throw new SettingsError(`Specified blocks directory "${given}" does not exist.`);
    const path = join(parent, chainName, "blocks");
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }

  #checkSections(chain: Chain): void {
    const unknown = this.#sources.config.sections.filter(
      ({ name }) => !(CHAINS as readonly string[]).includes(name),
    );
    const lines = unknown.map(
      ({ file, line, name }) => `${file}:${line} Section [${name}] is not recognized.`,
    );
    if (lines.length > 0) this.#warnings.push(`Warning: ${lines.join("\n")}`);
    const misplaced = OPTIONS.filter((option) => isMisplaced(this.#sources, chain, option));
    const faults = misplaced.map(
      ({ name }) =>
        `Config setting for -${name} only applied on ${chain} network when in [${chain}] section.`,
    );
    if (faults.length > 0) throw new SettingsError(faults.sort().join("\n"));
  }

  #startLines({ chain }: Directories, configPath: string | null): string[] {
    const found = configPath !== null && existsSync(configPath);
    return [
      `Default data directory ${this.#defaultDirectory}`,
      `Using data directory ${chain}`,
      found
        ? `Config file: ${configPath}`
        : `Config file: ${configPath === null ? "<disabled>" : `${configPath} (not found, skipping)`}`,
      ...readSettingLines(this.#sources),
    ];
  }
}

function includes(config: Config, chain: string): string[] {
  const given = [config.get(chain, "includeconf"), config.get("", "includeconf")];
  const values = given.flatMap((list) => list.slice(list.lastIndexOf(false) + 1));
  return values.filter((value): value is string => typeof value === "string");
}
