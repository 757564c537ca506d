import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { encodeHex } from "../bytes/hex.ts";
import { numberPart, scriptOf } from "./build-script.ts";
import {
  OP_0,
  OP_1,
  OP_2,
  OP_CHECKMULTISIG,
  OP_CHECKSIG,
  OP_DUP,
  OP_EQUAL,
  OP_EQUALVERIFY,
  OP_HASH160,
  OP_RETURN,
} from "./opcodes.ts";
import { solveScript } from "./solver.ts";

const hash = new Uint8Array(20).fill(1);
const program = new Uint8Array(32).fill(2);
const key = Uint8Array.of(2, ...program);

describe("solveScript", () => {
  const typeOf = (script: Uint8Array): string => solveScript(script).type;

  it("knows the standard forms and what they name", () => {
    const cases: [string, Uint8Array, Uint8Array][] = [
      ["pubkey", scriptOf(key, OP_CHECKSIG), key],
      ["pubkeyhash", scriptOf(OP_DUP, OP_HASH160, hash, OP_EQUALVERIFY, OP_CHECKSIG), hash],
      ["scripthash", scriptOf(OP_HASH160, hash, OP_EQUAL), hash],
      ["witness_v0_keyhash", scriptOf(OP_0, hash), hash],
      ["witness_v0_scripthash", scriptOf(OP_0, program), program],
      ["witness_v1_taproot", scriptOf(OP_1, program), program],
    ];
    for (const [type, script, named] of cases) {
      const { type: found, solutions } = solveScript(script);
      assert.equal(found, type);
      assert.deepEqual(solutions.map(encodeHex), [encodeHex(named)]);
    }
  });

  it("takes a multisig apart", () => {
    const script = scriptOf(OP_1, key, key, OP_2, OP_CHECKMULTISIG);
    const { type, solutions } = solveScript(script);
    assert.equal(type, "multisig");
    assert.deepEqual(solutions.map(encodeHex), ["01", encodeHex(key), encodeHex(key), "02"]);
  });

  it("takes up to 20 keys, counted by a push above 16", () => {
    const keys = (count: number): Uint8Array =>
      scriptOf(
        numberPart(17),
        ...new Array<Uint8Array>(count).fill(key),
        numberPart(count),
        OP_CHECKMULTISIG,
      );
    assert.equal(typeOf(keys(20)), "multisig");
    assert.equal(typeOf(keys(21)), "nonstandard");
  });

  it("refuses multisig with wrong numbers", () => {
    assert.equal(typeOf(scriptOf(OP_2, key, OP_1, OP_CHECKMULTISIG)), "nonstandard");
    assert.equal(typeOf(scriptOf(OP_0, key, OP_1, OP_CHECKMULTISIG)), "nonstandard");
    assert.equal(typeOf(scriptOf(OP_1, key, OP_2, OP_CHECKMULTISIG)), "nonstandard");
  });

  it("knows anchors, data and later witness versions", () => {
    assert.equal(typeOf(scriptOf(OP_1, Uint8Array.of(0x4e, 0x73))), "anchor");
    assert.equal(typeOf(scriptOf(OP_RETURN, program)), "nulldata");
    assert.equal(typeOf(scriptOf(OP_RETURN, OP_DUP)), "nonstandard");
    const { type, solutions } = solveScript(scriptOf(OP_2, program));
    assert.equal(type, "witness_unknown");
    assert.deepEqual(solutions.map(encodeHex), ["02", encodeHex(program)]);
    assert.equal(typeOf(scriptOf(OP_0, program.subarray(1))), "nonstandard");
    assert.equal(typeOf(new Uint8Array(0)), "nonstandard");
  });

  it("has an answer for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (script) => {
        assert.equal(typeof typeOf(script), "string");
      }),
    );
  });
});
