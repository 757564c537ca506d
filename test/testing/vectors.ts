import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** This file runs as test/dist/testing/vectors.js, three folders below the root. */
const root = fileURLToPath(new URL("../../..", import.meta.url));

const { COMPEER_VECTORS } = process.env;

/** The folder of outside vectors, by default `../shared/vectors` beside the project. */
const folder = resolve(root, COMPEER_VECTORS ?? "../shared/vectors");

/** For `test(name, { skip: vectorsMissing }, …)`: false when the vectors are there, else why it skips. */
export const vectorsMissing: string | false = existsSync(folder)
  ? false
  : `OUTSIDE VECTORS MISSING: set COMPEER_VECTORS to their folder (looked in ${folder})`;

if (vectorsMissing !== false) process.stderr.write(`${vectorsMissing}\n`);

/** The bytes of one vector file, by its path inside the folder. */
export function readVector(name: string): Buffer {
  return readFileSync(join(folder, name));
}

/** A vector file of JSON; the caller names the shape it relies on. */
export function readJsonVector<T = unknown>(name: string): T {
  return JSON.parse(readVector(name).toString("utf8")) as T;
}
