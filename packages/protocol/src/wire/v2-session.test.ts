import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { concatBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { createSwiftKeys } from "../crypto/elligator-swift.ts";
import type { Frame } from "./frame.ts";
import { V2_IGNORE, V2Cipher } from "./v2-cipher.ts";
import { V2Session, v1Prefix } from "./v2-session.ts";

const MAGIC = Uint8Array.of(1, 2, 3, 4);
const NOTHING = new Uint8Array(0);
const OURS = createSwiftKeys(randomBytes);
const THEIRS = createSwiftKeys(randomBytes);

function session(initiating: boolean, garbage: Uint8Array = NOTHING): V2Session {
  const keys = initiating ? OURS : THEIRS;
  return new V2Session({ initiating, magic: MAGIC, keys, garbage });
}

/** Everything that the initiator sends to the responder with these keys, messages included. */
function recording(garbage: Uint8Array, messages: readonly (readonly [string, Uint8Array])[]) {
  const initiator = session(true, garbage);
  initiator.push(session(false).hello);
  const reply = initiator.takeReply() ?? NOTHING;
  const sent = messages.map(([command, payload]) => initiator.encode(command, payload));
  return concatBytes(initiator.hello, reply, ...sent);
}

/** `bytes` cut into pieces of the given sizes, over and over. */
function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + (sizes[i % sizes.length] ?? bytes.length);
    yield bytes.subarray(at, end);
    at = end;
  }
}

function receive(bytes: Uint8Array, sizes: readonly number[]): [V2Session, Frame[]] {
  const responder = session(false);
  const frames: Frame[] = [];
  for (const piece of cut(bytes, sizes)) frames.push(...responder.push(piece));
  return [responder, frames];
}

const message = fc.tuple(
  fc.constantFrom("tx", "inv", "version", "verack", "block", "wtxidrelay"),
  fc.uint8Array({ maxLength: 2000 }),
);
const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });
const garbage = fc.uint8Array({ maxLength: 4095, size: "max" });

