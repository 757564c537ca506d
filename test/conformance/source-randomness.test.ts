import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

/** This file runs as test/dist/conformance/source-randomness.test.js. */
const PACKAGES = fileURLToPath(new URL("../../../packages", import.meta.url));
/** Which words the page asks back is no secret. */
const HARMLESS = ["web/src/pages/wallet/word-quiz-form.tsx"];

it("W11 nothing that a peer runs takes randomness from anywhere but the system", () => {
  const files = readdirSync(PACKAGES, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /^[a-z]+\/src\/.*\.tsx?$/.test(path))
    .filter((path) => !/\.test\.ts$|\/testing\//.test(path));
  assert.ok(files.length > 500);
  const guilty = files.filter((path) =>
    /\bMath\.random\b|mt19937|mulberry/i.test(readFileSync(join(PACKAGES, path), "utf8")),
  );
  assert.deepEqual(guilty, HARMLESS);
});
