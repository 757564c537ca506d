import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { parseJson } from "@compeer/protocol/rpc/parse-json";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import { writeJson } from "@compeer/protocol/rpc/write-json";
import { loadSettings } from "../../config/load-settings.ts";
import type { Settings } from "../../config/settings.ts";
import { SettingsBook } from "./settings-json.ts";

const directory = mkdtempSync(join(tmpdir(), "compeer-settings-"));
after(() => rmSync(directory, { recursive: true }));

function settingsOf(...args: readonly string[]): Settings {
  const loaded = loadSettings([`-datadir=${directory}`, "-regtest", ...args]);
  if ("print" in loaded) throw new Error(loaded.print);
  return loaded.settings;
}

interface Described {
  readonly name: string;
  readonly kind: string;
  readonly description: string;
  readonly default: unknown;
  readonly value: unknown;
  readonly stored: unknown;
  readonly source: string;
  readonly pending: boolean;
  readonly editable: boolean;
}

function listOf(book: SettingsBook, filter = ""): Map<string, Described> {
  const list = JSON.parse(writeJson(book.list(filter))) as Described[];
  return new Map(list.map((each) => [each.name, each]));
}

const anything = (): void => undefined;

describe("SettingsBook", () => {
  it("tells of each setting what it is, its default and what is in force", () => {
    const list = listOf(
      new SettingsBook(settingsOf("-dbcache=99", "-nolisten", "-rpcpassword=x"), anything),
    );
    const dbcache = list.get("dbcache");
    assert.deepEqual(
      [dbcache?.kind, dbcache?.default, dbcache?.value, dbcache?.source],
      ["number", 450, 99, "set"],
    );
    assert.doesNotMatch(String(dbcache?.description), /default/);
    const listen = list.get("listen");
    assert.deepEqual([listen?.kind, listen?.value], ["flag", false]);
    assert.equal(list.get("addnode")?.kind, "list");
    const password = list.get("rpcpassword");
    assert.deepEqual([password?.value, password?.editable], [null, false]);
    assert.equal(list.get("datadir")?.editable, false);
    assert.ok(list.size > 100);
    assert.ok([...list.values()].every(({ description }) => String(description).length > 5));
  });

  it("keeps a value in settings.json for the next start, and forgets it", () => {
    const book = new SettingsBook(settingsOf(), anything);
    book.change("dbcache", parseJson("77"));
    book.change("blocksonly", true);
    book.change("addnode", ["a", "b"]);
    const kept = JSON.parse(readFileSync(join(directory, "regtest/settings.json"), "utf8"));
    assert.deepEqual([kept.dbcache, kept.blocksonly, kept.addnode], ["77", true, ["a", "b"]]);
    const now = listOf(book).get("dbcache");
    assert.deepEqual([now?.value, now?.stored, now?.pending], [null, "77", true]);

    const next = settingsOf();
    assert.equal(next.number("dbcache"), 77);
    assert.deepEqual(next.list("addnode"), ["a", "b"]);
    const later = new SettingsBook(next, anything);
    assert.equal(listOf(later).get("dbcache")?.pending, false);
    for (const name of ["dbcache", "blocksonly", "addnode"]) later.change(name, null);
    assert.equal(listOf(later).get("dbcache")?.pending, true);
    assert.equal(settingsOf().isSet("dbcache"), false);
  });

  it("changes nothing that runs programs, writes files elsewhere or lets others in", () => {
    const list = listOf(new SettingsBook(settingsOf(), anything));
    const risky = [...list.keys()].filter((name) =>
      /notify$|^rpc(allow|auth|bind|cookie|user|password|white)|dir$|logfile$|^(signer|pid)$/.test(
        name,
      ),
    );
    assert.ok(risky.length > 12, risky.join());
    for (const name of risky) assert.equal(list.get(name)?.editable, false, name);
  });

  it("keeps nothing that a peer would not start with, and nothing of a wrong kind", () => {
    const seen: number[] = [];
    const book = new SettingsBook(settingsOf(), (changed) => {
      seen.push(changed.number("dbcache", 0));
      throw new SettingsError("too much");
    });
    const wrong = [
      ["dbcache", parseJson("5"), /^too much$/],
      ["dbcache", parseJson("1.5"), /whole number/],
      ["dbcache", true, /whole number/],
      ["blocksonly", "", /on or off/],
      ["addnode", [true], /list of texts/],
      ["uacomment", "a\nb", /is a text/],
      ["rpcpassword", "x", /command line/],
      ["signetchallenge", "51", /command line/],
      ["absent", "x", /no setting absent/],
    ] as const;
    for (const [name, value, words] of wrong)
      assert.throws(() => book.change(name, value), { code: -8, message: words }, name);
    assert.deepEqual(seen, [5]);
    assert.equal(settingsOf().isSet("dbcache"), false);
  });
});
