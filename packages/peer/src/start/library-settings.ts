import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { NetworkName } from "@compeer/protocol/bitcoin/network";
import { CHAINS, noSettings } from "@compeer/protocol/rpc/settings/merge-settings";
import { parseArguments } from "@compeer/protocol/rpc/settings/parse-arguments";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import { findOption } from "../config/find-option.ts";
import { type Loaded, loadSettings } from "../config/load-settings.ts";
import { Settings } from "../config/settings.ts";
import { checkPorts } from "./check-ports.ts";

/** How a program starts a peer of its own. */
export interface PeerOptions {
  /** Default: regtest, a private ledger. */
  readonly chain?: NetworkName;
  /** Folder for blocks and coins; left out, everything is kept in memory. */
  readonly dataDirectory?: string;
  /**
   * Options of the command line by name: `{ par: 2, txindex: true, connect: ["127.0.0.1:18444"] }`.
   * Where they say nothing the peer listens on loopback only, on ports that the system chooses, and
   * dials nobody.
   */
  readonly options?: Readonly<Record<string, OptionValue>>;
}

type OptionValue = string | number | boolean | readonly string[];

/** Settings of a run, and whether its data lives in memory only. */
export interface RunSettings {
  readonly settings: Settings;
  readonly inMemory: boolean;
  /** Lines for the log, which does not stand yet. */
  readonly notes: readonly string[];
}

const QUIET: Readonly<Record<string, OptionValue>> = {
  bind: "127.0.0.1:0",
  connect: "0",
  dnsseed: false,
  listenonion: false,
  printtoconsole: false,
  rpcport: 0,
  rpcuser: "__cookie__",
};

/** What a program says otherwise than with `options`, and how. */
const SAID_OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  "with `chain`": ["chain", "regtest", "signet", "testnet", "testnet4"],
  "with `dataDirectory`": ["datadir"],
  "on the command line": ["conf", "daemon", "daemonwait", "h", "help", "help-debug", "version"],
};

/** @throws Error on an option that does not exist or a folder that cannot be used */
export function librarySettings(options: PeerOptions): RunSettings {
  const run = readOptions(options);
  checkPorts(run.settings, 0);
  return run;
}

/** Who does not listen binds nothing. */
function quiet({ listen }: Readonly<Record<string, OptionValue>>): typeof QUIET {
  const { bind = "", ...rest } = QUIET;
  const listens = listen === undefined || (listen !== "0" && Boolean(listen));
  return listens ? { bind, ...rest } : rest;
}

function readOptions({ chain = "regtest", dataDirectory, options = {} }: PeerOptions): RunSettings {
  if (!CHAINS.includes(chain)) throw new SettingsError(`Unknown chain ${chain}.`);
  for (const [how, names] of Object.entries(SAID_OTHERWISE))
    for (const name of names)
      if (name in options) throw new SettingsError(`The option ${name} is given ${how}.`);
  // Nobody else can know this password: the calls of the program itself need none.
  const rpcpassword = randomBytes(32).toString("hex");
  const args = argumentsOf({ ...quiet(options), rpcpassword, ...options, chain });
  if (dataDirectory !== undefined) {
    const loaded = loadSettings([...args, `-datadir=${dataDirectory}`, "-noconf"]);
    return { ...settingsOf(loaded), inMemory: false };
  }
  const parsed = parseArguments([...args, "-nodebuglogfile"], findOption);
  const nowhere = resolve("/");
  const settings = new Settings(chain, { base: nowhere, chain: nowhere, blocks: nowhere }, null, {
    ...noSettings(),
    commandLine: parsed.options,
  });
  return { settings, inMemory: true, notes: parsed.notes };
}

function argumentsOf(options: Readonly<Record<string, OptionValue>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (typeof value === "object") return value.map((each) => `-${name}=${each}`);
    if (typeof value === "boolean") return [value ? `-${name}` : `-no${name}`];
    return [`-${name}=${value}`];
  });
}

function settingsOf(loaded: Loaded): Pick<RunSettings, "settings" | "notes"> {
  if ("print" in loaded) throw new Error("help and version are for the command line");
  return loaded;
}
