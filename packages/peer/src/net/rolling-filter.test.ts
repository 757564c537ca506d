import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { RollingFilter } from "./rolling-filter.ts";

const hash = (i: number): Uint8Array => createHash("sha256").update(String(i)).digest();

describe("RollingFilter", () => {
  it("remembers the last hashes and takes few others for known", () => {
    const filter = new RollingFilter(1000);
    for (let i = 0; i < 5000; i++) filter.add(hash(i));
    for (let i = 4000; i < 5000; i++) assert.ok(filter.has(hash(i)));
    let wrong = 0;
    for (let i = 10_000; i < 30_000; i++) if (filter.has(hash(i))) wrong++;
    assert.ok(wrong <= 3, `${wrong} of 20,000`);
  });

  it("forgets what is long gone", () => {
    const filter = new RollingFilter(100);
    for (let i = 0; i < 1000; i++) filter.add(hash(i));
    assert.equal(filter.has(hash(0)), false);
  });
});
