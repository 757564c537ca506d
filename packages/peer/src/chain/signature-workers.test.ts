import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { SignatureChecks } from "@compeer/protocol/crypto/signature-backend";
import { numberPart, type ScriptPart, scriptOf } from "@compeer/protocol/script/build-script";
import { MANDATORY_FLAGS, VERIFY_NONE } from "@compeer/protocol/script/flags";
import {
  OP_0,
  OP_BOOLAND,
  OP_BOOLOR,
  OP_CHECKMULTISIG,
  OP_CHECKSIG,
  OP_ELSE,
  OP_ENDIF,
  OP_IF,
  OP_NOT,
  OP_VERIFY,
} from "@compeer/protocol/script/opcodes";
import { TransactionContext } from "@compeer/protocol/script/transaction-context";
import { verifyInput } from "@compeer/protocol/script/verify-input";
import fc from "fast-check";
import type { ScriptFailure } from "./row-checker.ts";
import { SignatureWorkers } from "./signature-workers.ts";
import { mineBlock, spend } from "./testing/mine-block.ts";

/** A signature that is well formed, of which a number tells which keys it is of. */
function signature(r: number): Uint8Array {
  return Uint8Array.of(0x30, 6, 2, 1, r, 2, 1, 1, 1);
}

function key(x: number): Uint8Array {
  return Uint8Array.of(2, x, ...new Uint8Array(31));
}

/** Finds signatures right by numbers of theirs, about every second one. */
class NumberBackend implements SignatureChecks {
  asked = 0;

  verifyEcdsa(sig64: Uint8Array, _hash: Uint8Array, pubkey: Uint8Array): boolean {
    this.asked++;
    return (((sig64[31] as number) >> (pubkey[1] as number)) & 1) === 1;
  }

  verifySchnorr(): boolean {
    throw new Error("no taproot here");
  }

  checkTapTweak(): boolean {
    throw new Error("no taproot here");
  }
}

const anySignature = fc.integer({ min: 1, max: 127 }).map(signature);
const anyKey = fc.integer({ min: 0, max: 6 }).map(key);

/** Scripts that leave one boolean more, by checks of all sorts and what may follow from them. */
const { anyScript } = fc.letrec<{ anyScript: ScriptPart[] }>((tie) => ({
  anyScript: fc.oneof(
    { maxDepth: 4, depthSize: "medium" },
    fc.tuple(anySignature, anyKey).map(([s, k]): ScriptPart[] => [s, k, OP_CHECKSIG]),
    fc
      .tuple(
        fc.array(anySignature, { maxLength: 3 }),
        fc.array(anyKey, { minLength: 3, maxLength: 5 }),
      )
      .map(([signatures, keys]): ScriptPart[] => [
        OP_0,
        ...signatures,
        numberPart(signatures.length),
        ...keys,
        numberPart(keys.length),
        OP_CHECKMULTISIG,
      ]),
    tie("anyScript").map((a): ScriptPart[] => [...a, OP_NOT]),
    fc
      .tuple(tie("anyScript"), tie("anyScript"), fc.constantFrom(OP_BOOLAND, OP_BOOLOR, OP_VERIFY))
      .map(([a, b, op]): ScriptPart[] => (op === OP_VERIFY ? [...a, op, ...b] : [...a, ...b, op])),
    fc
      .tuple(tie("anyScript"), tie("anyScript"), tie("anyScript"))
      .map(([a, b, c]): ScriptPart[] => [...a, OP_IF, ...b, OP_ELSE, ...c, OP_ENDIF]),
  ),
}));

/** A block of inputs, five a transaction, that spend coins of these scripts. */
function blockOf(scripts: readonly Uint8Array[]): { block: Block; coins: SpentCoins } {
  const transactions: Uint8Array[] = [];
  for (let first = 0; first < scripts.length; first += 5) {
    const inputs = scripts.slice(first, first + 5).map((_, i) => ({
      txid: new Uint8Array(32).fill(7),
      index: first + i,
    }));
    transactions.push(spend(inputs, [1]));
  }
  const genesis = decodeBlock(networkByName("regtest").genesis);
  const block = mineBlock({ hash: genesis.hash, height: 0, time: 0 }, { transactions });
  const coins = new SpentCoins(block.table.inputCount);
  scripts.forEach((script, i) => {
    coins.set(1 + i, 1, 1, false, script, 0, script.length);
  });
  return { block, coins };
}

