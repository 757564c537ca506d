import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

/** A file of the peer's package, beside this one in the repository and where both are installed. */
export function peerFile(path: string): string {
  return fileURLToPath(new URL(`../../../peer/${path}`, import.meta.url));
}

/** A compiled program of the peer's package, from its bundle where there is one: that starts sooner. */
export function peerProgram(name: string): string {
  const bundled = peerFile(`dist/bundle/${name}.js`);
  return existsSync(bundled) ? bundled : peerFile(`dist/${name}.js`);
}

/** Runs a Node program in the foreground, hands signals on to it, and returns its exit status. */
export function runChild(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [program, ...args], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => void child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
