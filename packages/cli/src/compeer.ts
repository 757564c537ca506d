import {
  type ParsedArguments,
  parseArguments,
} from "@compeer/protocol/rpc/settings/parse-arguments";
import type { KnownOption } from "@compeer/protocol/rpc/settings/setting";
import { audit } from "./commands/audit.ts";
import { call } from "./commands/call.ts";
import { open } from "./commands/open.ts";
import { peerProgram, runChild } from "./commands/run-child.ts";
import { start } from "./commands/start.ts";
import { status, watchStatus } from "./commands/status.ts";
import { findFileOption } from "./connect/options.ts";
import { Session } from "./connect/session.ts";
import { printOutcome } from "./print.ts";

const USAGE = `compeer: a Bitcoin full node for people

Usage: compeer <command> [options]

  start [options]           run a peer until Ctrl-C; takes compeerd's options
  open [--view]             open its page in a browser; with --view just to look
  stop                      stop the peer
  status [--watch]          how far it is; --watch keeps telling
  audit [--height=<n>]      compare its chain and coins with those of others: 0 when
                            all agree, 1 when somebody differs, 2 when it is damaged
  rpc <method> [arguments]  ask it anything; "compeer rpc help" lists the methods
  verify-block FILE ...     check a block by hand, offline; alone it tells how
  help                      this text

Without -chain, -signet and the like the peer is on regtest, a chain of your own
where blocks cost nothing. Options for all commands: -datadir=<dir>, -chain=<chain>,
-rpcconnect=<host>, -rpcport=<port>, -rpcwallet=<name>.`;

/**
 * compeer: the friendly front of the peer.
 *
 * @public bin/compeer
 */
export async function compeer(args: readonly string[]): Promise<void> {
  const [command = "help", ...rest] = args;
  if (command === "start") await startPeer(rest);
  else if (command === "audit") await auditPeers(rest);
  else if (command === "verify-block")
    process.exitCode = await runChild(peerProgram("verify-block"), rest);
  else await printOutcome(async () => run(command, rest));
}

async function startPeer(args: readonly string[]): Promise<void> {
  let exit = 1;
  await printOutcome(async () => {
    const sessionOf = (all: readonly string[]): Session => new Session(parse(all), "regtest");
    exit = await start(sessionOf(args), args, sessionOf);
    return "";
  });
  process.exitCode = exit;
}

/** Status 3: it could not be found out. */
async function auditPeers(args: readonly string[]): Promise<void> {
  let exit = 3;
  await printOutcome(async () => {
    const found = await audit(new Session(parse(args), "regtest"));
    exit = found.status;
    return found.text;
  });
  process.exitCode = exit;
}

async function run(command: string, args: readonly string[]): Promise<string> {
  if (command === "help" || command === "-h" || command === "--help") return USAGE;
  const session = new Session(parse(args), "regtest");
  switch (command) {
    case "open":
      return open(session);
    case "stop":
      return call(session, ["stop"]);
    case "status":
      return session.flag("watch") ? watchStatus(session) : status(session);
    case "rpc":
      return call(session, session.words);
    default:
      throw new Error(`there is no command ${command}; "compeer help" lists them`);
  }
}

/** Options of the daemon are the daemon's to judge; here, those about the connection matter. */
function parse(args: readonly string[]): ParsedArguments {
  return parseArguments(args, (name): KnownOption => findFileOption(name));
}
