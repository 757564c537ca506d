import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { encodeTransaction } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { hash160 } from "../crypto/hash160.ts";
import { publicKey } from "../crypto/keys.ts";
import { signatureBackend } from "../crypto/secp256k1.ts";
import { scriptOf } from "./build-script.ts";
import { MANDATORY_FLAGS, STANDARD_FLAGS, VERIFY_P2SH, VERIFY_WITNESS } from "./flags.ts";
import { runScript } from "./interpreter.ts";
import { KeyRing } from "./key-ring.ts";
import { Machine } from "./machine.ts";
import { OP_0, OP_1, OP_CHECKSIG, OP_DUP, OP_EQUALVERIFY, OP_HASH160 } from "./opcodes.ts";
import type { ScriptError } from "./script-error.ts";
import { isTrue } from "./script-number.ts";
import { signTransaction } from "./sign-transaction.ts";
import { TransactionContext } from "./transaction-context.ts";
import { verifyInput } from "./verify-input.ts";
import { verifyScript } from "./verify-script.ts";
import { readWitness } from "./witness-stack.ts";

const secret = new Uint8Array(32).fill(7);
const key = publicKey(secret);
const keyHash = scriptOf(OP_DUP, OP_HASH160, hash160(key), OP_EQUALVERIFY, OP_CHECKSIG);
const witnessKeyHash = scriptOf(OP_0, hash160(key));
const taproot = scriptOf(OP_1, key.subarray(1));
const scripts = [keyHash, witnessKeyHash, taproot];
const EMPTY = new Uint8Array(0);

function signedSpend(script: Uint8Array): { script: Uint8Array; witness: readonly Uint8Array[] } {
  const keys = new KeyRing();
  keys.addSecret(secret);
  const { body } = signTransaction(bodyOf(EMPTY, []), [coinOf(script)], keys);
  const [input] = body.inputs;
  return { script: input?.script ?? EMPTY, witness: input?.witness ?? [] };
}

function coinOf(script: Uint8Array): {
  value: number;
  script: Uint8Array;
  height: number;
  coinbase: boolean;
} {
  return { value: 5000, script, height: 1, coinbase: false };
}

function bodyOf(
  script: Uint8Array,
  witness: readonly Uint8Array[],
): Parameters<typeof encodeTransaction>[0] {
  const prevout = { txid: new Uint8Array(32).fill(3), index: 1 };
  return {
    version: 2,
    inputs: [{ prevout, script, sequence: 0xffffffff, witness }],
    outputs: [{ value: 4000, script: keyHash }],
    lockTime: 0,
  };
}

function contextOf(
  spent: Uint8Array,
  script: Uint8Array,
  witness: readonly Uint8Array[],
): TransactionContext {
  const tx = parseTransaction(encodeTransaction(bodyOf(script, witness)));
  const coins = new SpentCoins(1);
  coins.setCoin(0, coinOf(spent));
  return new TransactionContext(tx, coins, signatureBackend());
}

/** What the steps that `verifyInput` may skip come to. */
function wholeWay(context: TransactionContext, flags: number): ScriptError | null {
  const { tx, coins } = context;
  return verifyScript(context, 0, flags, tx.inputScript(0), coins.script(0), readWitness(tx, 0));
}

/** The implied script of a key hash witness, run by the interpreter. */
function interpreted(context: TransactionContext, flags: number): ScriptError | null {
  const stack = readWitness(context.tx, 0);
  if (stack.length !== 2) return "WITNESS_PROGRAM_MISMATCH";
  if (stack.some((item) => item.length > 520)) return "PUSH_SIZE";
  const error = runScript(new Machine(context, 0, flags, "witness-v0", null, keyHash, stack));
  return error ?? (isTrue(stack[0] as Uint8Array) ? null : "EVAL_FALSE");
}

