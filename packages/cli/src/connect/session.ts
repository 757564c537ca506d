import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import {
  CHAINS,
  type Chain,
  chosenChain,
  getSetting,
  noSettings,
  type SettingSources,
  settingFlag,
  settingNumber,
  settingText,
} from "@compeer/protocol/rpc/settings/merge-settings";
import type { ParsedArguments } from "@compeer/protocol/rpc/settings/parse-arguments";
import { SettingsError, type SettingValue } from "@compeer/protocol/rpc/settings/setting";
import { findFileOption } from "./options.ts";

const PLACES: Readonly<Record<Chain, { readonly directory: string; readonly port: number }>> = {
  main: { directory: "", port: 8332 },
  test: { directory: "testnet3", port: 18332 },
  testnet4: { directory: "testnet4", port: 48332 },
  signet: { directory: "signet", port: 38332 },
  regtest: { directory: "regtest", port: 18443 },
};

/** Where the peer is. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** What command line and configuration file say about the peer to ask. */
export class Session {
  readonly chain: Chain;
  /** Whether somebody chose the chain, or it is the default. */
  readonly chainChosen: boolean;
  readonly dataDirectory: string;
  readonly configPath: string;
  /** The words that are no options. */
  readonly words: readonly string[];
  readonly #sources: SettingSources;
  readonly #forced = new Map<string, string>();

  /**
   * @param otherwise the chain when nobody chooses one
   * @throws SettingsError in Core's words
   */
  constructor(parsed: ParsedArguments, otherwise: Chain) {
    this.words = parsed.words;
    this.#sources = { ...noSettings(), commandLine: parsed.options };
    const base = this.#directory((path) => `Specified data directory "${path}" does not exist.`);
    this.configPath = resolve(base, this.text("conf") || "bitcoin.conf");
    this.#readConfig();
    this.dataDirectory = this.#directory(
      (path) =>
        `Error reading configuration file: specified data directory "${path}" does not exist.`,
    );
    const chosen = chosenChain(this.#sources, otherwise);
    const chain = CHAINS.find((name) => name === chosen);
    if (chain === undefined)
      throw new SettingsError(
        chosen === null
          ? "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one."
          : `Unknown chain ${chosen}.`,
      );
    this.chain = chain;
    this.chainChosen =
      chosenChain(this.#sources, otherwise === "main" ? "regtest" : "main") === chain;
  }

  get chainDirectory(): string {
    return join(this.dataDirectory, PLACES[this.chain].directory);
  }

  /** Gives a setting a value that beats all others. */
  force(name: string, value: string): void {
    this.#forced.set(name, value);
  }

  isSet(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  isNegated(name: string): boolean {
    return this.#value(name) === false;
  }

  flag(name: string): boolean {
    return settingFlag(this.#value(name)) ?? false;
  }

  text(name: string): string | undefined {
    return settingText(this.#value(name));
  }

  number(name: string, fallback: number): number {
    return settingNumber(this.#value(name)) ?? fallback;
  }

  /**
   * Where to connect. Core: CallRPC.
   *
   * @throws Error on a port that is none
   */
  target(): Target {
    const connect = this.text("rpcconnect") ?? "127.0.0.1";
    const match = /^(?:\[([^\]]+)\]|([^:]*))(?::([^:]*))?$/.exec(connect);
    const host = match?.[1] ?? match?.[2] ?? connect; // an IPv6 address needs no brackets
    const text = match?.[3];
    const named = text === undefined ? undefined : parsePort("rpcconnect", text, connect);
    const given = this.text("rpcport");
    const port = given === undefined ? undefined : parsePort("rpcport", given, given);
    return { host, port: port ?? named ?? PLACES[this.chain].port };
  }

  /** `user:password`, or null when there is neither a password nor a cookie. Core: GetAuthCookie. */
  credentials(): string | null {
    const password = this.text("rpcpassword") ?? "";
    if (password !== "") return `${this.text("rpcuser") ?? ""}:${password}`;
    if (this.isNegated("rpccookiefile")) return "";
    const path = resolve(this.chainDirectory, this.text("rpccookiefile") || ".cookie");
    try {
      return readFileSync(path, "utf8").split("\n", 1)[0] as string;
    } catch {
      return null;
    }
  }

  #value(name: string): SettingValue | undefined {
    const forced = this.#forced.get(name);
    return forced ?? getSetting(this.#sources, this.chain ?? "", findFileOption(name));
  }

  #directory(missing: (path: string) => string): string {
    const given = this.text("datadir") ?? "";
    if (given === "") return join(homedir(), ".compeer");
    const isDirectory = statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if (!isDirectory) throw new SettingsError(missing(given));
    return resolve(given);
  }

  #readConfig(): void {
    if (this.isNegated("conf")) return;
    let text: string;
    try {
      text = readFileSync(this.configPath, "utf8");
    } catch {
      if (!this.isSet("conf")) return;
      throw new SettingsError(
        `Error reading configuration file: specified config file "${this.configPath}" could not be opened.`,
      );
    }
    try {
      this.#sources.config.add(text, this.configPath, findFileOption);
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      throw new SettingsError(`Error reading configuration file: ${error.message}`);
    }
  }
}

function parsePort(option: string, text: string, whole: string): number {
  const port = /^[0-9]+$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new Error(`Invalid port provided in -${option}: ${whole}`);
  return port;
}
