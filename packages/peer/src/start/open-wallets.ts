import { realpathSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { formatHash } from "@compeer/protocol/bytes/hash";
import type { JsonOut } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import { isDirectory } from "../config/directories.ts";
import type { Settings } from "../config/settings.ts";
import type { StoredSettings } from "../config/stored-settings.ts";
import { type OutputType, parseOutputType } from "../wallet/output-type.ts";
import { type StartupList, WalletManager } from "../wallet/wallet-manager.ts";
import { DEFAULT_WALLET_OPTIONS, type WalletOptions } from "../wallet/wallet-options.ts";
import type { WalletParts } from "../wallet/wallet-parts.ts";
import { walletPath, walletPathKind } from "../wallet/wallet-path.ts";
import type { WalletTransaction } from "../wallet/wallet-transaction.ts";
import { rate } from "./mempool-settings.ts";

/** Where wallets lie; null keeps them in memory. @throws SettingsError in Core's words */
export function walletDirectory(settings: Settings, inMemory: boolean): string | null {
  if (inMemory) return null;
  const given = settings.text("walletdir");
  if (given === undefined) {
    const below = join(settings.directories.chain, "wallets");
    return isDirectory(below) ? below : settings.directories.chain;
  }
  let real: string;
  try {
    real = realpathSync(given);
  } catch (cause) {
    throw new SettingsError(`Specified -walletdir "${given}" does not exist`, { cause });
  }
  if (!isDirectory(real))
    throw new SettingsError(`Specified -walletdir "${given}" is not a directory`);
  if (!isAbsolute(given))
    throw new SettingsError(`Specified -walletdir "${given}" is a relative path`);
  return real;
}

/** @throws SettingsError on a value that is none */
export function walletOptions(settings: Settings): WalletOptions {
  const defaults = DEFAULT_WALLET_OPTIONS;
  const addressType = outputType(settings, "addresstype", "address") ?? defaults.addressType;
  return {
    addressType,
    changeType: outputType(settings, "changetype", "change"),
    keypool: Math.max(settings.number("keypool", defaults.keypool), 1),
    broadcast: settings.flag("walletbroadcast", !settings.flag("blocksonly")),
    fallbackRate: rate(settings, "fallbackfee", defaults.fallbackRate),
    discardRate: rate(settings, "discardfee", defaults.discardRate),
    consolidateRate: rate(settings, "consolidatefeerate", defaults.consolidateRate),
    minRate: rate(settings, "mintxfee", defaults.minRate),
    payRate: rate(settings, "paytxfee", defaults.payRate),
    allowsSetPayRate: settings.list("deprecatedrpc").includes("settxfee"),
    maxFee: rate(settings, "maxtxfee", defaults.maxFee),
    confirmTarget: settings.number("txconfirmtarget", defaults.confirmTarget),
    signalsReplacement: settings.flag("walletrbf", defaults.signalsReplacement),
    spendsUnconfirmedChange: settings.flag("spendzeroconfchange", true),
    avoidPartialSpends: settings.flag("avoidpartialspends", defaults.avoidPartialSpends),
    maxPartialSpendFee:
      settings.text("maxapsfee") === "-1"
        ? -1
        : rate(settings, "maxapsfee", defaults.maxPartialSpendFee),
    rejectsLongChains: settings.flag("walletrejectlongchains", defaults.rejectsLongChains),
    maxAncestors: settings.number("limitancestorcount", defaults.maxAncestors),
    maxDescendants: settings.number("limitdescendantcount", defaults.maxDescendants),
    allowsOtherChain: settings.flag("walletcrosschain", defaults.allowsOtherChain),
    unsafeSync: settings.flag("unsafesqlitesync", defaults.unsafeSync),
    signer: signerProgram(settings),
  };
}

/** -signer: what talks to devices with keys; null when nothing does. */
export function signerProgram(settings: Settings): string | null {
  return settings.text("signer") || null;
}

function outputType(settings: Settings, name: string, what: string): OutputType | null {
  const text = settings.text(name);
  if (text === undefined || text === "") return null;
  const type = parseOutputType(text);
  if (type === null) throw new SettingsError(`Unknown ${what} type '${text}'`);
  return type;
}

/** The command of -walletnotify for a transaction that came or changed. */
export function walletCommand(command: string, wallet: string, tx: WalletTransaction): string {
  const { state } = tx;
  const block = state.type === "confirmed" ? state : null;
  return command
    .replaceAll("%s", formatHash(tx.txid))
    .replaceAll("%b", block === null ? "unconfirmed" : formatHash(block.blockHash))
    .replaceAll("%h", block === null ? "-1" : String(block.height))
    .replaceAll("%w", `'${wallet.replaceAll("'", `'"'"'`)}'`);
}

/**
 * Reads and writes the list of wallets in settings.json.
 *
 * @param implied wallets that are opened because nobody says otherwise: part of the list once it is written
 */
function startupList(
  stored: StoredSettings | null,
  implied: readonly string[],
): StartupList | null {
  if (stored === null) return null;
  const names = (): readonly JsonOut[] => {
    const value = stored.values.get("wallet");
    return Array.isArray(value) ? (value as readonly JsonOut[]) : implied;
  };
  const write = (list: readonly JsonOut[]): boolean => {
    try {
      stored.set("wallet", list);
      return true;
    } catch {
      return false;
    }
  };
  return {
    add: (name) => names().includes(name) || write([...names(), name]),
    remove: (name) => !names().includes(name) || write(names().filter((each) => each !== name)),
  };
}

/**
 * The wallets of a run, and those opened that -wallet and settings.json name. One that is gone is
 * skipped with a warning; one that cannot be opened stops the start.
 *
 * @param directory of `walletDirectory`
 * @param warn told of wallets that are left out
 * @throws SettingsError in Core's words; nothing stays open then
 */
export async function openWallets(
  settings: Settings,
  parts: WalletParts,
  directory: string | null,
  options: WalletOptions,
  warn: (text: string) => void,
): Promise<WalletManager> {
  if (directory !== null) parts.log.info(`Using wallet directory ${directory}`);
  const names = namesToOpen(settings, directory, warn);
  const implied = settings.isSet("wallet") ? [] : names;
  const startup = startupList(settings.stored, implied);
  const manager = new WalletManager({ ...parts, directory, options, startup });
  try {
    for (const name of names) await open(manager, name, warn);
    if (manager.wallets.length > 0 && settings.isSet("paytxfee"))
      warn("-paytxfee is deprecated and will be fully removed in v31.0.");
    return manager;
  } catch (error) {
    await manager.close();
    throw error;
  }
}

function namesToOpen(
  settings: Settings,
  directory: string | null,
  warn: (text: string) => void,
): readonly string[] {
  if (directory === null) return [];
  // A wallet at the top of the directory, without a name, is opened unless others are named.
  if (!settings.isSet("wallet")) return walletPathKind(directory, "") === "sqlite" ? [""] : [];
  const names: string[] = [];
  const paths = new Set<string>();
  for (const value of settings.values("wallet")) {
    if (typeof value !== "string")
      throw new SettingsError(
        "Invalid value detected for '-wallet' or '-nowallet'. '-wallet' requires a string value, while '-nowallet' accepts only '1' to disable all wallets",
      );
    const path = walletPath(directory, value);
    if (paths.has(path)) warn(`Ignoring duplicate -wallet ${value}.`);
    else names.push(value);
    paths.add(path);
  }
  return names;
}

async function open(
  manager: WalletManager,
  name: string,
  warn: (text: string) => void,
): Promise<void> {
  try {
    await manager.load(name);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const message = error.message.replace(/^Wallet (file verification|loading) failed\. /, "");
    if (error.code === RpcErrorCode.walletNotFound && /does not exist\.$/.test(message))
      warn(`Skipping -wallet path that doesn't exist. ${message}`);
    else if (/Legacy wallet/.test(message)) warn(message);
    else throw new SettingsError(message, { cause: error });
  }
}
