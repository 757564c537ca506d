import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { createSwiftKeys, swiftSecret } from "./elligator-swift.ts";
import { publicKeyX } from "./keys.ts";
import { decodeSwift } from "./swift-encoding.ts";

describe("ElligatorSwift", () => {
  it("encodes the key of the secret", () => {
    const { secret, encoded } = createSwiftKeys(randomBytes);
    assert.deepEqual(Buffer.from(decodeSwift(encoded)), Buffer.from(publicKeyX(secret)));
  });

  it("takes secrets and fields from the randomness that it is given", () => {
    let calls = 0;
    const fixed = (size: number): Uint8Array => new Uint8Array(size).fill(++calls);
    const first = createSwiftKeys(fixed);
    calls = 0;
    assert.deepEqual(createSwiftKeys(fixed), first);
  });

  it("gives both ends one secret, and another one with any other key", () => {
    const [ours, theirs, other] = [0, 0, 0].map(() => createSwiftKeys(randomBytes));
    assert.ok(ours !== undefined && theirs !== undefined && other !== undefined);
    const secret = swiftSecret(ours, theirs.encoded, true);
    assert.deepEqual(swiftSecret(theirs, ours.encoded, false), secret);
    assert.notDeepEqual(swiftSecret(theirs, ours.encoded, true), secret);
    assert.notDeepEqual(swiftSecret(other, ours.encoded, false), secret);
  });

  it("decodes any 64 bytes to a point that a secret can be shared with", () => {
    const ours = createSwiftKeys(randomBytes);
    const fieldPrime = Buffer.from(`${"f".repeat(55)}efffffc2f`, "hex");
    for (const half of [new Uint8Array(32), new Uint8Array(32).fill(255), fieldPrime])
      assert.equal(swiftSecret(ours, Buffer.concat([half, half]), false).length, 32);
    for (let i = 0; i < 20; i++) assert.equal(swiftSecret(ours, randomBytes(64), true).length, 32);
  });
});
