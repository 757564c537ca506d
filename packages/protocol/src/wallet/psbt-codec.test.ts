import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { finishTransaction } from "../bitcoin/transaction.ts";
import { encodeBase64 } from "../bytes/base64.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { publicKey } from "../crypto/keys.ts";
import {
  createPsbt,
  type Psbt,
  type PsbtInput,
  type PsbtKeyOrigin,
  type PsbtOutput,
  type PsbtRecord,
} from "./psbt.ts";
import { toPsbtVersion2 } from "./psbt-convert.ts";
import { decodePsbt, parsePsbt } from "./psbt-decode.ts";
import { encodePsbt, formatPsbt } from "./psbt-encode.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const script = fc.uint8Array({ minLength: 1, maxLength: 40 });
const PLAIN = { noNullPrototype: true };
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(arbitrary, { nil: null });

const KEYS = [1, 2, 3].map((i) => publicKey(new Uint8Array(32).fill(i)));

const origin: fc.Arbitrary<PsbtKeyOrigin> = fc.record(
  {
    fingerprint: fc.constantFrom("00000000", "d34db33f"),
    path: fc.array(fc.nat(0xffffffff), { maxLength: 4 }),
  },
  PLAIN,
);
const derivations = maybe(fc.record({ publicKey: fc.constantFrom(...KEYS), origin }, PLAIN)).map(
  (one) => (one === null ? [] : [one]),
);
const tapDerivations = maybe(
  fc.record(
    {
      publicKey: bytes(32),
      leafHashes: bytes(32).map((hash) => [hash]),
      origin,
    },
    PLAIN,
  ),
).map((one) => (one === null ? [] : [one]));
const unknown: fc.Arbitrary<readonly PsbtRecord[]> = maybe(
  fc.record({ key: bytes(3).map((data) => Uint8Array.of(0x77, ...data)), value: script }, PLAIN),
).map((one) => (one === null ? [] : [one]));
const proprietary: fc.Arbitrary<readonly PsbtRecord[]> = maybe(script).map((value) =>
  value === null ? [] : [{ key: Uint8Array.of(0xfc, 1, 0x61, 5, 9), value }],
);

const previous = finishTransaction({
  version: 2,
  inputs: [
    {
      prevout: { txid: new Uint8Array(32).fill(3), index: 1 },
      script: Uint8Array.of(0x51),
      sequence: 0,
      witness: [],
    },
  ],
  outputs: [{ value: 5_000, script: Uint8Array.of(0x51, 0x52) }],
  lockTime: 0,
});

const input: fc.Arbitrary<PsbtInput> = fc.record(
  {
    nonWitnessUtxo: fc.constantFrom(null, previous),
    witnessUtxo: maybe(fc.record({ value: fc.nat(21e14), script }, PLAIN)),
    partialSignatures: fc.constant([]),
    sighashType: maybe(fc.constantFrom(0, 1, 3, 0x81)),
    redeemScript: maybe(script),
    witnessScript: maybe(script),
    derivations,
    preimages: maybe(bytes(20)).map((hash) =>
      hash === null
        ? []
        : [
            { kind: "ripemd160" as const, hash, preimage: hash },
            { kind: "hash160" as const, hash, preimage: new Uint8Array(0) },
          ],
    ),
    tapKeySignature: maybe(bytes(64)),
    tapScriptSignatures: maybe(
      fc.record({ publicKey: bytes(32), leafHash: bytes(32), signature: bytes(65) }, PLAIN),
    ).map((one) => (one === null ? [] : [one])),
    tapLeafScripts: maybe(
      fc.record({ controlBlock: bytes(65), script, version: fc.constant(0xc0) }, PLAIN),
    ).map((one) => (one === null ? [] : [one])),
    tapDerivations,
    tapInternalKey: maybe(bytes(32)),
    tapMerkleRoot: maybe(bytes(32)),
    musig: maybe(bytes(66)).map((value) =>
      value === null ? [] : [{ key: Uint8Array.of(0x1a, ...(KEYS[0] ?? [])), value }],
    ),
    finalScript: fc.constant(null),
    finalWitness: fc.constant(null),
    requiredTime: fc.constant(null),
    requiredHeight: fc.constant(null),
    proprietary,
    unknown,
  },
  PLAIN,
);

