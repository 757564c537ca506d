import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { convertNamedWords, convertWords } from "./convert-words.ts";
import { writeJson } from "./write-json.ts";

describe("convertWords", () => {
  const convert = (method: string, ...words: string[]) => writeJson(convertWords(method, words));

  it("reads as JSON what is no string", () => {
    assert.equal(convert("getblockhash", "0"), "[0]");
    assert.equal(convert("getblock", "00", "2"), '["00",2]');
    assert.equal(convert("echo", "1", "{}"), '["1","{}"]');
    assert.equal(convert("echojson", '{"a":1}', "[1]", "null"), '[{"a":1},[1],null]');
    assert.equal(convert("sendtoaddress", "x", "0.10"), '["x",0.10]');
    assert.throws(() => convert("getblockhash", "x"), { message: "Error parsing JSON: x" });
  });

  it("takes either where the method does", () => {
    assert.equal(convert("getblockstats", "1000"), "[1000]");
    assert.equal(convert("getblockstats", "00ab"), '["00ab"]');
  });

  it("leaves words of unknown methods and positions as they are", () => {
    assert.equal(convert("nope", "1"), '["1"]');
    assert.equal(convert("getblockcount", "1"), '["1"]');
  });
});

describe("convertNamedWords", () => {
  const convert = (method: string, ...words: string[]) =>
    writeJson(convertNamedWords(method, words));

  it("takes names, also older ones and those of members", () => {
    assert.equal(convert("getblockhash", "height=0"), '{"height":0}');
    assert.equal(
      convert("getblock", "blockhash=00", "verbose=1"),
      '{"blockhash":"00","verbose":1}',
    );
    assert.equal(convert("fundrawtransaction", "minconf=1"), '{"minconf":1}');
    assert.equal(convert("getblockhash", "foo=0"), '{"foo":"0"}');
  });

  it("puts words without a name into args", () => {
    assert.equal(convert("getblockhash", "0"), '{"args":[0]}');
    assert.equal(
      convert("createwallet", "my=wallet", "blank=true"),
      '{"blank":true,"args":["my=wallet"]}',
    );
    assert.equal(convert("getblockhash", "height=0", "height=1"), '{"height":1}');
    assert.equal(convert("echo", "args=[0]", "4"), '{"args":"[0]","args":["4"]}');
  });
});
