import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { loadSettings } from "./load-settings.ts";
import type { Settings } from "./settings.ts";

const root = mkdtempSync(join(tmpdir(), "compeer-config-"));
after(() => rmSync(root, { recursive: true }));

let count = 0;
/** A new data directory with this bitcoin.conf. */
function directory(conf?: string): string {
  const path = join(root, String(count++));
  mkdirSync(path);
  if (conf !== undefined) writeFileSync(join(path, "bitcoin.conf"), conf);
  return path;
}

function load(args: readonly string[], conf?: string) {
  const base = directory(conf);
  const loaded = loadSettings([`-datadir=${base}`, ...args]);
  assert.ok("settings" in loaded);
  return { ...loaded, base };
}

const settings = (args: readonly string[], conf?: string): Settings => load(args, conf).settings;

function refuses(args: readonly string[], conf: string | undefined, message: string): void {
  assert.throws(() => load(args, conf), { name: "SettingsError", message });
}

describe("the command line", () => {
  it("takes one or two dashes, values, repetition and negation", () => {
    const got = settings([
      "-listen",
      "--txindex=1",
      "-port=1",
      "-port=2",
      "-nodnsseed",
      "-nolisten=0",
    ]);
    assert.equal(got.flag("listen", false), true);
    assert.equal(got.flag("txindex"), true);
    assert.equal(got.number("port"), 2);
    assert.equal(got.flag("dnsseed", true), false);
    assert.ok(got.isNegated("dnsseed"));
    assert.ok(!got.isSet("proxy"));
    assert.equal(got.flag("proxyrandomize", true), true);
  });

  it("reads words as Core does: a number decides, other words are no", () => {
    const got = settings([
      "-listen=true",
      "-txindex=",
      "-rest=2x",
      "-maxconnections=12abc",
      "-server=0",
    ]);
    assert.equal(got.flag("listen", true), false);
    assert.equal(got.flag("txindex"), true);
    assert.equal(got.flag("rest"), true);
    assert.equal(got.number("maxconnections"), 12);
    assert.equal(got.flag("server", true), false);
  });

  it("refuses what it does not know", () => {
    const prefix = "Error parsing command line arguments: ";
    refuses(["-foo"], undefined, `${prefix}Invalid parameter -foo`);
    refuses(["-dash_cli=1"], undefined, `${prefix}Invalid parameter -dash_cli=1`);
    refuses(["-regtest.port=1"], undefined, `${prefix}Invalid parameter -regtest.port=1`);
    refuses(
      ["-proxy"],
      undefined,
      `${prefix}Can not set -proxy with no value. Please specify value with -proxy=value.`,
    );
    refuses(
      ["-nodatadir"],
      undefined,
      `${prefix}Negating of -datadir is meaningless and therefore forbidden`,
    );
    refuses(
      ["-noincludeconf=0"],
      undefined,
      `${prefix}-includeconf cannot be used from commandline; -includeconf=true`,
    );
    refuses(
      ["-includeconf=a", "-includeconf=b"],
      undefined,
      `${prefix}-includeconf cannot be used from commandline; -includeconf="a"`,
    );
    refuses(
      ["foo"],
      undefined,
      "Command line contains unexpected token 'foo', see bitcoind -h for a list of options.",
    );
  });

  it("prints help and version without touching the disk", () => {
    for (const option of ["-h", "-?", "-help", "--help", "-help-debug", "-version"]) {
      const loaded = loadSettings([option, "-datadir=/nowhere"]);
      assert.ok("print" in loaded && loaded.print.startsWith("Compeer daemon version v"), option);
    }
    const print = (option: string) => (loadSettings([option]) as { print: string }).print;
    assert.match(print("-h"), /\nOptions:\n/);
    assert.ok(!print("-h").includes("-mocktime"));
    assert.ok(print("-help-debug").includes("-mocktime"));
    for (const line of print("-help-debug").split("\n")) assert.ok(line.length <= 79, line);
  });
});

