import {
  type ParsedArguments,
  parseArguments,
} from "@compeer/protocol/rpc/settings/parse-arguments";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import { addressInfo } from "./commands/address-info.ts";
import { call } from "./commands/call.ts";
import { generate } from "./commands/generate.ts";
import { getInfo } from "./commands/get-info.ts";
import { netInfo } from "./commands/net-info.ts";
import { withStandardInput } from "./commands/standard-input.ts";
import { findOption, optionsText } from "./connect/options.ts";
import { Session } from "./connect/session.ts";
import { printOutcome } from "./print.ts";

const VERSION = "Compeer RPC client version v0.1.0\n";
const USAGE = `${VERSION}
Asks a peer of compeer or bitcoind over its RPC. It takes bitcoin-cli's options.

Usage: compeer-cli [options] <method> [arguments]
or:    compeer-cli [options] -named <method> [name=value]...
or:    compeer-cli [options] help [method]

Options:

${optionsText()}`;

/**
 * compeer-cli: bitcoin-cli's command line, output and exit status. Core: src/bitcoin-cli.cpp.
 *
 * @public bin/compeer-cli
 */
export async function compeerCli(args: readonly string[]): Promise<void> {
  const session = open(args);
  if (session !== null) await printOutcome(async () => run(session));
}

/** null when there is nothing left to do, or what was asked cannot be done. */
function open(args: readonly string[]): Session | null {
  try {
    const parsed = parse(args);
    const text = printed(parsed);
    if (text === null) return new Session(parsed, "main");
    process.stdout.write(text);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
  return null;
}

function parse(args: readonly string[]): ParsedArguments {
  try {
    return parseArguments(args, findOption);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new SettingsError(`Error parsing command line arguments: ${error.message}`);
  }
}

function printed({ options }: ParsedArguments): string | null {
  if (options.has("version")) return VERSION;
  return ["?", "h", "help"].some((name) => options.has(name)) ? USAGE : null;
}

function run(session: Session): Promise<string> {
  const words = withStandardInput(session);
  const commands = ["addrinfo", "generate", "getinfo", "netinfo"].filter((name) =>
    session.flag(name),
  );
  if (commands.length > 1)
    throw new Error(
      `Only one of ${commands.map((name) => `-${name}`).join(", ")} may be specified.`,
    );
  switch (commands[0]) {
    case "addrinfo":
      return addressInfo(session, words);
    case "generate":
      return generate(session, words);
    case "getinfo":
      return getInfo(session, words);
    case "netinfo":
      return netInfo(session, words);
    default:
      return call(session, words);
  }
}
