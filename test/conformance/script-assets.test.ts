import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeTransaction, encodeTransaction } from "@compeer/protocol/bitcoin/transaction";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { Reader } from "@compeer/protocol/bytes/reader";
import {
  VERIFY_CHECKLOCKTIMEVERIFY,
  VERIFY_CHECKSEQUENCEVERIFY,
  VERIFY_DERSIG,
  VERIFY_NULLDUMMY,
  VERIFY_P2SH,
  VERIFY_TAPROOT,
  VERIFY_WITNESS,
} from "@compeer/protocol/script/flags";
import type { ScriptError } from "@compeer/protocol/script/script-error";
import { verifyInput } from "@compeer/protocol/script/verify-input";
import { parseFlags } from "../testing/script-flags.ts";
import { contextOf, type SpentOutput } from "../testing/spend.ts";
import { readJsonVector, vectorsMissing } from "../testing/vectors.ts";

interface Unlocking {
  readonly scriptSig: string;
  readonly witness: readonly string[];
}

interface Asset {
  readonly tx: string;
  readonly prevouts: readonly string[];
  readonly index: number;
  readonly flags: string;
  readonly comment: string;
  readonly final?: boolean;
  readonly success?: Unlocking;
  readonly failure?: Unlocking;
}

/** Every set of consensus rules that makes sense. Core: AllConsensusFlags. */
const consensusFlags: readonly number[] = Array.from({ length: 128 }, (_, bits) => {
  const flag = (bit: number, value: number): number => ((bits >> bit) & 1) * value;
  return (
    flag(0, VERIFY_P2SH) |
    flag(1, VERIFY_DERSIG) |
    flag(2, VERIFY_NULLDUMMY) |
    flag(3, VERIFY_CHECKLOCKTIMEVERIFY) |
    flag(4, VERIFY_CHECKSEQUENCEVERIFY) |
    flag(5, VERIFY_WITNESS) |
    flag(6, VERIFY_TAPROOT)
  );
}).filter(
  (flags) =>
    ((flags & VERIFY_WITNESS) === 0 || (flags & VERIFY_P2SH) !== 0) &&
    ((flags & VERIFY_TAPROOT) === 0 || (flags & VERIFY_WITNESS) !== 0),
);

function readOutput(hex: string): SpentOutput {
  const reader = new Reader(Buffer.from(hex, "hex"));
  return { value: reader.i64(), script: reader.varBytes() };
}

function verify(
  asset: Asset,
  unlocking: Unlocking,
  flagSets: readonly number[],
): (ScriptError | null)[] {
  const body = decodeTransaction(Buffer.from(asset.tx, "hex"));
  const inputs = body.inputs.map((input, i) =>
    i !== asset.index
      ? input
      : {
          ...input,
          script: Buffer.from(unlocking.scriptSig, "hex"),
          witness: unlocking.witness.map((item) => Buffer.from(item, "hex")),
        },
  );
  const tx = parseTransaction(encodeTransaction({ ...body, inputs }));
  const context = contextOf(tx, asset.prevouts.map(readOutput));
  return flagSets.map((flags) => verifyInput(context, asset.index, flags));
}

test("taproot spends succeed and fail as Core's script assets do", {
  skip: vectorsMissing,
}, (t) => {
  const assets = readJsonVector<Asset[]>("taproot/script_assets_test.json");
  let successes = 0;
  let failures = 0;
  for (const asset of assets) {
    const flags = parseFlags(asset.flags);
    if (asset.success !== undefined) {
      // "final": the spend stays valid under all flags; else only under subsets of its own.
      const sets = consensusFlags.filter((set) => asset.final === true || (set & flags) === set);
      const errors = verify(asset, asset.success, sets);
      assert.deepEqual(new Set(errors), new Set([null]), asset.comment);
      successes += sets.length;
    }
    if (asset.failure !== undefined) {
      const sets = consensusFlags.filter((set) => (set & flags) === flags);
      const errors = verify(asset, asset.failure, sets);
      assert.equal(errors.includes(null), false, asset.comment);
      failures += sets.length;
    }
  }
  assert.equal(assets.length, 2760);
  t.diagnostic(`${assets.length} assets: ${successes} successes, ${failures} failures`);
});
