import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { checkAddress, formatAddress, parseAddress } from "./address.ts";
import { encodeBase58Check } from "./base58.ts";
import { type Bech32Encoding, bytesToFives, encodeBech32 } from "./bech32.ts";
import { networkByName } from "./networks/all.ts";

const MAIN = networkByName("main");
const hash20 = fc.uint8Array({ minLength: 20, maxLength: 20 });
const hash32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const longer = fc.uint8Array({ minLength: 2, maxLength: 40 });

const script = fc.oneof(
  hash20.map((hash) => Uint8Array.of(0x76, 0xa9, 20, ...hash, 0x88, 0xac)),
  hash20.map((hash) => Uint8Array.of(0xa9, 20, ...hash, 0x87)),
  fc.oneof(hash20, hash32).map((program) => Uint8Array.of(0, program.length, ...program)),
  fc
    .tuple(fc.integer({ min: 0x51, max: 0x60 }), longer)
    .map(([version, program]) => Uint8Array.of(version, program.length, ...program)),
);

function segwit(encoding: Bech32Encoding, version: number, length: number, prefix = "bc"): string {
  return encodeBech32(encoding, prefix, [version, ...bytesToFives(new Uint8Array(length))]);
}

function error(text: string): string | null {
  const verdict = checkAddress(text, MAIN);
  return "error" in verdict ? verdict.error : null;
}

describe("address", () => {
  it("comes back as the script it was made of, on every network", () => {
    for (const name of ["main", "test", "regtest"] as const) {
      const network = networkByName(name);
      fc.assert(
        fc.property(script, (bytes) => {
          const address = formatAddress(bytes, network);
          assert.ok(address !== null);
          assert.deepEqual(parseAddress(address, network), bytes);
        }),
        { numRuns: 50 },
      );
    }
  });

  it("is none for scripts of other forms", () => {
    for (const bytes of [
      [],
      [0x51],
      [0, 19, ...new Uint8Array(19)],
      [0x4f, 2, 1, 1],
      [0x50, 2, 1, 1],
      [0x51, 1, 1],
      [0x51, 3, 1, 1],
    ])
      assert.equal(formatAddress(Uint8Array.from(bytes), MAIN), null);
  });

  it("says what is wrong, in Core's words", () => {
    const cases: readonly (readonly [string, string | null])[] = [
      [segwit("bech32", 0, 20), null],
      [segwit("bech32m", 0, 20), "Version 0 witness address must use Bech32 checksum"],
      [segwit("bech32", 1, 32), "Version 1+ witness address must use Bech32m checksum"],
      [segwit("bech32", 0, 21), "Invalid Bech32 v0 address program size (21 bytes), per BIP141"],
      [segwit("bech32m", 17, 20), "Invalid Bech32 address witness version"],
      [segwit("bech32m", 2, 1), "Invalid Bech32 address program size (1 byte)"],
      [segwit("bech32m", 2, 41), "Invalid Bech32 address program size (41 bytes)"],
      [encodeBech32("bech32m", "bc", []), "Empty Bech32 data section"],
      [encodeBech32("bech32", "bc", [0, 1]), "Invalid padding in Bech32 data section"],
      [
        segwit("bech32", 0, 20, "bcrt"),
        "Invalid or unsupported prefix for Segwit (Bech32) address (expected bc, got bcrt).",
      ],
      [segwit("bech32", 0, 20, "tb"), "Invalid or unsupported Segwit (Bech32) or Base58 encoding."],
      [encodeBase58Check(new Uint8Array(21)), null],
      [encodeBase58Check(new Uint8Array(20)), "Invalid length for Base58 address (P2PKH or P2SH)"],
      [
        encodeBase58Check(new Uint8Array(22)),
        "Invalid checksum or length of Base58 address (P2PKH or P2SH)",
      ],
      [
        encodeBase58Check(new Uint8Array(21).fill(9)),
        "Invalid or unsupported Base58-encoded address.",
      ],
      ["bcq", "Missing separator"],
      ["bc1q", "Invalid separator position"],
      ["", "Invalid checksum or length of Base58 address (P2PKH or P2SH)"],
    ];
    for (const [text, expected] of cases) assert.equal(error(text), expected, text);
  });

  it("finds one or two wrong characters of a Bech32 text", () => {
    const place = fc.integer({ min: 3, max: 41 });
    const digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    fc.assert(
      fc.property(
        hash20,
        fc.uniqueArray(place, { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 1, max: 31 }),
        (hash, places, step) => {
          const good = formatAddress(Uint8Array.of(0, 20, ...hash), MAIN) as string;
          const text = [...good];
          for (const at of places)
            text[at] = digits[(digits.indexOf(good[at] as string) + step) % 32] as string;
          assert.deepEqual(checkAddress(text.join(""), MAIN), {
            error: "Invalid Bech32 checksum",
            locations: places.sort((a, b) => a - b),
          });
        },
      ),
    );
  });

  it("finds characters that cannot be there", () => {
    const good = formatAddress(Uint8Array.of(0, 20, ...new Uint8Array(20)), MAIN) as string;
    const locations = (text: string) => {
      const verdict = checkAddress(text, MAIN);
      return "error" in verdict ? [verdict.error, ...verdict.locations] : null;
    };
    assert.deepEqual(locations(good.replace("q", "Q")), ["Invalid character or mixed case", 3]);
    assert.deepEqual(locations(`${good.slice(0, 10)} ${good.slice(11)}`), [
      "Invalid character or mixed case",
      10,
    ]);
    assert.deepEqual(locations(`${good.slice(0, 10)}b${good.slice(11)}`), [
      "Invalid Base 32 character",
      10,
    ]);
    assert.deepEqual(locations(good + "q".repeat(50)), ["Bech32 string too long", 90, 91]);
    assert.equal(locations(good.toUpperCase()), null);
  });
});
