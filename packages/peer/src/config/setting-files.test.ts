import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parseArguments } from "@compeer/protocol/rpc/settings/parse-arguments";
import { Config } from "@compeer/protocol/rpc/settings/parse-config";
import { SettingsError } from "@compeer/protocol/rpc/settings/setting";
import fc from "fast-check";
import { findOption } from "./find-option.ts";
import { readStoredSettings, StoredSettings } from "./stored-settings.ts";

const word = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    "server",
    "noserver",
    "rpcpassword",
    "regtest.bind",
    "conf",
    "par",
    "=",
    "[",
    "]",
  ),
);
const line = fc.oneof(
  fc.tuple(word, word).map(([name, value]) => `${name}=${value}`),
  fc.tuple(word, word).map((words) => words.join("")),
  word.map((name) => `[${name}]`),
  word.map((text) => `#${text}`),
);

function onlySettingsError(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    assert.ok(error.message.length > 0);
  }
}

describe("bitcoin.conf", () => {
  it("of any lines gives settings or one SettingsError", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        onlySettingsError(() => new Config().add(lines.join("\n"), "bitcoin.conf", findOption));
      }),
      { numRuns: 1000 },
    );
  });

  it("names the line that does not parse", () => {
    fc.assert(
      fc.property(fc.nat(50), (lines) => {
        const text = `${"par=1\n".repeat(lines)}nonsense\npar=2`;
        assert.throws(() => new Config().add(text, "bitcoin.conf", findOption), {
          message: `parse error on line ${lines + 1}: nonsense, if you intended to specify a negated option, use nonsense=1 instead`,
        });
      }),
    );
  });
});

describe("a command line", () => {
  it("of any words gives settings or one SettingsError", () => {
    const argument = fc.oneof(
      word,
      line.map((text) => `-${text}`),
    );
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 5 }), (args) => {
        onlySettingsError(() => parseArguments(args, findOption));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("settings.json", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "compeer-settings-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const names = fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== "_warning_");
  const values = fc.dictionary(
    names,
    fc.oneof(fc.string({ maxLength: 8 }), fc.boolean(), fc.array(fc.string({ maxLength: 4 }))),
    { maxKeys: 4, noNullPrototype: true },
  );

  it("comes back as it was written", () => {
    const path = join(folder, "settings.json");
    fc.assert(
      fc.property(values, (wanted) => {
        new StoredSettings(path, new Map(Object.entries(wanted))).write();
        const read = readStoredSettings(path, []);
        assert.deepEqual(Object.fromEntries(read.values), wanted);
      }),
      { numRuns: 30 },
    );
    assert.equal(existsSync(`${path}.tmp`), false);
  });

  it("K07: cut short or changed in any way is settings or one SettingsError that names the file", () => {
    const path = join(folder, "changed.json");
    const text = JSON.stringify(
      { _warning_: "made by a program", prune: "550", bind: ["::1"] },
      null,
      4,
    );
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(3), fc.string({ maxLength: 2 }), (at, gone, put) => {
        for (const damaged of [
          text.slice(0, at),
          text.slice(0, at) + put + text.slice(at + gone),
        ]) {
          writeFileSync(path, damaged);
          try {
            readStoredSettings(path, []);
          } catch (error) {
            assert.ok(
              error instanceof SettingsError && error.message.includes(path),
              String(error),
            );
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