/** The first failing input, found without threads and presumptions. */
function directly(
  block: Block,
  coins: SpentCoins,
  flags: number,
  backend: SignatureChecks,
): ScriptFailure | null {
  for (const tx of block.transactions.slice(1)) {
    const context = new TransactionContext(tx, coins, backend);
    for (let input = 0; input < tx.inputCount; input++) {
      const error = verifyInput(context, input, flags);
      if (error !== null) return { tx: tx.index, input, error };
    }
  }
  return null;
}

/** No key has made this signature. */
const WRONG: ScriptPart[] = [signature(1), key(1), OP_CHECKSIG];
const FAILS = scriptOf(...WRONG);
const PASSES = scriptOf(...WRONG, OP_NOT);
/** Right only when every presumption was taken back: the checks come one after the other. */
const MISLEADS = scriptOf(
  ...[1, 2, 3, 4, 5].flatMap(() => [...WRONG, OP_NOT, OP_VERIFY]),
  ...WRONG,
  OP_NOT,
);

describe("SignatureWorkers", () => {
  it("comes to what checking one after the other comes to, whatever scripts ask", async () => {
    const workers = new SignatureWorkers(1, new NumberBackend());
    const anyBlock = fc.array(anyScript, { minLength: 1, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(
        anyBlock,
        fc.constantFrom(VERIFY_NONE, MANDATORY_FLAGS),
        async (all, flags) => {
          // Failing inputs that come first would hide the others: each block once with and once without.
          const scripts = all.map((parts) => scriptOf(...parts));
          const whole = blockOf(scripts);
          const fails = (script: Uint8Array): boolean => {
            const { block, coins } = blockOf([script]);
            return directly(block, coins, flags, new NumberBackend()) !== null;
          };
          const right = blockOf(scripts.filter((script) => !fails(script)));
          for (const { block, coins } of [whole, right]) {
            const expected = directly(block, coins, flags, new NumberBackend());
            assert.deepEqual(workers.start(block, coins, flags).finish(), expected);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("asks the backend once for each signature that passes", async () => {
    const backend = new NumberBackend();
    const { block, coins } = blockOf(
      new Array(300).fill(scriptOf(signature(2), key(1), OP_CHECKSIG)),
    );
    const workers = new SignatureWorkers(1, backend);
    assert.equal(workers.start(block, coins, MANDATORY_FLAGS).finish(), null);
    assert.equal(backend.asked, 300);
  });

  for (const threads of [1, 2, 3]) {
    it(`takes wrong presumptions back, with ${threads} threads`, async () => {
      const workers = new SignatureWorkers(threads);
      for (const script of [PASSES, MISLEADS]) {
        for (const count of [0, 3, 200]) {
          const { block, coins } = blockOf(new Array(count).fill(script));
          assert.equal(workers.start(block, coins, MANDATORY_FLAGS).finish(), null);
        }
      }
      await workers.close();
    });

    it(`names the first of several failing inputs, with ${threads} threads`, async () => {
      const workers = new SignatureWorkers(threads);
      for (const rows of [[1], [400], [307, 300, 301, 399], [17, 18, 33]]) {
        const scripts: Uint8Array[] = new Array(400).fill(PASSES);
        for (const row of rows) scripts[row - 1] = FAILS;
        const { block, coins } = blockOf(scripts);
        const row = Math.min(...rows) - 1;
        const failure = workers.start(block, coins, VERIFY_NONE).finish();
        assert.deepEqual(failure, {
          tx: 1 + Math.floor(row / 5),
          input: row % 5,
          error: "EVAL_FALSE",
        });
      }
      await workers.close();
    });
  }

  it("C21 gives no verdict on the word of a thread that was killed: the checks are done here", async () => {
    for (const isBad of [false, true]) {
      const workers = new SignatureWorkers(3);
      const scripts: Uint8Array[] = new Array(2000).fill(PASSES);
      if (isBad) scripts[1999] = FAILS;
      const { block, coins } = blockOf(scripts);
      const started = workers.start(block, coins, VERIFY_NONE);
      for (const thread of workers.threads) void thread.terminate();
      const failure = started.finish();
      assert.deepEqual(failure, isBad ? { tx: 400, input: 4, error: "EVAL_FALSE" } : null);
      await workers.close();
    }
  });

  it("ends while signatures are left that nobody wants checked", async () => {
    const workers = new SignatureWorkers(2);
    const { block, coins } = blockOf(new Array(2000).fill(PASSES));
    workers.start(block, coins, VERIFY_NONE).abandon();
    await workers.close();
    assert.equal(workers.threads.size, 0);
  });
});
