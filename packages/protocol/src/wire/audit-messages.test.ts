import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MAX_MONEY } from "../bitcoin/amount.ts";
import { concatBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import {
  type AuditAnswer,
  decodeAudit,
  decodeGetAudit,
  encodeAudit,
  encodeGetAudit,
} from "./audit-messages.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const height = fc.nat(0xffff_ffff);
const answers: fc.Arbitrary<AuditAnswer> = fc.record(
  {
    height,
    state: fc.constantFrom("kept", "not-kept", "unknown", "busy", "damaged"),
    tipHeight: height,
    tipHash: hash,
    blockHash: hash,
    coins: fc.record(
      {
        hash,
        count: fc.maxSafeNat(),
        amount: fc.integer({ min: 0, max: MAX_MONEY }),
      },
      { noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
);

describe("messages of an audit", () => {
  it("come back as they were", () => {
    fc.assert(fc.property(height, (at) => assert.equal(decodeGetAudit(encodeGetAudit(at)), at)));
    fc.assert(
      fc.property(answers, (answer) => assert.deepEqual(decodeAudit(encodeAudit(answer)), answer)),
    );
  });

  it("do not decode when cut or lengthened", () => {
    fc.assert(
      fc.property(answers, fc.nat(), (answer, at) => {
        const bytes = encodeAudit(answer);
        assert.equal(bytes.length, 121);
        assert.throws(() => decodeAudit(bytes.subarray(0, at % bytes.length)), DecodeError);
        assert.throws(() => decodeAudit(concatBytes(bytes, Uint8Array.of(0))), DecodeError);
      }),
    );
    assert.throws(() => decodeGetAudit(new Uint8Array(3)), DecodeError);
    assert.throws(() => decodeGetAudit(new Uint8Array(5)), DecodeError);
  });

  it("of any bytes are an answer or a DecodeError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 121, maxLength: 121 }), (bytes) => {
        try {
          assert.deepEqual(encodeAudit(decodeAudit(bytes)), bytes);
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }),
    );
  });
});
