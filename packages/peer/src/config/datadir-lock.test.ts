import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { lockDirectory } from "./datadir-lock.ts";

const directory = realpathSync(mkdtempSync(join(tmpdir(), "compeer-lock-")));
after(() => rmSync(directory, { recursive: true }));
const taken = {
  message: `Cannot obtain a lock on directory ${directory}. Compeer is probably already running.`,
};
const HOLD = `
const { lockDirectory } = await import(process.argv[1]);
await lockDirectory(process.argv[2]);
console.log("locked");
setInterval(() => {}, 1000);`;

describe("lockDirectory", () => {
  it("gives a directory to one at a time, in one process too", async () => {
    const lock = await lockDirectory(directory);
    await assert.rejects(lockDirectory(directory), taken);
    await lock.release();
    await (await lockDirectory(directory)).release();
  });

  it("sees other processes, and their end by SIGKILL", async () => {
    const module = new URL("./datadir-lock.js", import.meta.url).href;
    const child = spawn(process.execPath, ["--input-type=module", "-e", HOLD, module, directory]);
    await once(child.stdout, "data");
    await assert.rejects(lockDirectory(directory), taken);
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await lockDirectory(directory)).release();
  });

  const hasPython = process.platform === "linux" && spawnSync("python3", ["-V"]).status === 0;
  it("sees the lock that bitcoind takes", { skip: !hasPython }, async () => {
    const code =
      "import fcntl,sys;f=open(sys.argv[1],'a');fcntl.lockf(f,fcntl.LOCK_EX);print('locked',flush=True);sys.stdin.read()";
    const child = spawn("python3", ["-c", code, join(directory, ".lock")]);
    await once(child.stdout, "data");
    await assert.rejects(lockDirectory(directory), taken);
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await lockDirectory(directory)).release();
  });

  it("says when the directory cannot be written", async () => {
    await assert.rejects(lockDirectory("/proc"), {
      message: "Cannot write to directory '/proc'; check permissions.",
    });
  });
});
