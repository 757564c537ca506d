import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkArgumentTypes, positionalArguments } from "./bind-arguments.ts";
import { findSignature } from "./find-signature.ts";
import type { Json, JsonObject } from "./json.ts";
import { parseJson } from "./parse-json.ts";
import type { RpcArg } from "./signature.ts";
import { writeJson } from "./write-json.ts";

const argsOf = (method: string): readonly RpcArg[] =>
  findSignature(method)?.args as readonly RpcArg[];
const bind = (method: string, params: string): string =>
  writeJson(positionalArguments(argsOf(method), parseJson(params) as JsonObject));

describe("positionalArguments", () => {
  it("fills holes with null, but not at the end", () => {
    assert.equal(bind("echo", "{}"), "[]");
    assert.equal(bind("echo", '{"arg1":1}'), "[null,1]");
    assert.equal(bind("echo", '{"arg0":0,"arg3":3}'), "[0,null,null,3]");
    assert.equal(bind("echo", '{"arg3":null}'), "[null,null,null,null]");
  });

  it("knows the older name of an argument", () => {
    assert.equal(bind("getblock", '{"blockhash":"x","verbose":1}'), '["x",1]');
  });

  it("takes leading arguments from args", () => {
    assert.equal(bind("echo", '{"args":[0,1],"arg3":3,"arg5":5}'), "[0,1,null,3,null,5]");
    assert.equal(bind("echo", '{"args":[7]}'), "[7]");
    assert.throws(() => bind("echo", '{"args":[0,1],"arg1":1}'), {
      code: -8,
      message: "Parameter arg1 specified twice both as positional and named argument",
    });
    assert.throws(() => bind("echo", '{"args":[0,null,2],"arg1":1}'), { code: -8 });
    assert.throws(() => bind("echo", '{"args":1}'), { message: "Unknown named parameter args" });
  });

  it("gathers the members of a named object", () => {
    assert.equal(
      bind("scanblocks", '{"action":"start","filter_false_positives":true}'),
      '["start",null,null,null,null,{"filter_false_positives":true}]',
    );
    assert.throws(() => bind("scanblocks", '{"options":{},"filter_false_positives":true}'), {
      code: -8,
      message: "Parameter options conflicts with parameter filter_false_positives",
    });
  });

  it("prefers the position to the object's member of the same name", () => {
    assert.equal(bind("send", '{"outputs":{},"fee_rate":5}'), "[{},null,null,5]");
  });

  it("refuses unknown and repeated names", () => {
    assert.throws(() => bind("getblockhash", '{"foo":0}'), {
      code: -8,
      message: "Unknown named parameter foo",
    });
    assert.throws(() => bind("getblockhash", '{"height":0,"height":1}'), {
      code: -8,
      message: "Parameter height specified multiple times",
    });
  });
});

describe("checkArgumentTypes", () => {
  const check = (method: string, params: string) => () =>
    checkArgumentTypes(argsOf(method), parseJson(params) as Json[]);

  it("names every wrong argument in one message", () => {
    assert.throws(check("getblockhash", '["x"]'), {
      code: -3,
      message:
        'Wrong type passed:\n{\n    "Position 1 (height)": "JSON value of type string is not of expected type number"\n}',
    });
    assert.throws(check("getblockheader", "[1,2]"), /Position 1[\s\S]*Position 2 \(verbose\)/);
  });

  it("lets null stand for an optional argument only", () => {
    check("getblockheader", '["x",null]')();
    assert.throws(check("getblockheader", "[null]"), /of type null is not of expected type string/);
  });

  it("leaves amounts and loosely typed arguments to the method", () => {
    check("getblock", '["x",true]')();
    check("sendtoaddress", '["x","1.5"]')();
    check("echo", "[0,null,[],{}]")();
    check("getblockstats", '["x"]')();
  });
});