describe("the configuration file", () => {
  it("counts a section on its chain only", () => {
    const conf =
      "regtest=1\ndbcache=5\n[test]\ndbcache=6\n[regtest]\nrpcport=7 # seven\ndbcache=8\n";
    assert.equal(settings([], conf).chain, "regtest");
    assert.equal(settings([], conf).number("rpcport"), 7);
    assert.equal(settings([], conf).number("dbcache"), 8);
    assert.equal(
      settings(["-chain=main"], "main.dbcache=9\ntest.dbcache=1\n").number("dbcache"),
      9,
    );
  });

  it("gives way to the command line, and its first value wins", () => {
    assert.equal(settings(["-dbcache=1"], "dbcache=2\ndbcache=3\n").number("dbcache"), 1);
    assert.equal(settings([], "dbcache=2\ndbcache=3\n").number("dbcache"), 2);
    assert.deepEqual(settings(["-debug=a"], "debug=b\ndebug=c\n").list("debug"), ["a", "b", "c"]);
    assert.deepEqual(settings(["-nodebug"], "debug=b\n").list("debug"), []);
    assert.deepEqual(settings(["-nodebug", "-debug=a"], "debug=b\n").list("debug"), ["a", "b"]);
  });

  it("notes unknown keys and refuses lines that are none", () => {
    assert.ok(load([], "foo=1\n").notes.includes("Ignoring unknown configuration value foo"));
    const prefix = "Error reading configuration file: parse error on line 1";
    refuses(
      [],
      "-a=1\n",
      `${prefix}: -a=1, options in configuration file must be specified without leading -`,
    );
    refuses([], "regtest\n", `${prefix}: regtest`);
    refuses(
      [],
      "nolisten\n",
      `${prefix}: nolisten, if you intended to specify a negated option, use nolisten=1 instead`,
    );
    refuses(
      [],
      "rpcpassword=a#b\n",
      `${prefix}, using # in rpcpassword can be ambiguous and should be avoided`,
    );
    refuses(
      [],
      "conf=x\n",
      "Error reading configuration file: conf cannot be set in the configuration file; use includeconf= if you want to include additional config files",
    );
    refuses(
      ["-conf=none.conf"],
      undefined,
      `Error reading configuration file: specified config file "${join(root, String(count), "none.conf")}" could not be opened.`,
    );
  });

  it("includes files, but not from included ones", () => {
    const base = directory("uacomment=main\nincludeconf=a.conf\nincludeconf=b.conf\n");
    writeFileSync(join(base, "a.conf"), "uacomment=a\nincludeconf=c.conf\n");
    writeFileSync(join(base, "b.conf"), "uacomment=b\n");
    const loaded = loadSettings([`-datadir=${base}`]);
    assert.ok("settings" in loaded);
    assert.deepEqual(loaded.settings.list("uacomment"), ["main", "a", "b"]);
    assert.deepEqual(loaded.warnings, [
      "warning: -includeconf cannot be used from included files; ignoring -includeconf=c.conf",
    ]);
    refuses(
      [],
      "includeconf=none.conf\n",
      "Error reading configuration file: Failed to include configuration file none.conf",
    );
  });

  it("warns of unknown sections and refuses network options outside theirs", () => {
    const { warnings, base } = load(["-regtest"], "testnot.datadir=1\n[testnet]\n");
    const file = join(base, "bitcoin.conf");
    assert.deepEqual(warnings, [
      `Warning: ${file}:1 Section [testnot] is not recognized.\n${file}:2 Section [testnet] is not recognized.`,
    ]);
    refuses(
      ["-regtest"],
      "wallet=foo\n",
      "Config setting for -wallet only applied on regtest network when in [regtest] section.",
    );
    assert.equal(settings([], "port=5\n").number("port"), 5);
    assert.equal(settings(["-regtest", "-port=6"], "port=5\n").number("port"), 6);
  });
});

describe("the chain", () => {
  it("is main, or the one that is named", () => {
    assert.equal(settings([]).chain, "main");
    for (const [option, chain] of [
      ["-testnet", "test"],
      ["-testnet4", "testnet4"],
      ["-signet", "signet"],
      ["-chain=regtest", "regtest"],
    ] as const)
      assert.equal(settings([option]).chain, chain);
    assert.equal(settings(["-regtest=0", "-testnet"]).chain, "test");
  });

  it("is one", () => {
    const message =
      "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.";
    refuses(["-regtest", "-testnet"], undefined, message);
    refuses(["-chain=foo"], "regtest=1\n", message);
    refuses(["-chain=foo"], undefined, "Unknown chain foo.");
  });
});

