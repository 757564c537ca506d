import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import fc from "fast-check";
import { coinKey, decodeCoinKey } from "./coin-key.ts";

const txids = fc.uint8Array({ minLength: 32, maxLength: 32 });
const indexes = fc.nat(0xffffffff);

describe("coin keys", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(txids, indexes, (txid, index) =>
        assert.deepEqual(decodeCoinKey(coinKey(txid, index)), { txid, index }),
      ),
    );
  });

  it("do not decode when cut or lengthened, or with another letter before them", () => {
    fc.assert(
      fc.property(txids, indexes, fc.nat(), (txid, index, at) => {
        const key = coinKey(txid, index);
        assert.throws(() => decodeCoinKey(key.subarray(0, at % key.length)), DecodeError);
        assert.throws(() => decodeCoinKey(concatBytes(key, Uint8Array.of(0))), DecodeError);
        assert.throws(() => decodeCoinKey(key.with(0, 0x42)), DecodeError);
      }),
    );
  });

  it("of any bytes are a coin or a DecodeError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 30, maxLength: 45 }), (bytes) => {
        try {
          decodeCoinKey(bytes.with(0, 0x43));
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }),
    );
  });
});