describe("verifyInput", () => {
  it("accepts what was signed", () => {
    for (const spent of scripts) {
      const { script, witness } = signedSpend(spent);
      for (const flags of [MANDATORY_FLAGS, STANDARD_FLAGS])
        assert.equal(verifyInput(contextOf(spent, script, witness), 0, flags), null);
    }
  });

  const flagSets = fc.constantFrom(
    MANDATORY_FLAGS,
    STANDARD_FLAGS,
    VERIFY_P2SH | VERIFY_WITNESS,
    VERIFY_P2SH,
    0,
  );
  const change = fc.tuple(fc.nat(300), fc.nat(255), fc.constantFrom("set", "cut", "insert"));

  it("gives the same verdict as the whole way on changed spends", () => {
    const spends = scripts.map((spent) => ({ spent, ...signedSpend(spent) }));
    const verdicts = new Set<ScriptError | null>();
    fc.assert(
      fc.property(
        fc.constantFrom(...spends),
        fc.array(change, { maxLength: 2 }),
        flagSets,
        (spend, changes, flags) => {
          const items = [spend.script, ...spend.witness];
          for (const [at, byte, kind] of changes) {
            const item = at % items.length;
            items[item] = changed(items[item] as Uint8Array, at, byte, kind);
          }
          const [script, ...witness] = items as [Uint8Array, ...Uint8Array[]];
          const context = contextOf(spend.spent, script, witness);
          const verdict = verifyInput(context, 0, flags);
          assert.equal(verdict, wholeWay(context, flags));
          if (
            spend.spent === witnessKeyHash &&
            script.length === 0 &&
            (flags & VERIFY_WITNESS) !== 0
          )
            assert.equal(verdict, interpreted(context, flags));
          verdicts.add(verdict);
        },
      ),
      { numRuns: 1500 },
    );
    assert.ok(verdicts.size >= 5, `met ${[...verdicts].join(" ")}`);
  });

  it("finds a witness program of zeros false", () => {
    const spent = scriptOf(OP_0, new Uint8Array(20));
    assert.equal(
      verifyInput(contextOf(spent, EMPTY, [key, key]), 0, MANDATORY_FLAGS),
      "EVAL_FALSE",
    );
  });

  it("throws when the coin is missing: the caller had to look", () => {
    const { tx, backend } = contextOf(keyHash, EMPTY, []);
    assert.throws(() => verifyInput(new TransactionContext(tx, new SpentCoins(1), backend), 0, 0));
  });

  it("C18: a taproot output is not for anyone: no witness, another key or one flipped bit is refused", () => {
    const verdict = (...witness: readonly Uint8Array[]): ScriptError | null =>
      verifyInput(contextOf(taproot, EMPTY, witness), 0, MANDATORY_FLAGS);
    const [signature = EMPTY] = signedSpend(taproot).witness;
    assert.equal(verdict(signature), null);
    assert.equal(verdict(), "WITNESS_PROGRAM_WITNESS_EMPTY");
    assert.equal(verdict(EMPTY), "SCHNORR_SIG_SIZE");
    assert.equal(verdict(signature.map((byte, i) => (i === 40 ? byte ^ 1 : byte))), "SCHNORR_SIG");
  });

  it("C17: SIGHASH_SINGLE out of range signs the number one, and that may be right", () => {
    const hashes: Uint8Array[] = [];
    const backend = {
      ...signatureBackend(),
      verifyEcdsa: (_: Uint8Array, hash: Uint8Array) => hashes.push(hash.slice()) > 0,
    };
    const der = Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1);
    const inputs = [0, 1].map((index) => ({
      prevout: { txid: new Uint8Array(32), index },
      script: scriptOf(Uint8Array.of(...der, index === 0 ? 0x83 : 3), key),
      sequence: 0,
      witness: [],
    }));
    const tx = parseTransaction(
      encodeTransaction({ version: 1, inputs, outputs: [], lockTime: 0 }),
    );
    const coins = new SpentCoins(2);
    for (const row of [0, 1]) coins.setCoin(row, coinOf(keyHash));
    const context = new TransactionContext(tx, coins, backend);
    for (const input of [0, 1]) assert.equal(verifyInput(context, input, VERIFY_P2SH), null);
    assert.deepEqual(
      hashes,
      [0, 1].map(() => Uint8Array.of(1, ...new Uint8Array(31))),
    );
  });

  it("C13: half a million witness items of one input are checked in bounded time and memory", () => {
    const count = 500_001;
    const script = Uint8Array.of(0xfe); // OP_SUCCESS254
    const control = Uint8Array.of(0xc0, ...key.subarray(1));
    const accept = { ...signatureBackend(), checkTapTweak: () => true };
    const items = new Array<Uint8Array>(count).fill(EMPTY);
    const { tx, coins } = contextOf(taproot, EMPTY, [...items, script, control]);
    const before = process.memoryUsage().rss;
    const start = process.hrtime.bigint();
    assert.equal(verifyInput(new TransactionContext(tx, coins, accept), 0, MANDATORY_FLAGS), null);
    assert.ok(Number(process.hrtime.bigint() - start) / 1e9 < 1);
    assert.ok(process.memoryUsage().rss - before < 200e6);
  });
});

function changed(item: Uint8Array, at: number, byte: number, kind: string): Uint8Array {
  const place = item.length === 0 ? 0 : at % item.length;
  if (kind === "set") return item.map((old, i) => (i === place ? byte : old));
  const behind = kind === "cut" ? place + 1 : place;
  return Uint8Array.of(
    ...item.subarray(0, place),
    ...(kind === "cut" ? [] : [byte]),
    ...item.subarray(behind),
  );
}
