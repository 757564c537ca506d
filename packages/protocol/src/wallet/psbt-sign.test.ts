import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkByName } from "../bitcoin/networks/all.ts";
import { finishTransaction, type Transaction } from "../bitcoin/transaction.ts";
import { encodeHex } from "../bytes/hex.ts";
import { parseDescriptor } from "./parse-descriptor.ts";
import { createPsbt, type Psbt, type PsbtInput } from "./psbt.ts";
import { combinePsbts } from "./psbt-combine.ts";
import { toPsbtVersion2 } from "./psbt-convert.ts";
import { decodePsbt } from "./psbt-decode.ts";
import { encodePsbt } from "./psbt-encode.ts";
import { extractTransaction, finalizePsbt } from "./psbt-finalize.ts";
import { type PsbtSigningProvider, type SignedPsbt, signPsbt } from "./psbt-sign.ts";
import { type SigningScript, signingScripts } from "./signing-script.ts";

const A = "cP53pDbR5WtAD8dYAW9hhTjuvvTVaEiQBdrz9XPrgLBeRFiyCbQr";
const B = "cR6SXDoyfQrcp4piaiHE97Rsgta9mNhGTen9XeonVgwsh4iSgw6d";
const C = "cT7J9YpCwY3AVRFSjN6ukeEeWY6mhpbJPxRaDaP5QTdygQRxP9Au";
/** Nobody knows the secret of this point (BIP341). */
const NOBODY = "50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0";
const SIGHASHES = [1, 2, 3, 0x81, 0x82, 0x83];
const regtest = networkByName("regtest");

const SIGNED_ALONE = [
  `pk(${A})`,
  `pkh(${A})`,
  `wpkh(${A})`,
  `sh(wpkh(${A}))`,
  `multi(1,${A},${B})`,
  `sh(multi(2,${A},${B}))`,
  `wsh(multi(2,${A},${B}))`,
  `sh(wsh(sortedmulti(2,${A},${B},${C})))`,
  `wsh(pkh(${A}))`,
  `wsh(and_v(v:pk(${A}),older(1)))`,
  `wsh(andor(pk(${A}),after(5),pk(${B})))`,
  `tr(${A})`,
  `tr(${NOBODY},pk(${A}))`,
  `tr(${NOBODY},{pk(${B}),multi_a(2,${A},${C})})`,
  `tr(${NOBODY},and_v(v:pk(${A}),older(1)))`,
  `tr(${A},pk(${B}))`,
  `rawtr(${A})`,
];

function scriptOf(descriptor: string): SigningScript {
  const [parsed] = parseDescriptor(descriptor, regtest, false);
  if (parsed === undefined) throw new Error("no descriptor");
  return signingScripts(parsed, 0)[0] as SigningScript;
}

function providerOf(...scripts: readonly SigningScript[]): PsbtSigningProvider {
  const known = new Map(scripts.map((script) => [encodeHex(script.script), script]));
  return { find: (script) => known.get(encodeHex(script)) ?? null };
}

/** What pays the script with the first output, and something else with the second. */
function funding(script: Uint8Array, lockTime = 0): Transaction {
  const prevout = { txid: new Uint8Array(32).fill(7), index: 0 };
  return finishTransaction({
    version: 2,
    inputs: [{ prevout, script: new Uint8Array(0), sequence: 0xffffffff, witness: [] }],
    outputs: [
      { value: 100_000, script },
      { value: 50_000, script: Uint8Array.of(0x51) },
    ],
    lockTime,
  });
}

/** A PSBT that spends what each funding transaction pays with its first output. */
function spending(...fundings: readonly Transaction[]): Psbt {
  const psbt = createPsbt({
    version: 2,
    inputs: fundings.map(({ txid }) => ({
      prevout: { txid, index: 0 },
      script: new Uint8Array(0),
      sequence: 1,
      witness: [],
    })),
    outputs: [{ value: 90_000, script: Uint8Array.of(0x51) }],
    lockTime: 6,
  });
  const inputs = fundings.map(
    (tx, i): PsbtInput => ({
      ...(psbt.inputs[i] as PsbtInput),
      nonWitnessUtxo: tx,
    }),
  );
  return { ...psbt, inputs };
}

function sign(psbt: Psbt, provider: PsbtSigningProvider, sighash?: number): SignedPsbt {
  return signPsbt(psbt, provider, { sighash, sign: true, bip32derivs: true, finalize: true });
}

