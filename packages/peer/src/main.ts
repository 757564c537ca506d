import { loadSettings } from "./config/load-settings.ts";
import { Peer } from "./peer.ts";
import { checkPorts } from "./start/check-ports.ts";

/** Runs the daemon until it is told to stop; the exit status is 0 unless something failed. */
async function main(args: readonly string[]): Promise<number> {
  process.umask(0o077);
  const loaded = loadSettings(args);
  if ("print" in loaded) {
    process.stdout.write(loaded.print);
    return 0;
  }
  for (const warning of loaded.warnings) process.stderr.write(`${warning}\n`);
  checkPorts(loaded.settings, 1);
  const peer = await Peer.run({ ...loaded, inMemory: false });
  for (const warning of peer.startWarnings) process.stderr.write(`Warning: ${warning}\n`);
  const stop = (): void => peer.requestStop();
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.on("SIGHUP", () => peer.log.reopen());
  const failure = await peer.stopRequest;
  await peer.close();
  if (failure === null) return 0;
  process.stderr.write(
    `Error: A fatal internal error occurred, see debug.log for details: ${failure.message}\n`,
  );
  return 1;
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`Error: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  },
);
