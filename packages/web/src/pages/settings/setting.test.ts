import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Setting, settingFits, settingText, settingValue } from "./setting.ts";

describe("settingValue", () => {
  it("reads each kind, and nothing as the default", () => {
    assert.equal(settingValue("number", " 450 "), 450);
    assert.equal(settingValue("text", "a b"), "a b");
    assert.deepEqual(settingValue("list", "a\n b \n"), ["a", "b"]);
    assert.equal(settingValue("number", ""), null);
  });

  it("says that a word is no number", () => {
    assert.throws(() => settingValue("number", "many"), /not a number/);
    assert.throws(() => settingValue("number", "1e9"), /not a number/);
  });

  it("gives back what settingText shows", () => {
    assert.deepEqual(settingValue("list", settingText(["a", "b"])), ["a", "b"]);
    assert.equal(settingText(null), "");
    assert.equal(settingText(7), "7");
  });
});

describe("settingFits", () => {
  it("looks for every word in name, group and description", () => {
    const setting = { name: "dbcache", group: "Options", description: "Size of the cache" };
    assert.equal(settingFits(setting as Setting, "CACHE options"), true);
    assert.equal(settingFits(setting as Setting, "cache peers"), false);
    assert.equal(settingFits(setting as Setting, " "), true);
  });
});