const output: fc.Arbitrary<PsbtOutput> = fc.record(
  {
    redeemScript: maybe(script),
    witnessScript: maybe(script),
    derivations,
    tapInternalKey: maybe(bytes(32)),
    tapTree: fc.constantFrom(
      [],
      [{ depth: 0, version: 0xc0, script: Uint8Array.of(0x51) }],
      [1, 2, 2].map((depth) => ({ depth, version: 0xc0, script: Uint8Array.of(0x51) })),
    ),
    tapDerivations,
    musig: fc.constant([]),
    proprietary,
    unknown,
  },
  PLAIN,
);

const psbt: fc.Arbitrary<Psbt> = fc
  .record({ input, output, unknown, proprietary, newer: fc.boolean(), origin }, PLAIN)
  .map((made) => {
    const blank = createPsbt({
      version: 2,
      inputs: [
        {
          prevout: { txid: previous.txid, index: 0 },
          script: new Uint8Array(0),
          sequence: 5,
          witness: [],
        },
      ],
      outputs: [{ value: 4_000, script: Uint8Array.of(0x51) }],
      lockTime: 77,
    });
    const version = made.newer ? toPsbtVersion2(blank) : blank;
    const xpub = new Uint8Array(78).fill(4, 0, 45);
    xpub.set(KEYS[0] as Uint8Array, 45);
    return {
      ...version,
      inputs: [made.input],
      outputs: [made.output],
      xpubs: [{ xpub, origin: made.origin }],
      unknown: made.unknown,
      proprietary: made.proprietary,
    };
  });

/** True when `data` is a PSBT, false when it is refused as it should be. */
function decodes(data: Uint8Array): boolean {
  try {
    decodePsbt(data);
    return true;
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return false;
  }
}

describe("PSBT as bytes", () => {
  it("reads back what was written, in both versions", () => {
    fc.assert(
      fc.property(psbt, (made) => {
        assert.deepEqual(decodePsbt(encodePsbt(made)), made);
      }),
    );
  });

  it("D23 is refused when cut short anywhere, or when a length says more than is left", () => {
    fc.assert(
      fc.property(psbt, fc.nat(), (made, at) => {
        const encoded = encodePsbt(made);
        assert.equal(decodes(encoded.subarray(0, at % encoded.length)), false);
      }),
    );
  });

  it("is refused with anything behind it", () => {
    fc.assert(
      fc.property(psbt, fc.nat(255), (made, byte) => {
        assert.equal(decodes(Uint8Array.of(...encodePsbt(made), byte)), false);
      }),
    );
  });

  it("is read and written the same again, or refused, when any byte is changed", () => {
    fc.assert(
      fc.property(psbt, fc.nat(), fc.integer({ min: 1, max: 255 }), (made, at, by) => {
        const changed = encodePsbt(made);
        const index = at % changed.length;
        changed[index] = (changed[index] as number) ^ by;
        if (!decodes(changed)) return;
        const once = encodePsbt(decodePsbt(changed));
        assert.deepEqual(encodePsbt(decodePsbt(once)), once);
      }),
      { numRuns: 500 },
    );
  });

  it("is refused as text that is no base64, or not a PSBT", () => {
    assert.throws(() => parsePsbt("cHNidP8"), /^DecodeError: invalid base64/);
    assert.throws(() => parsePsbt("!"), /^DecodeError: invalid base64/);
    const other = encodeBase64(Uint8Array.of(1, 2, 3, 4, 5, 6));
    assert.throws(() => parsePsbt(other), /Invalid PSBT magic bytes/);
  });

  it("is refused in a version that is neither 0 nor 2", () => {
    const encoded = encodePsbt(createPsbt({ version: 2, inputs: [], outputs: [], lockTime: 0 }));
    const version1 = Uint8Array.of(1, 0xfb, 4, 1, 0, 0, 0);
    const head = encoded.subarray(0, encoded.length - 1);
    assert.throws(
      () => decodePsbt(Uint8Array.of(...head, ...version1, 0)),
      /Unsupported version number/,
    );
  });

  it("W13 is refused when a previous transaction is not the one that is spent", () => {
    const made = createPsbt({
      version: 2,
      inputs: [
        {
          prevout: { txid: new Uint8Array(32).fill(9), index: 0 },
          script: new Uint8Array(0),
          sequence: 0,
          witness: [],
        },
      ],
      outputs: [],
      lockTime: 0,
    });
    const inputs = [{ ...(made.inputs[0] as PsbtInput), nonWitnessUtxo: previous }];
    assert.throws(
      () => parsePsbt(formatPsbt({ ...made, inputs })),
      /Non-witness UTXO does not match outpoint hash/,
    );
  });
});
