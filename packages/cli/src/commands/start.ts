import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import type { Session } from "../connect/session.ts";

/** The daemon beside this package, in the repository and where both are installed. */
const DAEMON = fileURLToPath(new URL("../../../peer/bin/compeerd", import.meta.url));

/**
 * Runs a peer in the foreground until it ends, with the options given; without a chain among them it
 * is a regtest of its own.
 *
 * @returns the peer's exit status
 */
export async function start(session: Session, args: readonly string[]): Promise<number> {
  const { host, port } = session.target();
  process.stdout.write(`Starting a peer on ${session.chain}.
  data    ${session.chainDirectory}
  RPC     ${host}:${port}
  stop    Ctrl-C, or: compeer stop
  status  compeer status --watch
`);
  const chain = session.chainChosen ? [] : [`-chain=${session.chain}`];
  const child = spawn(process.execPath, [DAEMON, ...chain, ...args], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => void child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
