import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { LogFollower, tailLog } from "./log-tail.ts";

const directory = mkdtempSync(join(tmpdir(), "compeer-log-"));
after(() => rmSync(directory, { recursive: true }));

describe("tailLog", () => {
  it("gives the last lines, those that hold a text in any case of letters", () => {
    const path = join(directory, "tail.log");
    writeFileSync(path, "\n\n1 one\n2 Two\n3 three\n4 two\n");
    assert.deepEqual(tailLog(path, 2, ""), ["3 three", "4 two"]);
    assert.deepEqual(tailLog(path, 9, "TWO"), ["2 Two", "4 two"]);
    assert.deepEqual(tailLog(join(directory, "absent"), 9, ""), []);
  });

  it("reads the end of a log of any size", () => {
    const path = join(directory, "large.log");
    writeFileSync(path, `first\n${"x".repeat(99)}\n`.concat(`${"y".repeat(99)}\n`.repeat(60_000)));
    const lines = tailLog(path, 100_000, "");
    assert.ok(lines.length >= 39_999 && lines.length < 41_000, String(lines.length));
    assert.ok(lines.every((line) => line.length === 99));
  });
});

describe("LogFollower", () => {
  it("hands on whole lines as they come, and begins anew with a new file", () => {
    const path = join(directory, "follow.log");
    writeFileSync(path, "old\n");
    const follower = new LogFollower(path);
    assert.deepEqual(follower.poll(), []);
    appendFileSync(path, "one\ntw");
    assert.deepEqual(follower.poll(), ["one"]);
    assert.deepEqual(follower.poll(), []);
    appendFileSync(path, "o\n");
    assert.deepEqual(follower.poll(), ["two"]);
    renameSync(path, `${path}.1`);
    writeFileSync(path, "new\n");
    assert.deepEqual(follower.poll(), ["new"]);
  });

  it("skips what is more than it takes at a time", () => {
    const path = join(directory, "flood.log");
    writeFileSync(path, "");
    const follower = new LogFollower(path);
    appendFileSync(path, `${"z".repeat(99)}\n`.repeat(10_000));
    const lines = follower.poll();
    assert.ok(lines.length > 2000 && lines.length < 2600, String(lines.length));
    assert.ok(lines.every((line) => line.length === 99));
    assert.deepEqual(follower.poll(), []);
  });
});
