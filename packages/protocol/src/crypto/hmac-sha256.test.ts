import assert from "node:assert/strict";
import { createHmac, hkdfSync } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Hkdf, hmacSha256 } from "./hmac-sha256.ts";

describe("hmacSha256", () => {
  it("is OpenSSL's, for keys of any length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array(), (key, data) => {
        const expected = createHmac("sha256", key).update(data).digest();
        assert.deepEqual(Buffer.from(hmacSha256(key, data)), expected);
      }),
    );
  });

  it("expands as OpenSSL's HKDF does", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array({ minLength: 1 }), (salt, secret) => {
        const expected = Buffer.from(hkdfSync("sha256", secret, salt, "session_id", 32));
        assert.deepEqual(Buffer.from(new Hkdf(salt, secret).expand("session_id")), expected);
      }),
    );
  });
});
