import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodeHex } from "../bytes/hex.ts";
import { numberPart, scriptOf } from "./build-script.ts";
import { OP_0, OP_1, OP_1NEGATE, OP_16, OP_CHECKSIG, OP_RETURN } from "./opcodes.ts";
import { isMinimalPush, isPushOnly, ScriptReader } from "./script-reader.ts";
import { hasValidOps } from "./valid-ops.ts";

describe("ScriptReader", () => {
  it("reads back what scriptOf built", () => {
    const opcode = fc.integer({ min: 0x4f, max: 0xff });
    const data = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.constantFrom(255, 256, 65_535, 65_536).map((length) => new Uint8Array(length)),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(opcode, data), { maxLength: 8 }), (parts) => {
        const reader = new ScriptReader(scriptOf(...parts));
        for (const part of parts) {
          assert.ok(reader.next());
          if (typeof part === "number") assert.equal(reader.opcode, part);
          else assert.deepEqual(Buffer.from(reader.data()), Buffer.from(part));
        }
        assert.ok(reader.atEnd);
        assert.equal(reader.next(), false);
      }),
    );
  });

  it("stops where the script ends within a push", () => {
    for (const hex of ["01", "4c", "4c02ff", "4d01", "4d0200ff", "4e010000", "4effffffff"]) {
      const reader = new ScriptReader(decodeHex(hex));
      assert.equal(reader.next(), false, hex);
    }
  });
});

describe("isPushOnly", () => {
  it("takes pushes of data and small numbers", () => {
    assert.ok(isPushOnly(scriptOf(OP_0, OP_16, OP_1NEGATE, new Uint8Array(300))));
    assert.ok(isPushOnly(scriptOf(OP_RETURN, OP_1), 1));
    assert.equal(isPushOnly(scriptOf(OP_1, OP_CHECKSIG)), false);
    assert.equal(isPushOnly(decodeHex("02ff")), false);
  });
});

describe("isMinimalPush", () => {
  it("is true of the push of a number and false of any longer one", () => {
    fc.assert(
      fc.property(fc.integer({ min: -70_000, max: 70_000 }), (value) => {
        const part = numberPart(value);
        if (typeof part === "number") return;
        const script = scriptOf(part);
        assert.ok(isMinimalPush(part, script[0] as number));
        assert.equal(isMinimalPush(part, 0x4c), false);
      }),
    );
  });

  it("wants an opcode for -1 and 1 to 16", () => {
    for (const byte of [0x81, 1, 16]) assert.equal(isMinimalPush(Uint8Array.of(byte), 1), false);
    assert.ok(isMinimalPush(Uint8Array.of(17), 1));
    assert.ok(isMinimalPush(Uint8Array.of(0), 1));
  });
});

describe("hasValidOps", () => {
  it("refuses opcodes behind OP_NOP10, long pushes and cut scripts", () => {
    assert.ok(hasValidOps(scriptOf(OP_1, 0xb9, new Uint8Array(520))));
    assert.equal(hasValidOps(scriptOf(0xba)), false);
    assert.equal(hasValidOps(scriptOf(new Uint8Array(521))), false);
    assert.equal(hasValidOps(decodeHex("05ff")), false);
  });
});
