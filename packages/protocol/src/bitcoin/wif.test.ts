import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { encodeBase58Check } from "./base58.ts";
import { networkByName } from "./networks/all.ts";
import { decodeSecretKey, encodeSecretKey } from "./wif.ts";

const MAIN = networkByName("main");

describe("wallet import format", () => {
  it("comes back with the form of the public key, on its own network only", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.boolean(),
        (secret, compressed) => {
          const text = encodeSecretKey({ secret, compressed }, MAIN);
          assert.deepEqual(decodeSecretKey(text, MAIN), { secret, compressed });
          assert.equal(decodeSecretKey(text, networkByName("test")), null);
        },
      ),
    );
  });

  it("is refused with another length or another mark of compression", () => {
    const text = (...rest: number[]) => encodeBase58Check(Uint8Array.of(128, ...rest));
    const secret = new Uint8Array(32).fill(1);
    assert.notEqual(decodeSecretKey(text(...secret, 1), MAIN), null);
    assert.equal(decodeSecretKey(text(...secret, 0), MAIN), null);
    assert.equal(decodeSecretKey(text(...secret, 1, 1), MAIN), null);
    assert.equal(decodeSecretKey(text(...secret.slice(1)), MAIN), null);
    assert.equal(decodeSecretKey("", MAIN), null);
  });
});
