import { spawn } from "node:child_process";

/** Runs a command of the operator's, as -blocknotify and its like name it; nobody waits for it. */
export function notify(command: string, onError: (error: Error) => void): void {
  const child = spawn(command, { shell: true, stdio: "ignore", detached: true });
  child.on("error", onError);
  child.unref();
}
