import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { encodeHeader } from "../bitcoin/header.ts";
import { concatBytes } from "../bytes/compare.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeHex } from "../bytes/hex.ts";
import { Writer } from "../bytes/writer.ts";
import { decodeMessage } from "./decode-message.ts";
import { encodeMessage } from "./encode-message.ts";
import { LimitError } from "./limit-error.ts";
import type { Message, UnknownMessage } from "./message.ts";

type Encodable = Exclude<Message, UnknownMessage>;

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const hash = bytes(32);
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const u64 = fc.bigInt({ min: 0n, max: 0xffffffffffffffffn });
const port = fc.integer({ min: 0, max: 65535 });

const ipv4 = fc.record({ network: fc.constant(1), host: bytes(4), port });
// The first byte keeps it from looking like a mapped IPv4 address.
const ipv6 = fc.record({
  network: fc.constant(2),
  host: bytes(15).map((rest) => concatBytes(Uint8Array.of(0x20), rest)),
  port,
});
const onion = fc.record({ network: fc.constant(4), host: bytes(32), port });
const future = fc.record({
  network: fc.integer({ min: 7, max: 255 }),
  host: fc.uint8Array({ maxLength: 512 }),
  port,
});
const entry = { time: u32, services: fc.bigInt({ min: 0n, max: 2n ** 50n }) };
const gossip = <T extends object>(address: fc.Arbitrary<T>) =>
  fc.tuple(fc.record(entry), address).map(([facts, where]) => ({ ...facts, ...where }));

const RAW_TX = decodeHex(
  `0100000001${"11".repeat(32)}00000000025152ffffffff0140420f0000000000015100000000`,
);
const HEADER = encodeHeader({
  version: 1,
  prevHash: new Uint8Array(32).fill(1),
  merkleRoot: new Uint8Array(32).fill(2),
  time: 1,
  bits: 0x207fffff,
  nonce: 7,
});

const items = fc.array(fc.record({ kind: u32, hash }), { maxLength: 20 });
const bare = fc.constantFrom(
  "verack" as const,
  "wtxidrelay" as const,
  "sendaddrv2" as const,
  "sendheaders" as const,
  "getaddr" as const,
  "mempool" as const,
  "filterclear" as const,
);

const MESSAGES: fc.Arbitrary<Encodable> = fc.oneof(
  fc.record({ type: bare }),
  fc.record({
    type: fc.constant("version" as const),
    version: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    services: u64,
    time: fc.integer({ min: 0, max: 2 ** 40 }),
    receiver: fc.oneof(ipv4, ipv6),
    nonce: u64,
    userAgent: fc.stringMatching(/^[a-zA-Z0-9 .,;\-_/:?@()]{0,256}$/),
    startHeight: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
    relay: fc.boolean(),
  }),
  fc.record({
    type: fc.constant("sendcmpct" as const),
    highBandwidth: fc.boolean(),
    version: u64,
  }),
  fc.record({
    type: fc.constant("feefilter" as const),
    feeRate: fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
  }),
  fc.record({ type: fc.constantFrom("ping" as const, "pong" as const), nonce: u64 }),
  fc.record({
    type: fc.constantFrom("inv" as const, "getdata" as const, "notfound" as const),
    items,
  }),
  fc.record({
    type: fc.constantFrom("getheaders" as const, "getblocks" as const),
    locator: fc.array(hash, { maxLength: 110 }),
    stop: hash,
  }),
  fc.record({
    type: fc.constant("addr" as const),
    addresses: fc.array(gossip(fc.oneof(ipv4, ipv6))),
  }),
  fc.record({
    type: fc.constant("addrv2" as const),
    addresses: fc.array(gossip(fc.oneof(ipv4, ipv6, onion, future))),
  }),
  fc.constant(decodeMessage("tx", RAW_TX) as Encodable),
  fc.constant(
    decodeMessage("headers", new Writer().compactSize(1).raw(HEADER).u8(0).finish()) as Encodable,
  ),
  fc.constant(decodeMessage("block", concatBytes(HEADER, Uint8Array.of(1), RAW_TX)) as Encodable),
  fc.record({ type: fc.constant("cmpctblock" as const), payload: fc.uint8Array() }),
);

