import assert from "node:assert/strict";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Clock } from "../clock/clock.ts";
import { logOptions } from "./log-options.ts";
import { Logger } from "./logger.ts";

const directory = mkdtempSync(join(tmpdir(), "compeer-log-"));
after(() => rmSync(directory, { recursive: true }));

/** Settings as `name=value` words. */
function settings(...words: string[]) {
  const values = (name: string) =>
    words.filter((word) => word.split("=")[0] === name).map((word) => word.slice(name.length + 1));
  return {
    flag: (name: string, fallback: boolean) =>
      (values(name).at(-1) ?? (fallback ? "1" : "0")) !== "0",
    text: (name: string) => values(name).at(-1),
    list: values,
    isNegated: (name: string) => values(name).at(-1) === "0",
  };
}

let files = 0;
function open(clock: Clock, ...words: string[]) {
  const path = join(directory, `${files++}.log`);
  const log = new Logger(
    logOptions(settings("printtoconsole=0", `debuglogfile=${path}`, ...words), directory),
    clock,
  );
  const lines = () => {
    log.flush();
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  };
  return { log, path, lines };
}

describe("Logger", () => {
  it("stamps lines as Core does", () => {
    const { log, lines } = open(new Clock());
    log.info("hello");
    log.warning("careful");
    log.error("bad");
    const time = "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";
    assert.match(lines()[0] as string, new RegExp(`${time} hello$`));
    assert.match(lines()[1] as string, new RegExp(`${time} \\[warning\\] careful$`));
    assert.match(lines()[2] as string, new RegExp(`${time} \\[error\\] bad$`));
    log.close();
  });

  it("tells microseconds, thread, category and mock time when asked", () => {
    const clock = new Clock();
    clock.setMock(1_296_688_602);
    const { log, lines } = open(
      clock,
      "logtimemicros=1",
      "logthreadnames=1",
      "debug=net",
      "loglevel=trace",
    );
    log.debug("net", "a");
    log.trace("net", "b");
    const start = "\\.\\d{6}Z \\(mocktime: 2011-02-02T23:16:42Z\\) \\[main\\] ";
    assert.match(lines()[0] as string, new RegExp(`${start}\\[net\\] a$`));
    assert.match(lines()[1] as string, new RegExp(`${start}\\[net:trace\\] b$`));
    log.close();
  });

  it("writes debug lines of categories that are on, and only those", () => {
    const { log, lines } = open(new Clock(), "debug=1", "debugexclude=net");
    log.debug("net", "a");
    log.trace("rpc", "b");
    log.debug("rpc", "c");
    log.setCategories(["net"], true);
    log.setCategories(["rpc"], false);
    log.debug("net", "d");
    log.debug("rpc", "e");
    assert.deepEqual(
      lines().map((line) => line.at(-1)),
      ["c", "d"],
    );
    log.close();
  });

  it("W02: escapes control characters, so no text forges a line", () => {
    const { log, lines } = open(new Clock());
    log.info("user \n2026 forged \u001b[31m\u007f");
    assert.equal(lines().length, 1);
    assert.ok((lines()[0] as string).endsWith("user \\x0a2026 forged \\x1b[31m\\x7f"));
    log.close();
  });

  it("writes nothing after it was closed, least of all into a file that was opened since", () => {
    const { log, path } = open(new Clock());
    log.info("early");
    log.close();
    const other = join(directory, "other");
    const handle = openSync(other, "w");
    log.error("late");
    log.reopen();
    log.close();
    closeSync(handle);
    assert.equal(readFileSync(other, "utf8"), "");
    assert.doesNotMatch(readFileSync(path, "utf8"), /late/);
  });

  it("goes on when the disk takes no more (K03)", { skip: !existsSync("/dev/full") }, () => {
    const log = new Logger(
      logOptions(settings("printtoconsole=0", "debuglogfile=/dev/full"), directory),
      new Clock(),
    );
    assert.doesNotThrow(() => log.error("lost"));
    log.close();
  });

  it("D18: lets one source write 1 MiB an hour, and others still write", () => {
    const { log, path, lines } = open(new Clock());
    const line = `connected to self at ${"x".repeat(1000)}`;
    for (let i = 0; i < 20_000; i++) log.info(`${line} ${i}`);
    log.info("another source");
    assert.ok((lines().at(-1) as string).startsWith("[*] "));
    assert.ok((lines().at(-1) as string).endsWith("another source"));
    assert.ok(readFileSync(path).length < 1_300_000);
    log.close();
  });

  it("appends to an existing file, and opens a new one after it was moved", () => {
    const { log, path } = open(new Clock());
    log.info("one");
    log.flush();
    renameSync(path, `${path}.1`);
    log.reopen();
    log.info("two");
    log.close();
    assert.match(readFileSync(`${path}.1`, "utf8"), /one\n$/);
    assert.match(readFileSync(path, "utf8"), /two\n$/);
  });

  it("is on disk after the turn", async () => {
    const { log, path } = open(new Clock());
    log.info("soon");
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.match(readFileSync(path, "utf8"), /soon\n$/);
    log.close();
  });

  it("keeps the end of a large file", () => {
    const path = join(directory, "large.log");
    writeFileSync(path, `${"a".repeat(11_000_000)}b\n`);
    const log = new Logger(
      logOptions(settings("printtoconsole=0", `debuglogfile=${path}`), directory),
      new Clock(),
    );
    log.close();
    const text = readFileSync(path, "utf8");
    assert.ok(text.length < 10_000_100);
    assert.ok(text.endsWith("b\n\n\n\n\n\n"));
  });
});

describe("logOptions", () => {
  const options = (...words: string[]) => logOptions(settings(...words), "/dir");

  it("writes to debug.log in the directory unless told otherwise", () => {
    assert.equal(options().file, "/dir/debug.log");
    assert.equal(options("debuglogfile=foo.log").file, "/dir/foo.log");
    assert.equal(options("debuglogfile=/tmp/foo.log").file, "/tmp/foo.log");
    assert.equal(options("debuglogfile=0").file, null);
  });

  it("forgets categories before a 0 or none", () => {
    for (const off of ["debug=0", "debug=none"]) {
      const on = options("debug=http", "debug=abc", off, "debug=rpc", "debug=net").categories;
      assert.deepEqual([...on], ["rpc", "net"]);
    }
  });

  it("refuses unknown categories and levels in Core's words", () => {
    assert.throws(() => options("debug=abc"), {
      message: "Unsupported logging category -debug=abc.",
    });
    assert.throws(() => options("debugexclude=abc"), {
      message: "Unsupported logging category -debugexclude=abc.",
    });
    assert.throws(() => options("loglevel=abc"), {
      message: "Unsupported global logging level -loglevel=abc. Valid values: info, debug, trace.",
    });
    for (const level of ["net:abc", "net:info:abc", "abc:info"])
      assert.throws(
        () => options(`loglevel=${level}`),
        /^Error: Unsupported category-specific logging level -loglevel=net:|abc:/,
      );
  });

  it("throws when the file cannot be opened", () => {
    assert.throws(
      () => new Logger(options("debuglogfile=/nowhere/foo.log"), new Clock()),
      /Could not open debug log file \/nowhere\/foo\.log$/,
    );
  });
});
