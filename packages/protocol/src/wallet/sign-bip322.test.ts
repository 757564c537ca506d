import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "../bitcoin/networks/all.ts";
import { finishTransaction } from "../bitcoin/transaction.ts";
import { decodeBase64, encodeBase64 } from "../bytes/base64.ts";
import { equalBytes } from "../bytes/compare.ts";
import { parseDescriptor } from "./parse-descriptor.ts";
import type { Psbt, PsbtInput } from "./psbt.ts";
import { decodePsbt } from "./psbt-decode.ts";
import { encodePsbt } from "./psbt-encode.ts";
import type { PsbtSigningProvider } from "./psbt-sign.ts";
import { type ProofCoin, signProof } from "./sign-bip322.ts";
import { type SigningScript, signingScripts } from "./signing-script.ts";
import { verifyProof } from "./verify-bip322.ts";

const MAIN = networkByName("main");
const KEYS = [
  "L3VFeEujGtevx9w18HD1fhRbCH67Az2dpCymeRE1SoPK6XQtaN2k",
  "L4DksdGZ4KQJfcLHD5Dv25fu8Rxyv7hHi2RjZR4TYzr8c6h9VNrp",
] as const;
const [A, B] = KEYS;

function signingOf(text: string): SigningScript {
  const [descriptor] = parseDescriptor(text, MAIN);
  const [signing] = descriptor === undefined ? [] : signingScripts(descriptor, 0);
  if (signing === undefined) throw new Error("no script");
  return signing;
}

function providerOf(...known: readonly SigningScript[]): PsbtSigningProvider {
  return {
    find: (script) => known.find((each) => equalBytes(each.script, script)) ?? null,
  };
}

/** A transaction that pays to a script, as if it were in a block. */
function coinOf({ script }: SigningScript, value: number): ProofCoin {
  const prevout = { txid: new Uint8Array(32).fill(7), index: value };
  const input = { prevout, script: new Uint8Array(0), sequence: 0, witness: [] };
  const outputs = [{ value, script }];
  const transaction = finishTransaction({ version: 2, inputs: [input], outputs, lockTime: 0 });
  return { outpoint: { txid: transaction.txid, index: 0 }, transaction };
}

describe("signProof", () => {
  for (const [text, prefix] of [
    [`pkh(${A})`, "ful"],
    [`sh(wpkh(${A}))`, "ful"],
    [`sh(multi(2,${A},${B}))`, "ful"],
    [`wpkh(${A})`, "smp"],
    [`wsh(multi(2,${A},${B}))`, "smp"],
    [`tr(${A})`, "smp"],
    [`tr(${"50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0"},pk(${A}))`, "smp"],
  ] as const)
    it(`signs for ${text.slice(0, text.indexOf("("))} in the ${prefix} variant, and for this message alone`, () => {
      const signing = signingOf(text);
      const signature = signProof(signing.script, "mine", providerOf(signing)) ?? "";
      assert.equal(signature.slice(0, 3), prefix);
      assert.equal(verifyProof(signing.script, signature, "mine").state, "valid");
      assert.equal(verifyProof(signing.script, signature, "mine ").state, "invalid");
      const other = signingOf(`wpkh(${B})`);
      assert.equal(verifyProof(other.script, signature, "mine").state, "invalid");
    });

  it("signs nothing when a key is missing", () => {
    const signing = signingOf(`wpkh(${A})`);
    const keys = signing.keys.map((key) => ({ ...key, secret: null }));
    assert.equal(signProof(signing.script, "mine", providerOf({ ...signing, keys })), null);
    assert.equal(signProof(signing.script, "mine", providerOf()), null);
  });

  it("shows control of coins of every kind", () => {
    const known = [`pkh(${A})`, `wpkh(${B})`, `sh(wpkh(${B}))`, `tr(${A})`].map(signingOf);
    const coins = known.map((signing, i) => coinOf(signing, 1000 + i));
    const [first] = known as [SigningScript];
    const signature = signProof(first.script, "all mine", providerOf(...known), coins) ?? "";
    assert.equal(signature.slice(0, 3), "pof");
    const verdict = verifyProof(first.script, signature, "all mine");
    assert.ok(verdict.state === "valid");
    assert.deepEqual(
      verdict.funds.map(({ output }) => output.value),
      [1000, 1001, 1002, 1003],
    );
  });

  it("W13: a proof that lies about an amount is invalid", () => {
    for (const text of [`pkh(${B})`, `wpkh(${B})`, `tr(${B})`]) {
      const [owner, funds] = [signingOf(`wpkh(${A})`), signingOf(text)];
      const coins = [coinOf(funds, 1000)];
      const signature = signProof(owner.script, "rich", providerOf(owner, funds), coins) ?? "";
      assert.equal(verifyProof(owner.script, signature, "rich").state, "valid");
      const psbt = decodePsbt(decodeBase64(signature.slice(3)));
      const [kept, input] = psbt.inputs as [PsbtInput, PsbtInput];
      const witnessUtxo = { value: 21e14, script: funds.script };
      const lie: Psbt = {
        ...psbt,
        inputs: [kept, { ...input, nonWitnessUtxo: null, witnessUtxo }],
      };
      const lying = `pof${encodeBase64(encodePsbt(lie))}`;
      assert.equal(verifyProof(owner.script, lying, "rich").state, "invalid", text);
    }
  });
});