describe("V2Session", () => {
  it("carries messages whatever the garbage and however the stream is cut", () => {
    fc.assert(
      fc.property(garbage, fc.array(message), sizes, (dirt, messages, pieces) => {
        const [responder, frames] = receive(recording(dirt, messages), pieces);
        assert.ok(responder.isEstablished);
        assert.deepEqual(
          frames.map(({ command, payload, fault }) => [command, Buffer.from(payload), fault]),
          messages.map(([command, payload]) => [command, Buffer.from(payload), null]),
        );
      }),
      { numRuns: 40 },
    );
  });

  it("has one session id at both ends once the other has proven its keys", () => {
    const initiator = session(true);
    const responder = session(false);
    responder.push(initiator.hello);
    initiator.push(responder.hello);
    assert.ok(!initiator.isEstablished);
    initiator.push(responder.takeReply() ?? NOTHING);
    responder.push(initiator.takeReply() ?? NOTHING);
    assert.equal(initiator.sessionId?.length, 32);
    assert.deepEqual(responder.sessionId, initiator.sessionId);
  });

  it("goes on through thousands of messages, with new keys after every 224", () => {
    const messages = Array.from({ length: 1000 }, (_, i) => ["ping", Uint8Array.of(i)] as const);
    const [, frames] = receive(recording(NOTHING, messages), [100]);
    assert.deepEqual(
      frames.map(({ payload }) => payload[0]),
      messages.map(([, payload]) => payload[0]),
    );
  });

  it("passes over decoys, before the version packet and after it", () => {
    const cipher = new V2Cipher(OURS, THEIRS.encoded, true, MAGIC);
    const decoy = () => cipher.seal(NOTHING, randomBytes(100), NOTHING, V2_IGNORE);
    const stream = concatBytes(
      OURS.encoded,
      cipher.sendTerminator,
      decoy(),
      decoy(),
      cipher.seal(NOTHING, Uint8Array.of(1, 2, 3), NOTHING),
      decoy(),
      cipher.seal(Uint8Array.of(18), new Uint8Array(8), NOTHING),
    );
    const [responder, frames] = receive(stream, [1]);
    assert.ok(responder.isEstablished);
    assert.deepEqual(
      frames.map(({ command, size }) => [command, size]),
      [["ping", 29]],
    );
  });

  it("drops a message of no known type and keeps the sender", () => {
    const cipher = new V2Cipher(OURS, THEIRS.encoded, true, MAGIC);
    const stream = concatBytes(
      OURS.encoded,
      cipher.sendTerminator,
      cipher.seal(NOTHING, NOTHING, NOTHING),
      cipher.seal(Uint8Array.of(200), NOTHING, NOTHING),
      cipher.seal(NOTHING, NOTHING, NOTHING),
      cipher.seal(Uint8Array.of(18), NOTHING, NOTHING),
    );
    const [, frames] = receive(stream, [7]);
    assert.deepEqual(
      frames.map(({ command, fault }) => [command, fault]),
      [
        ["", "invalid message type (1 bytes contents)"],
        ["", "invalid message type (0 bytes contents)"],
        ["ping", null],
      ],
    );
  });

  it("ends when the garbage does after 4,095 bytes without its terminator", () => {
    const responder = session(false);
    responder.push(OURS.encoded);
    responder.push(new Uint8Array(4095 + 15));
    assert.throws(() => responder.push(new Uint8Array(1)), /missing garbage terminator/);
  });

  it("ends when garbage was changed on the way", () => {
    const stream = recording(randomBytes(500), []);
    stream[100] = (stream[100] as number) ^ 1;
    assert.throws(() => receive(stream, [64]), /packet decryption failure \(0 bytes\)/);
  });

  it("ends at a length that no message has, with nothing allocated for it", () => {
    const cipher = new V2Cipher(OURS, THEIRS.encoded, true, MAGIC);
    const start = concatBytes(
      OURS.encoded,
      cipher.sendTerminator,
      cipher.seal(NOTHING, NOTHING, NOTHING),
    );
    const [responder] = receive(start, [4096]);
    const packet = cipher.seal(NOTHING, new Uint8Array(4_000_014), NOTHING);
    assert.throws(
      () => responder.push(packet.subarray(0, 3)),
      /packet too large \(4000014 bytes\)/,
    );
    assert.equal(responder.heldBytes, 0);
  });

  it("tells an unencrypted peer of another network from an encrypted one", () => {
    const other = v1Prefix(Uint8Array.of(9, 9, 9, 9));
    assert.throws(() => session(false).push(other), /V1 peer with wrong MessageStart 09090909/);
  });

  it("ends at any changed bit, or waits for more, and never gives out what was changed", () => {
    const messages = [["tx", new Uint8Array(300)] as const, ["ping", new Uint8Array(8)] as const];
    const stream = recording(new Uint8Array(20), messages);
    fc.assert(
      fc.property(fc.nat(stream.length - 1), fc.nat(7), sizes, (at, bit, pieces) => {
        const changed = stream.with(at, (stream[at] as number) ^ (1 << bit));
        const frames: Frame[] = [];
        const responder = session(false);
        try {
          for (const piece of cut(changed, pieces)) frames.push(...responder.push(piece));
        } catch (error) {
          assert.ok(error instanceof DecodeError);
        }
        assert.ok(frames.length < messages.length);
        for (const { payload } of frames) assert.ok(payload.every((byte) => byte === 0));
      }),
      { numRuns: 60 },
    );
  });

  it("waits where a stream is cut off, at every byte", () => {
    const stream = recording(new Uint8Array(5), [["ping", new Uint8Array(8)]]);
    for (let length = 0; length < stream.length; length++) {
      const [, frames] = receive(stream.subarray(0, length), [stream.length]);
      assert.equal(frames.length, 0);
    }
  });

  it("throws nothing but DecodeError at random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000, size: "max" }), sizes, (bytes, pieces) => {
        try {
          receive(bytes, pieces);
        } catch (error) {
          assert.ok(error instanceof DecodeError);
        }
      }),
      { numRuns: 60 },
    );
  });
});
