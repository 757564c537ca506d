import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { signSchnorr, tweakTapKey, tweakTapSecret } from "@compeer/protocol/crypto/keys";
import { MANDATORY_FLAGS } from "@compeer/protocol/script/flags";
import { signatureHashTaproot } from "@compeer/protocol/script/signature-hash-taproot";
import { solveScript } from "@compeer/protocol/script/solver";
import {
  TaprootSpend,
  tapBranchHash,
  tapLeafHash,
  taprootMerkleRoot,
} from "@compeer/protocol/script/taproot-spend";
import { verifyInput } from "@compeer/protocol/script/verify-input";
import { contextOf } from "../testing/spend.ts";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

interface Leaf {
  readonly script: string;
  readonly leafVersion: number;
}
type Tree = Leaf | readonly [Tree, Tree];

interface Vectors {
  readonly scriptPubKey: readonly {
    readonly given: { readonly internalPubkey: string; readonly scriptTree: Tree | null };
    readonly intermediary: {
      readonly leafHashes?: readonly string[];
      readonly merkleRoot: string | null;
    };
    readonly expected: {
      readonly scriptPubKey: string;
      readonly scriptPathControlBlocks?: readonly string[];
    };
  }[];
  readonly keyPathSpending: readonly {
    readonly given: {
      readonly rawUnsignedTx: string;
      readonly utxosSpent: readonly {
        readonly scriptPubKey: string;
        readonly amountSats: number;
      }[];
    };
    readonly inputSpending: readonly {
      readonly given: {
        readonly txinIndex: number;
        readonly internalPrivkey: string;
        readonly merkleRoot: string | null;
        readonly hashType: number;
      };
      readonly intermediary: { readonly sigHash: string };
      readonly expected: { readonly witness: readonly [string] };
    }[];
    readonly auxiliary: { readonly fullySignedTx: string };
  }[];
}

const NAME = "core/bip341_wallet_vectors.json";
const hex = (text: string | null): Buffer => Buffer.from(text ?? "", "hex");

function leavesOf(tree: Tree): Leaf[] {
  return "script" in tree ? [tree] : [...leavesOf(tree[0]), ...leavesOf(tree[1])];
}

function rootOf(tree: Tree): Uint8Array {
  if ("script" in tree) return tapLeafHash(tree.leafVersion, hex(tree.script));
  return tapBranchHash(rootOf(tree[0]), rootOf(tree[1]));
}

test("BIP341 output keys commit to their script trees", { skip: vectorsMissing }, (t) => {
  const rows = readJsonVector<Vectors>(NAME).scriptPubKey;
  for (const { given, intermediary, expected } of rows) {
    const root = given.scriptTree === null ? hex("") : rootOf(given.scriptTree);
    assert.deepEqual(Buffer.from(root), hex(intermediary.merkleRoot));
    const key = tweakTapKey(hex(given.internalPubkey), root);
    assert.equal(expected.scriptPubKey, `5120${Buffer.from(key?.x ?? []).toString("hex")}`);
    assert.equal(solveScript(hex(expected.scriptPubKey)).type, "witness_v1_taproot");
    const leaves = given.scriptTree === null ? [] : leavesOf(given.scriptTree);
    leaves.forEach((leaf, i) => {
      const leafHash = tapLeafHash(leaf.leafVersion, hex(leaf.script));
      assert.equal(Buffer.from(leafHash).toString("hex"), intermediary.leafHashes?.[i]);
      const control = hex(expected.scriptPathControlBlocks?.[i] ?? null);
      assert.deepEqual(taprootMerkleRoot(control, leafHash), new Uint8Array(root));
    });
  }
  t.diagnostic(`${rows.length} output keys`);
});

test("BIP341 key path spends hash, sign and verify as the wallet vectors do", {
  skip: vectorsMissing,
}, (t) => {
  const spends = readJsonVector<Vectors>(NAME).keyPathSpending;
  let inputs = 0;
  for (const { given, inputSpending, auxiliary } of spends) {
    const outputs = given.utxosSpent.map(({ scriptPubKey, amountSats }) => ({
      value: amountSats,
      script: hex(scriptPubKey),
    }));
    const unsigned = contextOf(parseTransaction(hex(given.rawUnsignedTx)), outputs);
    for (const {
      given: { txinIndex, internalPrivkey, merkleRoot, hashType },
      intermediary,
      expected,
    } of inputSpending) {
      const hash = signatureHashTaproot(
        unsigned,
        txinIndex,
        hashType,
        new TaprootSpend(null, null, 0),
      );
      assert.ok(hash);
      assert.equal(Buffer.from(hash).toString("hex"), intermediary.sigHash);
      const secret = tweakTapSecret(hex(internalPrivkey), hex(merkleRoot));
      assert.ok(secret);
      const signature = Buffer.from(signSchnorr(hash, secret, new Uint8Array(32))).toString("hex");
      assert.equal(expected.witness[0].slice(0, 128), signature);
      inputs++;
    }
    const signed = contextOf(parseTransaction(hex(auxiliary.fullySignedTx)), outputs);
    for (let i = 0; i < signed.tx.inputCount; i++)
      assert.equal(verifyInput(signed, i, MANDATORY_FLAGS), null);
  }
  assert.equal(inputs, 7);
  t.diagnostic(`${inputs} inputs`);
});
