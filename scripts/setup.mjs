// Makes a checkout ready to run: installs what package-lock.json names when it is not there or has
// changed, then builds what has changed. Every npm script that needs a built tree calls this first;
// folders named as arguments are built with what they need, without arguments everything is.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const MARK = "node_modules/.compeer-lock";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`compeer needs Node 20.19 or newer; this is ${process.versions.node}`);
  process.exit(1);
}

function run(command, args) {
  const { status } = spawnSync(command, args, {
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}

const lock = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex");
if (!existsSync(MARK) || readFileSync(MARK, "utf8") !== lock) {
  console.error("compeer: installing packages (once)");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(MARK, lock);
}

run(process.execPath, ["node_modules/typescript/bin/tsc", "-b", ...process.argv.slice(2)]);
run(process.execPath, ["scripts/bundle.mjs"]);
