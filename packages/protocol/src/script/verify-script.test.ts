import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { encodeTransaction } from "../bitcoin/transaction.ts";
import { parseTransaction } from "../bitcoin/transaction-view.ts";
import { hash160 } from "../crypto/hash160.ts";
import { tweakTapKey } from "../crypto/keys.ts";
import { sha256 } from "../crypto/sha256.ts";
import type { SignatureBackend } from "../crypto/signature-backend.ts";
import { scriptOf } from "./build-script.ts";
import {
  MANDATORY_FLAGS,
  STANDARD_FLAGS,
  VERIFY_CHECKSEQUENCEVERIFY,
  VERIFY_CLEANSTACK,
  VERIFY_P2SH,
  VERIFY_WITNESS,
} from "./flags.ts";
import {
  OP_0,
  OP_1,
  OP_2DROP,
  OP_2DUP,
  OP_CHECKSEQUENCEVERIFY,
  OP_CHECKSIG,
  OP_DROP,
  OP_ELSE,
  OP_EQUAL,
  OP_HASH160,
  OP_IF,
  OP_NIP,
  OP_NOP,
  OP_RETURN,
} from "./opcodes.ts";
import { type ScriptError, scriptErrorText } from "./script-error.ts";
import { tapLeafHash } from "./taproot-spend.ts";
import { TransactionContext } from "./transaction-context.ts";
import { verifyScript } from "./verify-script.ts";

/** Right or wrong by a bit of the hash, so that random scripts get through both ways. */
const moody: SignatureBackend = {
  name: "moody",
  verifyEcdsa: (_, hash) => ((hash[0] as number) & 1) === 0,
  verifySchnorr: (_, hash) => ((hash[0] as number) & 1) === 0,
  checkTapTweak: () => true,
  publicKey: () => null,
  tweakPublicKey: () => null,
};
const EMPTY = new Uint8Array(0);

function context(version = 2, sequence = 5, backend: SignatureBackend = moody): TransactionContext {
  const raw = encodeTransaction({
    version,
    inputs: [
      { prevout: { txid: new Uint8Array(32), index: 0 }, script: EMPTY, sequence, witness: [] },
    ],
    outputs: [{ value: 1, script: EMPTY }],
    lockTime: 100,
  });
  const coins = new SpentCoins(1);
  coins.setCoin(0, { value: 1, script: EMPTY, height: 1, coinbase: false });
  return new TransactionContext(parseTransaction(raw), coins, backend);
}

function run(scriptPubKey: Uint8Array, flags = MANDATORY_FLAGS): ScriptError | null {
  return verifyScript(context(), 0, flags, EMPTY, scriptPubKey, []);
}

/** Runs `script` as the one leaf of a taproot output. */
function runLeaf(script: Uint8Array, stack: readonly Uint8Array[]): ScriptError | null {
  const internal = sha256(Uint8Array.of(3));
  const key = tweakTapKey(internal, tapLeafHash(0xc0, script));
  const control = Uint8Array.of(0xc0, ...internal);
  const output = scriptOf(OP_1, key?.x ?? internal);
  return verifyScript(context(), 0, MANDATORY_FLAGS, EMPTY, output, [...stack, script, control]);
}