/** Sends a PSBT from one to another. */
function passed(psbt: Psbt): Psbt {
  return decodePsbt(encodePsbt(psbt));
}

describe("signPsbt", () => {
  for (const descriptor of SIGNED_ALONE)
    it(`signs ${descriptor.replace(/c[PRT]\w{50}/g, "KEY").replace(NOBODY, "POINT")}`, () => {
      const signing = scriptOf(descriptor);
      for (const version of [0, 2]) {
        const psbt = spending(funding(signing.script));
        const signed = sign(version === 2 ? toPsbtVersion2(psbt) : psbt, providerOf(signing));
        assert.equal(signed.fault, null);
        assert.equal(signed.complete, true);
        const { psbt: final, complete } = finalizePsbt(passed(signed.psbt));
        assert.equal(complete, true);
        assert.equal(extractTransaction(final).inputs.length, 1);
      }
    });

  it("signs with every hash type, and says it where it is not the usual one", () => {
    for (const descriptor of SIGNED_ALONE)
      for (const sighash of SIGHASHES) {
        const signing = scriptOf(descriptor);
        const psbt = spending(funding(signing.script));
        const { complete } = sign(psbt, providerOf(signing), sighash);
        assert.equal(complete, true, `${descriptor} ${sighash}`);
        const options = { sighash, sign: true, bip32derivs: false, finalize: false };
        const partly = signPsbt(psbt, providerOf(signing), options).psbt.inputs[0];
        const isUsual = sighash === 1 && !descriptor.includes("tr(");
        assert.equal(partly?.sighashType, isUsual ? null : sighash, `${descriptor} ${sighash}`);
      }
  });

  it("gives two signers of a multisig each their part, and the finalizer the whole", () => {
    for (const descriptor of [
      `sh(multi(2,${A},${B}))`,
      `wsh(multi(2,${A},${B}))`,
      `tr(${NOBODY},multi_a(2,${A},${B}))`,
    ]) {
      const both = scriptOf(descriptor);
      const holding = (i: number): PsbtSigningProvider => {
        const own = both.keys.filter(({ secret }) => secret !== null)[i];
        const keys = both.keys.map((key) => (key === own ? key : { ...key, secret: null }));
        return providerOf({ ...both, keys });
      };
      const psbt = spending(funding(both.script));
      const [first, second] = [0, 1].map((i) => sign(psbt, holding(i)));
      assert.equal(first?.complete, false);
      const parts = [first, second].map((part) => passed((part as SignedPsbt).psbt));
      const combined = combinePsbts(parts) as Psbt;
      assert.equal(finalizePsbt(combined).complete, true, descriptor);
      assert.equal(finalizePsbt(parts[0] as Psbt).complete, false, descriptor);
    }
  });

  it("signs nothing without `sign`, but tells scripts and keys", () => {
    const signing = scriptOf(`sh(wsh(multi(1,${A},${B})))`);
    const options = { sign: false, bip32derivs: true, finalize: true };
    const { psbt, complete } = signPsbt(
      spending(funding(signing.script)),
      providerOf(signing),
      options,
    );
    assert.equal(complete, false);
    const [input] = psbt.inputs;
    assert.deepEqual(input?.partialSignatures, []);
    assert.deepEqual(input?.redeemScript, signing.redeemScript);
    assert.deepEqual(input?.witnessScript, signing.witnessScript);
    assert.equal(input?.derivations.length, 2);
  });

  it("signs with a key of its own in a script of others, when the PSBT names it", () => {
    const foreign = scriptOf(`wsh(multi(1,${A},${B}))`);
    const own = scriptOf(`pk(${A})`).keys[0];
    assert.ok(own);
    const { script, witnessScript } = foreign;
    const named: PsbtInput = {
      ...(spending(funding(script)).inputs[0] as PsbtInput),
      witnessScript,
      derivations: [{ publicKey: own.publicKey, origin: own.origin }],
    };
    const psbt = { ...spending(funding(script)), inputs: [named] };
    const findKey: PsbtSigningProvider["findKey"] = (key) =>
      encodeHex(key) === encodeHex(own.publicKey) ? own : null;
    assert.equal(sign(psbt, { find: () => null, findKey }).complete, true);
    assert.equal(sign(psbt, { find: () => null }).complete, false);
    for (const wallet of [`wpkh(${A})`, `pkh(${A})`, `sh(wpkh(${A}))`, `tr(${A})`])
      assert.equal(sign(psbt, providerOf(scriptOf(wallet))).complete, true, wallet);
  });

  it("refuses another hash type than the PSBT asks for", () => {
    const signing = scriptOf(`wpkh(${A})`);
    const psbt = spending(funding(signing.script));
    const input = { ...(psbt.inputs[0] as PsbtInput), sighashType: 3 };
    assert.equal(
      sign({ ...psbt, inputs: [input] }, providerOf(signing)).fault,
      "Specified sighash value does not match value stored in PSBT",
    );
    assert.equal(sign({ ...psbt, inputs: [input] }, providerOf(signing), 3).complete, true);
  });

  it("W13 refuses a witness UTXO that contradicts the transaction that is spent", () => {
    const signing = scriptOf(`wpkh(${A})`);
    const psbt = spending(funding(signing.script));
    const witnessUtxo = { value: 99_999, script: signing.script };
    const inputs = [{ ...(psbt.inputs[0] as PsbtInput), witnessUtxo }];
    const signed = sign({ ...psbt, inputs }, providerOf(signing));
    assert.equal(signed.fault, "Witness UTXO contradicts the transaction that is spent");
    assert.deepEqual(signed.psbt.inputs, inputs);
  });

  it("W13 signs no legacy input whose amount is only said", () => {
    const signing = scriptOf(`pkh(${A})`);
    const psbt = spending(funding(signing.script));
    const witnessUtxo = { value: 100_000, script: signing.script };
    const inputs = [{ ...(psbt.inputs[0] as PsbtInput), nonWitnessUtxo: null, witnessUtxo }];
    const signed = sign({ ...psbt, inputs }, providerOf(signing));
    assert.equal(signed.complete, false);
    assert.deepEqual(signed.psbt.inputs[0]?.partialSignatures, []);
  });

  it("W13 finds a lying amount by the signer's own copy of the transaction", () => {
    const signing = scriptOf(`wpkh(${A})`);
    const paid = funding(signing.script);
    const psbt = spending(paid);
    const lie = { value: 1_000, script: signing.script };
    const inputs = [{ ...(psbt.inputs[0] as PsbtInput), nonWitnessUtxo: null, witnessUtxo: lie }];
    const provider = { ...providerOf(signing), findTransaction: () => paid };
    const signed = sign({ ...psbt, inputs }, provider);
    assert.equal(signed.fault, "Witness UTXO contradicts the transaction that is spent");
  });

  it("W14 signs the same with the same bytes each time", () => {
    for (const descriptor of SIGNED_ALONE) {
      const signing = scriptOf(descriptor);
      const psbt = spending(funding(signing.script));
      const [one, two] = [0, 1].map(() => encodePsbt(sign(psbt, providerOf(signing)).psbt));
      assert.deepEqual(one, two, descriptor);
    }
  });

  it("C17 signs no input with SIGHASH_SINGLE that has no output of its number", () => {
    for (const descriptor of [`pkh(${A})`, `wpkh(${A})`, `tr(${A})`]) {
      const signing = scriptOf(descriptor);
      const psbt = spending(funding(signing.script), funding(signing.script, 1));
      const signed = sign(psbt, providerOf(signing), 3).psbt.inputs;
      const isSigned = signed.map(
        ({ finalScript, finalWitness }) => !!(finalScript ?? finalWitness),
      );
      assert.deepEqual(isSigned, [true, false], descriptor);
    }
  });

  it("keeps previous transactions unless every input is taproot", () => {
    const taproot = scriptOf(`tr(${A})`);
    const segwit = scriptOf(`wpkh(${A})`);
    const provider = providerOf(taproot, segwit);
    const alone = sign(spending(funding(taproot.script)), provider).psbt;
    assert.equal(alone.inputs[0]?.nonWitnessUtxo, null);
    const mixed = sign(spending(funding(taproot.script), funding(segwit.script)), provider);
    assert.equal(mixed.complete, true);
    assert.ok(mixed.psbt.inputs.every(({ nonWitnessUtxo }) => nonWitnessUtxo !== null));
  });

  it("closes version 2 for what the signatures cover", () => {
    const signing = scriptOf(`wpkh(${A})`);
    const psbt = { ...toPsbtVersion2(spending(funding(signing.script))), modifiable: 3 };
    const after = (sighash: number): number | null =>
      sign(psbt, providerOf(signing), sighash).psbt.modifiable;
    assert.deepEqual([1, 2, 3, 0x81, 0x82, 0x83].map(after), [0, 2, 4, 1, 3, 5]);
  });
});
