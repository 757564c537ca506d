// Starts the bundled daemon once on an empty private ledger, and keeps what V8 compiled until it stood:
// with that, its start compiles next to nothing. To be called with the path of the bundle.
"use strict";
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join, resolve } = require("node:path");
const { compileBundle } = require("../packages/peer/bin/compile-bundle.cjs");

const bundle = resolve(process.argv[2]);
const umask = process.umask();
const folder = mkdtempSync(join(tmpdir(), "compeer-build-"));
const options = ["-regtest", `-datadir=${folder}`, "-server=0", "-listen=0", "-connect=0"];
process.argv = [
  ...process.argv.slice(0, 2),
  ...options,
  "-printtoconsole=0",
  "-stopafterblockimport",
];

const { run, keep } = compileBundle(bundle);
process.on("exit", () => {
  rmSync(folder, { recursive: true });
  process.umask(umask); // the daemon keeps its files to itself
  keep();
});
run();
