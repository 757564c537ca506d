import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Aead, TAG_SIZE } from "./aead.ts";
import { chaCha20Block, chaCha20State } from "./chacha20.ts";
import { chaCha20Poly1305, chaCha20Stream } from "./node/chacha20-poly1305.ts";
import { openCipherContexts } from "./node/cipher-contexts.ts";
import { cipherObjects } from "./node/cipher-objects.ts";

const opened = openCipherContexts();
/** A Node that is built in another way may hide them, or lack koffi; then there is but the one way. */
const skip = opened === null && "this program shows none of OpenSSL's functions";
const contexts = opened as Aead;

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const nonce = fc.uint8Array({ minLength: 12, maxLength: 12 });
/** None, as almost all packets have it, and as much as the longest garbage. */
const aad = fc.oneof(
  fc.constant(new Uint8Array(0)),
  fc.uint8Array({ maxLength: 4095, size: "max" }),
);
/** On both sides of the 64 bytes up to which V8 keeps an array in its own heap, and of all blocks. */
const message = fc.oneof(
  fc.uint8Array({ maxLength: 100, size: "max" }),
  fc.uint8Array({ maxLength: 5000, size: "max" }),
  fc.integer({ min: 60_000, max: 200_000 }).map((length) => new Uint8Array(length).fill(length)),
);

/** The message with room for a tag, somewhere in a larger array. */
function packetOf(message: Uint8Array): Uint8Array {
  const around = new Uint8Array(message.length + TAG_SIZE + 8);
  around.set(message, 3);
  return around.subarray(3, 3 + message.length + TAG_SIZE);
}

describe("ChaCha20-Poly1305", { skip }, () => {
  it("goes by kept contexts where the program shows OpenSSL's functions", () => {
    assert.notEqual(chaCha20Poly1305, cipherObjects);
  });

  it("makes the same packets by either way, opened by the other, and touches nothing around", () => {
    fc.assert(
      fc.property(key, nonce, aad, message, (key32, nonce12, extra, text) => {
        const [one, other] = [packetOf(text), packetOf(text)];
        contexts.seal(key32, nonce12, extra, one);
        cipherObjects.seal(key32, nonce12, extra, other);
        assert.ok(Buffer.from(one).equals(other));
        assert.ok(contexts.open(key32, nonce12, extra, other));
        assert.ok(cipherObjects.open(key32, nonce12, extra, one));
        for (const packet of [one, other]) {
          assert.ok(Buffer.from(text).equals(packet.subarray(0, text.length)));
          const around = new Uint8Array(packet.buffer);
          assert.deepEqual([...around.subarray(0, 3), ...around.subarray(-5)], Array(8).fill(0));
        }
      }),
    );
  });

  it("refuses any changed bit of text, tag or what is vouched for, and opens the next all the same", () => {
    fc.assert(
      fc.property(
        key,
        nonce,
        aad,
        message,
        fc.nat(),
        fc.nat(7),
        (key32, nonce12, extra, text, place, bit) => {
          const packet = packetOf(text);
          contexts.seal(key32, nonce12, extra, packet);
          const at = place % (packet.length + extra.length);
          const changed = Buffer.concat([packet, extra]);
          changed[at] = (changed[at] as number) ^ (1 << bit);
          const changedAad = changed.subarray(packet.length);
          for (const aead of [contexts, cipherObjects]) {
            const damaged = Uint8Array.from(changed.subarray(0, packet.length));
            assert.equal(aead.open(key32, nonce12, changedAad, damaged), false);
            const whole = Uint8Array.from(packet);
            assert.equal(aead.open(key32, nonce12, extra, whole), true);
          }
        },
      ),
    );
  });
});

describe("the key stream of ChaCha20", () => {
  it("is made of blocks, one after the other", () => {
    fc.assert(
      fc.property(key, nonce, fc.integer({ min: 1, max: 12 }), (key32, nonce12, blocks) => {
        const state = chaCha20State(key32, nonce12, 0);
        const words = new Uint32Array(16 * blocks);
        for (let at = 0; at < words.length; at += 16) chaCha20Block(state, words, at);
        const stream = chaCha20Stream?.(key32, nonce12, 64 * blocks - 3);
        assert.ok(
          Buffer.from(words.buffer)
            .subarray(0, -3)
            .equals(stream as Uint8Array),
        );
      }),
    );
  });
});