describe("the directories", () => {
  it("are made with an empty wallets folder, but only when they are new", () => {
    const { base, settings: first } = load(["-regtest"]);
    assert.equal(first.directories.chain, join(base, "regtest"));
    assert.equal(first.directories.blocks, join(base, "regtest", "blocks"));
    assert.ok(existsSync(join(base, "regtest", "wallets")));
    rmSync(join(base, "regtest", "wallets"), { recursive: true });
    loadSettings([`-datadir=${base}`, "-regtest"]);
    assert.ok(!existsSync(join(base, "regtest", "wallets")));
  });

  it("must be there when they are named", () => {
    assert.throws(() => loadSettings(["-datadir=/nowhere"]), {
      message: 'Specified data directory "/nowhere" does not exist.',
    });
    refuses(
      ["-blocksdir=/nowhere"],
      undefined,
      'Specified blocks directory "/nowhere" does not exist.',
    );
    assert.throws(
      () =>
        loadSettings(
          [`-conf=${join(directory("datadir=/nowhere\n"), "bitcoin.conf")}`],
          directory(),
        ),
      {
        message:
          'Error reading configuration file: specified data directory "/nowhere" does not exist.',
      },
    );
  });

  it("hold no second bitcoin.conf that would be ignored", () => {
    const ignored = directory("");
    const conf = join(directory(`datadir=${ignored}\n`), "bitcoin.conf");
    assert.throws(
      () => loadSettings([`-conf=${conf}`]),
      (error: Error) =>
        error.message.startsWith(
          `Data directory "${ignored}" contains a "bitcoin.conf" file which is ignored, because a different configuration file "${conf}" from command line argument "-conf=${conf}" is being used instead.`,
        ),
    );
    assert.ok("settings" in loadSettings([`-conf=${conf}`, "-allowignoredconf"]));
  });
});

describe("settings.json", () => {
  const stored = (text: string | null, ...args: string[]) => {
    const base = directory();
    if (text !== null) writeFileSync(join(base, "settings.json"), text);
    const loaded = loadSettings([`-datadir=${base}`, ...args]);
    assert.ok("settings" in loaded);
    return { ...loaded, path: join(base, "settings.json") };
  };

  it("stands between command line and file, and keeps what it does not know", () => {
    const { settings: got, notes, path } = stored('{"dbcache":5,"wallet":["a","b"],"other":[6,7]}');
    assert.equal(got.number("dbcache"), 5);
    assert.deepEqual(got.list("wallet"), ["a", "b"]);
    assert.ok(notes.includes("Ignoring unknown rw_settings value other"));
    assert.ok(notes.includes("Setting file arg: other = [6,7]"));
    got.stored?.set("wallet", ["a"]);
    const written = JSON.parse(readFileSync(path, "utf8"));
    assert.deepEqual(written.wallet, ["a"]);
    assert.deepEqual(written.other, [6, 7]);
    assert.match(
      written._warning_,
      /^This file is automatically generated and updated by Compeer\./,
    );
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it("is made, unless it is switched off", () => {
    assert.ok(existsSync(stored(null).path));
    assert.ok(!existsSync(stored(null, "-nosettings").path));
  });

  it("is not read when the chain's section switches it off", () => {
    const base = directory("regtest=1\n[regtest]\nnosettings=1\n");
    mkdirSync(join(base, "regtest"));
    writeFileSync(join(base, "regtest", "settings.json"), "invalid json");
    assert.ok("settings" in loadSettings([`-datadir=${base}`]));
  });

  it("is refused when it is no object of settings", () => {
    const prefix = "Settings file could not be read:\n- ";
    assert.throws(
      () => stored("invalid json"),
      (error: Error) => error.message.startsWith(`${prefix}Settings file `),
    );
    assert.throws(() => stored('"string"'), /Found non-object value "string" in settings file/);
    assert.throws(() => stored('{"key": 1, "key": 2}'), /Found duplicate key key in settings file/);
  });

  it("K07: is moved aside when a crash left it empty or full of zeros", () => {
    for (const text of ["", "\0\0\0\0"]) {
      const { path, notes } = stored(text);
      assert.equal(readFileSync(`${path}.bad`, "utf8"), text);
      assert.ok(notes.some((note) => note.includes("moved to")));
    }
  });
});

describe("the notes", () => {
  it("tell every setting, but no secret", () => {
    const { notes } = load(
      ["-rpcuser=me", "-addnode=some.node"],
      "regtest=1\n[regtest]\nserver=1\n",
    );
    for (const note of [
      'Command-line arg: addnode="some.node"',
      "Command-line arg: rpcuser=****",
      'Config file arg: regtest="1"',
      'Config file arg: [regtest] server="1"',
    ])
      assert.ok(notes.includes(note), note);
  });

  it("tell of double negatives", () => {
    assert.ok(
      load(["-nolisten=0"]).notes.includes(
        "Warning: parsed potentially confusing double-negative -listen=0",
      ),
    );
  });
});