describe("verifyScript", () => {
  it("C16: OP_NIP works at 16, 17 and 1000 items, and 1001 items are too many", () => {
    for (const count of [2, 16, 17, 1000]) {
      const pushes = new Array<number>(count).fill(OP_1);
      const clears = new Array<number>(count - 1).fill(OP_NIP);
      // Tapscript, which counts no opcodes.
      assert.equal(runLeaf(scriptOf(...pushes, ...clears), []), null, `${count} items`);
    }
    assert.equal(runLeaf(scriptOf(...new Array<number>(1001).fill(OP_1)), []), "STACK_SIZE");
  });

  it("C16: counts items of a v0 witness only after its first opcode", () => {
    const script = scriptOf(OP_2DROP, ...new Array<number>(199).fill(OP_2DROP));
    const stack = new Array<Uint8Array>(401).fill(Uint8Array.of(1));
    const output = scriptOf(OP_0, sha256(script));
    assert.equal(
      verifyScript(context(), 0, MANDATORY_FLAGS, EMPTY, output, [...stack, script]),
      null,
    );
    const many = new Array<Uint8Array>(1002).fill(Uint8Array.of(1));
    assert.equal(
      verifyScript(context(), 0, MANDATORY_FLAGS, EMPTY, output, [...many, script]),
      "CLEANSTACK",
    );
  });

  it("C02: a script that ends early does not make the next one succeed", () => {
    const scriptSig = scriptOf(OP_1, OP_RETURN);
    assert.equal(verifyScript(context(), 0, 0, scriptSig, scriptOf(OP_0), []), "OP_RETURN");
  });

  it("C03: a disabled opcode fails even where it is not run", () => {
    assert.equal(run(scriptOf(OP_0, OP_IF, 0x98, OP_ELSE, OP_1, 0x68)), "DISABLED_OPCODE");
  });

  it("keeps its limits: 520 bytes a push, 201 opcodes, 10,000 bytes a script", () => {
    assert.equal(run(scriptOf(new Uint8Array(520).fill(1))), null);
    assert.equal(run(scriptOf(new Uint8Array(521).fill(1))), "PUSH_SIZE");
    const nops = (count: number): number[] => new Array<number>(count).fill(OP_NOP);
    assert.equal(run(scriptOf(OP_1, ...nops(201))), null);
    assert.equal(run(scriptOf(OP_1, ...nops(202))), "OP_COUNT");
    const padding = (count: number): number[] => new Array<number>(count).fill(OP_0);
    assert.equal(run(scriptOf(...padding(998), OP_1)), null);
    assert.equal(run(new Uint8Array(10_001)), "SCRIPT_SIZE");
  });

  it("C14: version 0xffffffff is one with relative locks (CVE-2024-34478)", () => {
    const script = scriptOf(OP_1, OP_CHECKSEQUENCEVERIFY);
    const verdict = (version: number): ScriptError | null =>
      verifyScript(context(version), 0, VERIFY_CHECKSEQUENCEVERIFY, EMPTY, script, []);
    assert.equal(verdict(0xffffffff), null);
    assert.equal(verdict(2), null);
    assert.equal(verdict(1), "UNSATISFIED_LOCKTIME");
  });

  it("C12: a tapscript may be longer than a legacy script and its signatures many", () => {
    const signature = new Uint8Array(64).fill(1);
    const acceptAll = { ...moody, verifySchnorr: () => true };
    const key = new Uint8Array(32).fill(2);
    const checks = new Array<[Uint8Array, number]>(900).fill([key, OP_CHECKSIG]);
    const script = scriptOf(...checks.flatMap(([k, op]) => [k, op, OP_DROP]), OP_1);
    assert.ok(script.length > 30_000);
    const output = scriptOf(OP_1, key);
    const witness = [
      ...new Array<Uint8Array>(900).fill(signature),
      script,
      new Uint8Array(33).fill(0xc0),
    ];
    assert.equal(
      verifyScript(context(2, 5, acceptAll), 0, MANDATORY_FLAGS, EMPTY, output, witness),
      null,
    );
  });

  it("refuses more signature checks than the witness pays for (BIP342)", () => {
    const key = new Uint8Array(32).fill(2);
    const acceptAll = { ...moody, verifySchnorr: () => true };
    const verdict = (checks: number, padding: number): ScriptError | null => {
      const once = [OP_2DUP, OP_CHECKSIG, OP_DROP];
      const body = new Array<number[]>(checks).fill(once).flat();
      const script = scriptOf(key, ...body, OP_2DROP, new Uint8Array(padding));
      const witness = [new Uint8Array(64), script, new Uint8Array(33).fill(0xc0)];
      const output = scriptOf(OP_1, key);
      const where = context(2, 5, acceptAll);
      return verifyScript(where, 0, MANDATORY_FLAGS, EMPTY, output, witness);
    };
    // Witness of 1 + 65 + (1 + 33 + 3 * 3 + 1 + 1) + 34 = 145, with 50 more: three checks and 45 left.
    assert.equal(verdict(3, 0), "EVAL_FALSE");
    assert.equal(verdict(4, 0), "TAPSCRIPT_VALIDATION_WEIGHT");
    assert.equal(verdict(4, 1), "TAPSCRIPT_VALIDATION_WEIGHT");
    assert.equal(verdict(4, 2), "EVAL_FALSE");
  });

  it("throws on flags that need others: that is our bug, not the script's", () => {
    assert.throws(() => run(scriptOf(OP_1), VERIFY_WITNESS), RangeError);
    assert.throws(() => run(scriptOf(OP_1), VERIFY_CLEANSTACK | VERIFY_P2SH), RangeError);
  });

  it("never throws, whatever the scripts, witness and flags", () => {
    const opcode = fc.integer({ min: 0x4f, max: 0xbb });
    const number = fc.integer({ min: 0x51, max: 0x60 });
    const data = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.constantFrom(
        Uint8Array.of(2, ...new Uint8Array(32).fill(1)),
        Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1, 1),
        new Uint8Array(32).fill(1),
        new Uint8Array(64).fill(1),
      ),
    );
    const script = fc
      .array(
        fc.oneof(
          { weight: 3, arbitrary: opcode },
          { weight: 2, arbitrary: number },
          { weight: 3, arbitrary: data },
        ),
        { maxLength: 30 },
      )
      .map((parts) => scriptOf(...parts));
    const anyScript = fc.oneof(script, fc.uint8Array({ maxLength: 40 }));
    const flags = fc.constantFrom(
      0,
      VERIFY_P2SH,
      MANDATORY_FLAGS,
      STANDARD_FLAGS,
      MANDATORY_FLAGS & ~VERIFY_WITNESS,
    );
    const control = Uint8Array.of(0xc0, ...new Uint8Array(32).fill(1));
    const wrap = fc.constantFrom<(inner: Uint8Array) => [Uint8Array, Uint8Array, Uint8Array[]]>(
      (inner) => [EMPTY, inner, []],
      (inner) => [scriptOf(inner), scriptOf(OP_HASH160, hash160(inner), OP_EQUAL), []],
      (inner) => [EMPTY, scriptOf(OP_0, sha256(inner)), [inner]],
      (inner) => [EMPTY, scriptOf(OP_1, new Uint8Array(32).fill(4)), [inner, control]],
    );
    fc.assert(
      fc.property(
        anyScript,
        script,
        fc.array(data, { maxLength: 6 }),
        wrap,
        flags,
        (before, inner, stack, wrapped, bits) => {
          const [suffix, scriptPubKey, witness] = wrapped(inner);
          const scriptSig = witness.length > 0 ? EMPTY : Uint8Array.of(...before, ...suffix);
          const items = witness.length > 0 ? [...stack, ...witness] : [];
          const error = verifyScript(context(), 0, bits, scriptSig, scriptPubKey, items);
          assert.ok(error === null || scriptErrorText(error).length > 0);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
