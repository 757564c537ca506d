"use strict";
const { readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { Script } = require("node:vm");
const { crc32 } = require("node:zlib");

/** Before the compiled form: checksums of the bundle that it was made of, and of itself. */
const HEAD_SIZE = 8;

/**
 * A bundle is one function in a file. V8's compiled form of it lies beside that file, where the build
 * left it: a daemon starts in two thirds of the time with it. Another version of Node has no use for it
 * and compiles, as where it is missing.
 *
 * @returns run: runs the bundle; keep: leaves what is compiled by now for the next time
 */
function compileBundle(file) {
  const source = readFileSync(file);
  const script = new Script(source.toString("latin1"), {
    filename: file,
    cachedData: readCompiled(`${file}.cache`, source),
  });
  return {
    isCompiled: script.cachedDataRejected === false,
    run: () => script.runInThisContext()(createRequire(file), file),
    keep() {
      const compiled = script.createCachedData();
      const head = Buffer.alloc(HEAD_SIZE);
      head.writeUInt32LE(crc32(source), 0);
      head.writeUInt32LE(crc32(compiled), 4);
      writeFileSync(`${file}.cache`, Buffer.concat([head, compiled]));
    },
  };
}

/** V8 itself looks at little more than lengths: of another source or damaged, it would run what is there. */
function readCompiled(path, source) {
  let kept;
  try {
    kept = readFileSync(path);
  } catch {
    return undefined;
  }
  if (kept.length < HEAD_SIZE) return undefined;
  const compiled = kept.subarray(HEAD_SIZE);
  const isOurs = kept.readUInt32LE(0) === crc32(source) && kept.readUInt32LE(4) === crc32(compiled);
  return isOurs ? compiled : undefined;
}

module.exports = { compileBundle };
