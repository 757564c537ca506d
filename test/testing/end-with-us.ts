import { type ChildProcess, spawn } from "node:child_process";

/** Sees to it that `child` ends with this process, however that ends: then the watcher's input closes. */
export function endWithUs(child: ChildProcess): void {
  const watcher = spawn("sh", ["-c", `cat >/dev/null; kill -9 ${child.pid}`], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  child.once("exit", () => {
    if (watcher.pid !== undefined) process.kill(-watcher.pid, "SIGKILL");
  });
}
