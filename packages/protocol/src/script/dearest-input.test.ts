import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { encodeTransaction } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { encodeDer } from "../crypto/der.ts";
import { publicKey } from "../crypto/keys.ts";
import { signatureBackend } from "../crypto/secp256k1.ts";
import { numberPart, type ScriptPart, scriptOf } from "./build-script.ts";
import { MANDATORY_FLAGS } from "./flags.ts";
import { OP_1, OP_2DUP, OP_CHECKMULTISIG, OP_CHECKSIG, OP_DROP } from "./opcodes.ts";
import { scriptSigops } from "./sigops.ts";
import { TransactionContext } from "./transaction-context.ts";
import { verifyInput } from "./verify-input.ts";

const KEYS = 20;
/** BIP16 aside, a script may have so many operations, and each key of a multisig counts as one. */
const MAX_OPS = 201;
const key = publicKey(new Uint8Array(32).fill(3));
const signature = Uint8Array.of(...encodeDer(new Uint8Array(64).fill(5)), 1);

/** What an input of `script` costs: its verdict, the checks that the curve was asked for, and the hashes among them. */
function costOf(script: Uint8Array): { checks: number; hashes: number; error: string | null } {
  const hashes = new Set<string>();
  let checks = 0;
  const backend = {
    ...signatureBackend(),
    verifyEcdsa: (_: Uint8Array, hash: Uint8Array): boolean => {
      checks++;
      hashes.add(hash.join());
      return false;
    },
  };
  const prevout = { txid: new Uint8Array(32).fill(1), index: 0 };
  const inputs = [{ prevout, script: new Uint8Array(0), sequence: 0, witness: [] }];
  const outputs = [{ value: 1, script: new Uint8Array(100_000) }];
  const tx = parseTransaction(encodeTransaction({ version: 1, inputs, outputs, lockTime: 0 }));
  const coins = new SpentCoins(1);
  coins.setCoin(0, { value: 1, script, height: 1, coinbase: false });
  const error = verifyInput(new TransactionContext(tx, coins, backend), 0, MANDATORY_FLAGS);
  return { checks, hashes: hashes.size, error };
}

describe("C19: the dearest legacy input (CVE-2013-2292)", () => {
  it("has no more checks than the operations that a script may have", () => {
    const again: ScriptPart[] = new Array(MAX_OPS).fill([OP_2DUP, OP_CHECKSIG, OP_DROP]).flat();
    const { checks, error } = costOf(scriptOf(signature, key, ...again));
    assert.equal(error, "OP_COUNT");
    assert.equal(checks, MAX_OPS / 3);
  });

  it("tries one signature on twenty keys at the price of twenty, over one hash", () => {
    const keys = Array.from({ length: KEYS }, () => key);
    const multisig = [0, signature, OP_1, ...keys, numberPart(KEYS), OP_CHECKMULTISIG, OP_DROP];
    const times = Math.floor(MAX_OPS / (KEYS + 2));
    const parts: ScriptPart[] = Array.from({ length: times }, () => multisig).flat();
    const script = scriptOf(...parts, OP_1);
    const { checks, hashes, error } = costOf(script);
    assert.equal(checks, times * KEYS);
    assert.equal(checks, scriptSigops(script, true));
    assert.equal(hashes, 1);
    assert.equal(error, null);
  });
});
