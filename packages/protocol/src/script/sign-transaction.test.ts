import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Coin } from "../bitcoin/coin.ts";
import type { TransactionBody } from "../bitcoin/transaction.ts";
import { hash160 } from "../crypto/hash160.ts";
import { publicKey, tweakTapKey } from "../crypto/keys.ts";
import { sha256 } from "../crypto/sha256.ts";
import { type ScriptPart, scriptOf } from "./build-script.ts";
import { KeyRing } from "./key-ring.ts";
import {
  OP_0,
  OP_1,
  OP_2,
  OP_3,
  OP_CHECKMULTISIG,
  OP_CHECKSIG,
  OP_DUP,
  OP_EQUAL,
  OP_EQUALVERIFY,
  OP_HASH160,
} from "./opcodes.ts";
import { signTransaction } from "./sign-transaction.ts";
import { SIGHASH_ANYONECANPAY, SIGHASH_NONE, SIGHASH_SINGLE } from "./signature-hash-type.ts";

const secrets = [1, 2, 3].map((i) => new Uint8Array(32).fill(i));
const keys = secrets.map((secret) => publicKey(secret));
const [key] = keys as [Uint8Array];
const multisig = scriptOf(OP_2, ...(keys as ScriptPart[]), OP_3, OP_CHECKMULTISIG);
const keyHash = scriptOf(OP_DUP, OP_HASH160, hash160(key), OP_EQUALVERIFY, OP_CHECKSIG);
const witnessKeyHash = scriptOf(OP_0, hash160(key));
const witnessMultisig = scriptOf(OP_0, sha256(multisig));
const hashOf = (script: Uint8Array): Uint8Array => scriptOf(OP_HASH160, hash160(script), OP_EQUAL);
const taproot = scriptOf(OP_1, tweakTapKey(key.subarray(1), new Uint8Array(0))?.x as Uint8Array);

const scripts = [
  scriptOf(key, OP_CHECKSIG),
  keyHash,
  multisig,
  hashOf(multisig),
  witnessKeyHash,
  hashOf(witnessKeyHash),
  witnessMultisig,
  hashOf(witnessMultisig),
  scriptOf(OP_0, sha256(keyHash)),
  taproot,
  scriptOf(OP_1, key.subarray(1)),
];

function ring(known: readonly Uint8Array[]): KeyRing {
  const keyRing = new KeyRing();
  for (const secret of known) keyRing.addSecret(secret);
  for (const script of [multisig, witnessKeyHash, witnessMultisig, keyHash])
    keyRing.addScript(script);
  return keyRing;
}

function spending(spent: readonly Uint8Array[]): { body: TransactionBody; coins: Coin[] } {
  const coins = spent.map((script) => ({ value: 1000, script, height: 1, coinbase: false }));
  const inputs = spent.map((_, index) => ({
    prevout: { txid: new Uint8Array(32).fill(9), index },
    script: new Uint8Array(0),
    sequence: 0xfffffffd,
    witness: [],
  }));
  const outputs = spent.map(() => ({ value: 900, script: keyHash }));
  return { body: { version: 2, inputs, outputs, lockTime: 0 }, coins };
}

describe("signTransaction", () => {
  it("signs every known form, under every hash type", () => {
    const { body, coins } = spending(scripts);
    for (const part of [0, 1, SIGHASH_NONE, SIGHASH_SINGLE])
      for (const type of part === 0 ? [0] : [part, part | SIGHASH_ANYONECANPAY])
        assert.deepEqual(signTransaction(body, coins, ring(secrets), type).faults, []);
  });

  it("completes a multisig that another signer began", () => {
    for (const script of [multisig, hashOf(multisig), witnessMultisig, hashOf(witnessMultisig)]) {
      const { body, coins } = spending([script]);
      const first = signTransaction(body, coins, ring(secrets.slice(2)));
      assert.equal(first.faults.length, 1);
      const second = signTransaction(first.body, coins, ring(secrets.slice(0, 1)));
      assert.deepEqual(second.faults, []);
    }
  });

  it("keeps inputs that are valid already", () => {
    const { body, coins } = spending([keyHash, taproot]);
    const signed = signTransaction(body, coins, ring(secrets)).body;
    const again = signTransaction(signed, coins, ring([]));
    assert.deepEqual(again, { body: signed, faults: [] });
  });

  it("says in Core's words what is missing", () => {
    const { body, coins } = spending([keyHash, taproot, keyHash]);
    const result = signTransaction(body, [coins[0] as Coin, coins[1] as Coin, null], ring([]));
    assert.deepEqual(result.faults, [
      { input: 0, reason: "Unable to sign input, invalid stack size (possibly missing key)" },
      { input: 1, reason: "Witness program was passed an empty witness" },
      { input: 2, reason: "Input not found or already spent" },
    ]);
  });

  it("C17: does not sign SIGHASH_SINGLE without an output of the same number", () => {
    const { body, coins } = spending([keyHash, keyHash]);
    const short = { ...body, outputs: body.outputs.slice(0, 1) };
    const { faults } = signTransaction(short, coins, ring(secrets), SIGHASH_SINGLE);
    assert.deepEqual(
      faults.map(({ input }) => input),
      [1],
    );
  });

  it("does not sign a witness with an uncompressed key", () => {
    const uncompressed = publicKey(secrets[0] as Uint8Array, false);
    const { body, coins } = spending([scriptOf(OP_0, hash160(uncompressed))]);
    const keyRing = new KeyRing();
    keyRing.addSecret(secrets[0] as Uint8Array, false);
    assert.equal(signTransaction(body, coins, keyRing).faults.length, 1);
  });
});
