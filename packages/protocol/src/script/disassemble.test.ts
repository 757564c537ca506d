import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodeHex } from "../bytes/hex.ts";
import { scriptToAsm } from "./disassemble.ts";

const SIGNATURE =
  "304402203932c892e2e550f3af8ee4ce9c215a87f9bb831dcac87b2838e2c2eaa891df0c" +
  "022030b61dd36543125d56b9f9f3a1f9353189e5af33cdda8d77a5209aec03978fa0";

describe("scriptToAsm", () => {
  const asm = (hex: string): string => scriptToAsm(decodeHex(hex));

  it("names opcodes and shows longer pushes as hex", () => {
    assert.equal(
      asm("76a914000102030405060708090a0b0c0d0e0f1011121388ac"),
      "OP_DUP OP_HASH160 000102030405060708090a0b0c0d0e0f10111213 OP_EQUALVERIFY OP_CHECKSIG",
    );
  });

  it("shows pushes of up to four bytes as numbers", () => {
    assert.equal(asm("00510160024e73030000800480000000"), "0 1 96 29518 0 128");
    assert.equal(asm("4f04ffffffff"), "-1 -2147483647");
  });

  it("ends in [error] where the script ends within a push", () => {
    assert.equal(asm("5102aa"), "1 [error]");
    assert.equal(asm("4d01"), "[error]");
  });

  it("calls opcodes without a name OP_UNKNOWN", () => {
    assert.equal(
      asm("babbfeff50"),
      "OP_CHECKSIGADD OP_UNKNOWN OP_UNKNOWN OP_INVALIDOPCODE OP_RESERVED",
    );
  });

  it("names the hash type of a signature when asked", () => {
    const script = (type: string): Uint8Array => decodeHex(`47${SIGNATURE}${type}`);
    assert.equal(scriptToAsm(script("01"), true), `${SIGNATURE}[ALL]`);
    assert.equal(scriptToAsm(script("83"), true), `${SIGNATURE}[SINGLE|ANYONECANPAY]`);
    assert.equal(scriptToAsm(script("01")), `${SIGNATURE}01`);
    assert.equal(scriptToAsm(script("04"), true), `${SIGNATURE}04`);
  });

  it("does not look for signatures behind OP_RETURN", () => {
    const script = decodeHex(`6a47${SIGNATURE}01`);
    assert.equal(scriptToAsm(script, true), `OP_RETURN ${SIGNATURE}01`);
  });

  it("has a word for every opcode and push of any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.boolean(), (script, named) => {
        const words = scriptToAsm(script, named).split(" ");
        const known = /^(-?\d+|[0-9a-f]{10,}(\[[A-Z|]+\])?|OP_[A-Z0-9_]+)$/;
        const last = words.at(-1) === "[error]" ? words.pop() : null;
        if (script.length > 0 && last === null) assert.notEqual(words.length, 0);
        for (const word of words) if (word !== "") assert.match(word, known);
      }),
    );
  });
});
