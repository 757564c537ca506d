import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { parseDescriptor } from "@compeer/protocol/wallet/parse-descriptor";
import type { Psbt } from "@compeer/protocol/wallet/psbt";
import { combinePsbts } from "@compeer/protocol/wallet/psbt-combine";
import { parsePsbt } from "@compeer/protocol/wallet/psbt-decode";
import { formatPsbt } from "@compeer/protocol/wallet/psbt-encode";
import { extractTransaction, finalizePsbt } from "@compeer/protocol/wallet/psbt-finalize";
import { type PsbtSigningProvider, signPsbt } from "@compeer/protocol/wallet/psbt-sign";
import { type SigningScript, signingScripts } from "@compeer/protocol/wallet/signing-script";
import { psbtCases } from "../testing/psbt-vectors.ts";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

interface CoreVectors {
  readonly invalid: readonly string[];
  readonly invalid_with_msg: readonly (readonly [string, string])[];
  readonly valid: readonly string[];
  readonly signer: readonly {
    readonly privkeys: readonly string[];
    readonly psbt: string;
    readonly result: string;
  }[];
  readonly combiner: readonly { readonly combine: readonly string[]; readonly result: string }[];
  readonly finalizer: readonly { readonly finalize: string; readonly result: string }[];
  readonly extractor: readonly { readonly extract: string; readonly result: string }[];
}

/** Which input of BIP174's cases tells something wrong; the other may be signed. */
const LYING_INPUTS = [0, 0, 1, 1];
const regtest = networkByName("regtest");

function refusal(base64: string): string {
  try {
    parsePsbt(base64);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error.message;
  }
  return "";
}

/** What Core's wallet knows after `importprivkey`: the outputs that a key alone can spend. */
function walletOf(secrets: readonly string[]): PsbtSigningProvider {
  const scripts = new Map<string, SigningScript>();
  for (const secret of secrets)
    for (const descriptor of parseDescriptor(`combo(${secret})`, regtest, false))
      for (const script of signingScripts(descriptor, 0))
        scripts.set(encodeHex(script.script), script);
  return {
    find: (script) => scripts.get(encodeHex(script)) ?? null,
    findKey: (publicKey) => {
      const name = encodeHex(publicKey);
      for (const { keys } of scripts.values())
        for (const key of keys) if (encodeHex(key.publicKey) === name) return key;
      return null;
    },
  };
}

describe("PSBTs of Core's functional tests", { skip: vectorsMissing }, () => {
  const vectors = vectorsMissing
    ? null
    : readJsonVector<CoreVectors>("core/functional/rpc_psbt.json");

  it("refuses every invalid one", () => {
    for (const base64 of vectors?.invalid ?? []) assert.notEqual(refusal(base64), "", base64);
  });

  it("refuses in Core's words", () => {
    for (const [base64, message] of vectors?.invalid_with_msg ?? [])
      assert.ok(refusal(base64).startsWith(message), `${refusal(base64)} for ${message}`);
  });

  it("writes every valid one as it was", () => {
    for (const base64 of vectors?.valid ?? []) assertSame(parsePsbt(base64), base64);
  });

  it("signs", () => {
    for (const { privkeys, psbt, result } of vectors?.signer ?? []) {
      const options = { sighash: 1, sign: true, bip32derivs: true, finalize: true };
      const signed = signPsbt(parsePsbt(psbt), walletOf(privkeys), options);
      assert.equal(signed.fault, null);
      assert.equal(formatPsbt(signed.psbt), result);
    }
  });

  it("combines", () => {
    for (const { combine, result } of vectors?.combiner ?? [])
      assert.equal(formatPsbt(combinePsbts(combine.map(parsePsbt)) as Psbt), result);
  });

  it("finalises and extracts", () => {
    for (const { finalize, result } of vectors?.finalizer ?? [])
      assert.equal(formatPsbt(finalizePsbt(parsePsbt(finalize)).psbt), result);
    for (const { extract, result } of vectors?.extractor ?? [])
      assert.equal(encodeHex(extractTransaction(parsePsbt(extract)).raw), result);
  });
});

/** What has to survive: of a previous transaction not its witness, of a final input not what led there. */
function essence(psbt: Psbt): unknown {
  const inputs = psbt.inputs.map((input) => {
    const previous = input.nonWitnessUtxo && encodeHex(input.nonWitnessUtxo.txid);
    const { witnessUtxo, finalScript, finalWitness, unknown } = input;
    const isFinal = finalScript !== null || finalWitness !== null;
    const left = isFinal ? { witnessUtxo, finalScript, finalWitness, unknown } : input;
    return { ...left, nonWitnessUtxo: previous };
  });
  return { ...psbt, inputs };
}

/** As bytes, or at least in all that it says: others may order fields as they like. */
function assertSame(psbt: Psbt, base64: string): void {
  const written = formatPsbt(psbt);
  if (written !== base64) assert.deepEqual(essence(parsePsbt(written)), essence(psbt));
  assert.equal(formatPsbt(parsePsbt(written)), written);
}

describe("PSBTs of BIP174, BIP370 and BIP371", { skip: vectorsMissing }, () => {
  for (const bip of vectorsMissing ? [] : (["0174", "0370", "0371"] as const)) {
    const cases = psbtCases(bip);
    const those = (text: string): typeof cases =>
      cases.filter(({ section }) => section.includes(text));

    it(`BIP${bip}: invalid ones are refused`, () => {
      assert.ok(those("invalid").length > 10);
      for (const { name, base64 } of those("invalid")) assert.notEqual(refusal(base64), "", name);
    });

    it(`BIP${bip}: valid ones are written as they were`, () => {
      const valid = those("are valid");
      assert.ok(valid.length > 5);
      for (const { base64 } of valid) assertSame(parsePsbt(base64), base64);
    });
  }

  it("BIP174: what fails the signer's checks is not signed", () => {
    const cases = vectorsMissing ? [] : psbtCases("0174");
    const lying = cases.filter(({ section }) => section.startsWith("Fails Signer checks"));
    assert.equal(lying.length, 4);
    const wallet = walletOf([
      "cP53pDbR5WtAD8dYAW9hhTjuvvTVaEiQBdrz9XPrgLBeRFiyCbQr",
      "cR6SXDoyfQrcp4piaiHE97Rsgta9mNhGTen9XeonVgwsh4iSgw6d",
      "cT7J9YpCwY3AVRFSjN6ukeEeWY6mhpbJPxRaDaP5QTdygQRxP9Au",
      "cNBc3SWUip9PPm1GjRoLEJT6T41iNzCYtD7qro84FMnM5zEqeJsE",
    ]);
    for (const [i, { name, base64 }] of lying.entries()) {
      const psbt = parsePsbt(base64);
      const options = { sighash: 1, sign: true, bip32derivs: false, finalize: true };
      const signed = signPsbt(psbt, wallet, options);
      assert.equal(signed.complete, false, name);
      const at = LYING_INPUTS[i] as number;
      assert.deepEqual(signed.psbt.inputs[at], psbt.inputs[at], name);
    }
  });

  it("BIP370: the lock time is the one that the inputs ask for", () => {
    const cases = vectorsMissing ? [] : psbtCases("0370");
    let seen = 0;
    for (const { section, name, base64 } of cases) {
      const expected = /computed to be (\d+)/.exec(section)?.[1];
      if (expected !== undefined) {
        assert.equal(parsePsbt(base64).tx.lockTime, Number(expected), name);
        seen++;
      } else if (section.includes("cannot be computed")) {
        assert.notEqual(refusal(base64), "", name);
        seen++;
      }
    }
    assert.ok(seen >= 9);
  });
});
