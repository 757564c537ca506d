import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { concatBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeHex } from "../bytes/hex.ts";
import { encodeFrameHeader, FrameReader } from "./frame.ts";

const MAGIC = Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda);

function frame(command: string, payload: Uint8Array): Uint8Array {
  return concatBytes(encodeFrameHeader(MAGIC, command, payload), payload);
}

describe("FrameReader", () => {
  it("reads the verack that the protocol documentation shows", () => {
    const bytes = decodeHex("f9beb4d976657261636b000000000000000000005df6e0e2");
    const frames = new FrameReader(bytes.slice(0, 4)).push(bytes);
    assert.deepEqual(frames, [
      { command: "verack", payload: new Uint8Array(0), size: 24, fault: null },
    ]);
  });

  it("yields the same frames however the stream is cut", () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 1, max: 200 })), (parts, cuts) => {
        const stream = concatBytes(...parts.map((payload) => frame("ping", payload)));
        const reader = new FrameReader(MAGIC);
        const got: Uint8Array[] = [];
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          for (const { payload } of reader.push(stream.subarray(at, at + cut))) got.push(payload);
          at += cut;
        }
        assert.deepEqual(got, parts);
      }),
    );
  });

  it("ends the stream at a foreign magic", () => {
    const bytes = frame("ping", new Uint8Array(8)).fill(255, 0, 4);
    assert.throws(() => new FrameReader(MAGIC).push(bytes), /Wrong MessageStart ffffffff received/);
  });

  it("ends the stream at a length over 4,000,000 before it allocates (D01, CVE-2015-3641)", () => {
    for (const length of [4_000_001, 0xffffffff]) {
      const header = encodeFrameHeader(MAGIC, "tx", new Uint8Array(0));
      new DataView(header.buffer).setUint32(16, length, true);
      assert.throws(() => new FrameReader(MAGIC).push(header), DecodeError);
    }
    const header = encodeFrameHeader(MAGIC, "tx", new Uint8Array(0));
    new DataView(header.buffer).setUint32(16, 4_000_000, true);
    assert.deepEqual(new FrameReader(MAGIC).push(header), []);
  });

  it("marks a wrong checksum and goes on with the next frame", () => {
    const bad = frame("badmsg", Uint8Array.of(1, 100)).fill(255, 20, 24);
    const [first, second] = new FrameReader(MAGIC).push(
      concatBytes(bad, frame("ping", new Uint8Array(8))),
    );
    assert.match(
      first?.fault ?? "",
      /^Wrong checksum \(badmsg, 2 bytes\), expected [0-9a-f]{8} was ffffffff$/,
    );
    assert.equal(second?.fault, null);
  });

  it("marks a command with bytes behind its end or outside of ASCII", () => {
    for (const command of ["\x00ping", "pi\x7fng", "pi\u0080"]) {
      const [only] = new FrameReader(MAGIC).push(frame(command, new Uint8Array(0)));
      assert.match(only?.fault ?? "", /^Invalid message type/);
    }
  });
});
