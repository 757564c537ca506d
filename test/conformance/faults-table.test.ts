import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

/** This file runs as test/dist/conformance/faults-table.test.js. */
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

it("docs/faults.md names for each fault tests that carry its id, and counts them right", (t) => {
  const page = readFileSync(join(ROOT, "docs/faults.md"), "utf8");
  const rows = [...page.matchAll(/^\| ([A-Z]\d\d) \| .* \| (.*) \|$/gm)];
  let tested = 0;
  for (const [, id = "", where = ""] of rows) {
    const files = [...where.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file = ""]) => file);
    if (files.length === 0) assert.match(where, /^later/, id);
    else tested++;
    for (const file of files)
      assert.match(
        readFileSync(join(ROOT, file), "utf8"),
        new RegExp(`\\b${id}\\b`),
        `${id} in ${file}`,
      );
  }
  assert.ok(rows.length > 90);
  assert.ok(page.includes(`: ${tested} of ${rows.length} rows have one.`));
  t.diagnostic(`${tested} of ${rows.length} known faults have a test`);
});
