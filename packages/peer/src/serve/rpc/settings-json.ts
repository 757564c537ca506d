import { type Json, JsonNumber, type JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { settingFlag } from "@compeer/protocol/rpc/settings/merge-settings";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { findOption, OPTIONS } from "../../config/find-option.ts";
import type { Option } from "../../config/option.ts";
import type { Settings } from "../../config/settings.ts";

/**
 * Options that a call cannot change: they say where the settings are and what the peer is, name files to
 * write and programs to run, or let others in. Who holds a session of the page must not become the
 * owner of the machine.
 */
const NOT_KEPT: ReadonlySet<string> = new Set(
  `alertnotify blocknotify blocksdir chain conf daemon daemonwait datadir debuglogfile help help-debug
  includeconf loadblock pagebind pid regtest reindex reindex-chainstate rpcallowhost rpcallowip rpcbind
  rpccookiefile rpccookieperms rpcwhitelist rpcwhitelistdefault settings shutdownnotify signer signet
  signetchallenge startupnotify testnet testnet4 version walletdir walletnotify`.split(/\s+/),
);

type SettingKind = "flag" | "number" | "text" | "list";

/** Settings as something to read and to change: what each is, what it is now, and what it will be. */
export class SettingsBook {
  readonly #settings: Settings;
  /** settings.json as it was at the start. */
  readonly #before: ReadonlyMap<string, JsonOut>;
  readonly #check: (changed: Settings) => void;

  /** @param check throws SettingsError when a peer with these settings would not start */
  constructor(settings: Settings, check: (changed: Settings) => void) {
    this.#settings = settings;
    this.#before = new Map(settings.stored?.values ?? []);
    this.#check = check;
  }

  /** Settings whose name or description holds `filter`. */
  list(filter: string): JsonOut {
    const sought = filter.toLowerCase();
    return OPTIONS.filter(({ group }) => group !== "")
      .filter(({ name, help = "" }) => `${name} ${help}`.toLowerCase().includes(sought))
      .map((option) => this.#describe(option));
  }

  /**
   * Keeps a value for the next start; null forgets it.
   *
   * @throws RpcError -8 when there is no such setting, or the peer would not start with the value
   */
  change(name: string, value: Json): JsonOut {
    const option = findOption(name);
    const { stored } = this.#settings;
    if (option === undefined || option.group === "") throw refuse(`There is no setting ${name}.`);
    if (stored === null) throw refuse("This peer keeps no settings (-nosettings).");
    if (!isEditable(option))
      throw refuse(`-${name} can be set on the command line or in bitcoin.conf only.`);
    const kept = value === null ? undefined : storable(option, value);
    const values = new Map(stored.values);
    if (kept === undefined) values.delete(name);
    else values.set(name, kept);
    try {
      this.#check(this.#settings.withStored(values));
    } catch (error) {
      if (error instanceof SettingsError) throw refuse(error.message);
      throw error;
    }
    stored.set(name, kept);
    return { name, stored: kept ?? null, restart: true, pending: this.#isPending(name) };
  }

  #describe(option: Option): JsonOut {
    const { name, group, value = "" } = option;
    const settings = this.#settings;
    const isSecret = option.secret ?? false;
    const isSet = settings.isSet(name);
    return {
      name,
      group,
      description: descriptionOf(option),
      kind: kindOf(option),
      hint: value,
      default: defaultOf(option),
      value: isSecret || !isSet ? null : valueInForce(option, settings),
      stored: isSecret ? null : (settings.stored?.values.get(name) ?? null),
      source: isSet ? "set" : "default",
      restart: true,
      pending: this.#isPending(name),
      editable: settings.stored !== null && isEditable(option),
    };
  }

  #isPending(name: string): boolean {
    const now = this.#settings.stored?.values.get(name);
    const before = this.#before.get(name);
    if (now === undefined || before === undefined) return now !== before;
    return writeJson(now) !== writeJson(before);
  }
}

function isEditable({ name, secret = false }: Option): boolean {
  return !secret && !NOT_KEPT.has(name);
}

function kindOf({ value, help = "" }: Option): SettingKind {
  if (/may be repeated/.test(help)) return "list";
  if (value === undefined) return "flag";
  return /^<(n|port)>$/.test(value) || value === "<n>" ? "number" : "text";
}

/** The default stands in the help: `(default: 450)`. */
const DEFAULT = /\s*\(default: ([^,)]*)([^)]*)\)/;

function descriptionOf({ help = "" }: Option): string {
  return help.replace(DEFAULT, (_, __, more: string) => (more === "" ? "" : ` (default${more})`));
}

function defaultOf(option: Option): JsonOut {
  const text = DEFAULT.exec(option.help ?? "")?.[1];
  if (text === undefined) return null;
  const kind = kindOf(option);
  if (kind === "flag") return /^[01]$/.test(text) ? text === "1" : null;
  if (kind === "number") return /^-?[0-9]+$/.test(text) ? Number(text) : null;
  return text;
}

function valueInForce(option: Option, settings: Settings): JsonOut {
  const { name } = option;
  if (settings.isNegated(name)) return false;
  switch (kindOf(option)) {
    case "flag":
      return settings.flag(name);
    case "number":
      return settings.number(name) ?? null;
    case "list":
      return settings.list(name);
    default:
      return settings.text(name) ?? null;
  }
}

/** A value in the form in which settings.json keeps it. */
function storable(option: Option, value: Json): JsonOut {
  const { name } = option;
  const text = value instanceof JsonNumber ? value.text : value;
  switch (kindOf(option)) {
    case "flag": {
      if (typeof value === "boolean") return value;
      // Some flags have a third value, such as -blockfilterindex=basic.
      if (typeof text !== "string" || text === "") throw refuse(`-${name} is on or off.`);
      return /^[01]$/.test(text) ? (settingFlag(text) ?? false) : text;
    }
    case "number":
      if (typeof text !== "string" || !/^-?[0-9]{1,15}$/.test(text))
        throw refuse(`-${name} is a whole number.`);
      return text;
    case "list": {
      const list = Array.isArray(value) ? (value as readonly Json[]) : [value];
      if (!list.every((one) => typeof one === "string"))
        throw refuse(`-${name} is a list of texts.`);
      return list;
    }
    default:
      if (typeof text !== "string" || /\p{Cc}/u.test(text)) throw refuse(`-${name} is a text.`);
      return text;
  }
}

function refuse(message: string): RpcError {
  return new RpcError(RpcErrorCode.invalidParameter, message);
}