describe("decodeMessage", () => {
  it("gives back what encodeMessage wrote", () => {
    fc.assert(
      fc.property(MESSAGES, (message) => {
        const payload = encodeMessage(message);
        const decoded = decodeMessage(message.type, payload) as Encodable;
        assert.deepEqual(encodeMessage(decoded), payload);
        const read = "items" in decoded ? { ...decoded, items: [...decoded.items] } : decoded;
        assert.deepEqual(structuredClone(read), structuredClone(message));
      }),
    );
  });

  it("fails on a truncated payload with DecodeError and nothing else", () => {
    fc.assert(
      fc.property(MESSAGES, fc.nat(), (message, cut) => {
        const payload = encodeMessage(message);
        if (payload.length === 0) return;
        throwsOnlyDecodeError(message.type, payload.subarray(0, cut % payload.length));
      }),
    );
  });

  it("survives changed bytes with a value or DecodeError", () => {
    fc.assert(
      fc.property(MESSAGES, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, at, flip) => {
        const payload = encodeMessage(message).slice();
        if (payload.length === 0) return;
        const index = at % payload.length;
        payload[index] = (payload[index] as number) ^ flip;
        throwsOnlyDecodeError(message.type, payload);
      }),
    );
  });

  it("refuses bytes left over (D13, CVE-2013-4627)", () => {
    for (const [command, payload] of [
      ["tx", RAW_TX],
      ["inv", Uint8Array.of(0)],
      ["ping", new Uint8Array(8)],
    ] as const)
      assert.throws(
        () => decodeMessage(command, concatBytes(payload, Uint8Array.of(0))),
        DecodeError,
      );
  });

  it("takes a version message that ends early or says more at the end", () => {
    const short = new Writer().u32(31800).u64(1).u64(2).raw(new Uint8Array(26)).finish();
    const decoded = decodeMessage("version", short);
    assert.equal(decoded.type === "version" && decoded.relay && decoded.startHeight, -1);
    const long = encodeMessage({ ...(decoded as Encodable) });
    assert.equal(decodeMessage("version", concatBytes(long, new Uint8Array(9))).type, "version");
  });

  it("refuses a user agent of 257 bytes", () => {
    const head = new Writer()
      .u32(70016)
      .u64(1)
      .u64(2)
      .raw(new Uint8Array(26 + 26 + 8))
      .finish();
    const agent = new Writer().varBytes(new Uint8Array(257)).finish();
    assert.throws(() => decodeMessage("version", concatBytes(head, agent)), DecodeError);
  });

  it("calls too many entries a breach before it reads them", () => {
    for (const [command, limit] of [
      ["inv", 50_000],
      ["getdata", 50_000],
      ["headers", 2000],
      ["addr", 1000],
      ["addrv2", 1000],
    ] as const) {
      const payload = new Writer().compactSize(limit + 1).finish();
      assert.throws(() => decodeMessage(command, payload), {
        constructor: LimitError,
        message: `${command} message size = ${limit + 1}`,
      });
      assert.throws(
        () => decodeMessage(command, new Writer().compactSize(limit).finish()),
        (error) => error instanceof DecodeError && !(error instanceof LimitError),
      );
    }
  });

  it("refuses an addrv2 entry of 513 bytes and a known network with the wrong length", () => {
    const start = new Writer().compactSize(1).u32(0).compactSize(0).finish();
    const long = new Writer().u8(99).varBytes(new Uint8Array(513)).u16be(1).finish();
    assert.throws(
      () => decodeMessage("addrv2", concatBytes(start, long)),
      /Address too long: 513 > 512/,
    );
    const wrong = new Writer().u8(1).varBytes(new Uint8Array(5)).u16be(1).finish();
    assert.throws(() => decodeMessage("addrv2", concatBytes(start, wrong)), DecodeError);
  });

  it("knows no meaning of a foreign command, alerts included (D15, CVE-2012-4683)", () => {
    assert.deepEqual(decodeMessage("alert", new Uint8Array(99)), {
      type: "unknown",
      command: "alert",
    });
  });
});

function throwsOnlyDecodeError(command: string, payload: Uint8Array): void {
  try {
    decodeMessage(command, payload);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
  }
}
