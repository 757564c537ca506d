import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBlock } from "@compeer/protocol/bitcoin/block";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import { decodeTransaction } from "@compeer/protocol/bitcoin/transaction";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { decodeHex } from "@compeer/protocol/bytes/hex";
import { checkBlock, isBlockMutated } from "@compeer/protocol/consensus/check-block";
import { checkBlockContext } from "@compeer/protocol/consensus/check-block-context";
import { connectBlock } from "@compeer/protocol/consensus/connect-block";
import fc from "fast-check";
import { readVector, vectorsMissing } from "../testing/vectors.ts";

const OPTIONS = { checkPow: false, checkMerkleRoot: false };

/** The result, or null when the bytes do not decode. Anything else thrown fails the test. */
function decoded<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch (error) {
    assert.ok(error instanceof DecodeError, `threw ${String(error)}`);
    return null;
  }
}

function checkEverything(bytes: Uint8Array): "refused" | "decoded" {
  const block = decoded(() => decodeBlock(bytes));
  if (block === null) return "refused";
  assert.equal(block.raw.length, bytes.length);
  for (const name of ["main", "signet"] as const) {
    const network = networkByName(name);
    checkBlock(block, network, { checkMerkleRoot: false });
    isBlockMutated(block, true);
    if (checkBlock(block, network, OPTIONS) !== null) continue;
    checkBlockContext(block, null, network);
    const coins = new SpentCoins(block.table.inputCount);
    connectBlock(block, coins, { height: 1, parent: null, network, flags: 0x20801, duplicate: -1 });
  }
  return "decoded";
}

const FILES = ["main-482683", "main-300025", "main-413567"];

for (const file of FILES)
  test(`mutations of ${file} decode or throw DecodeError, and never break a check`, {
    skip: vectorsMissing,
  }, (t) => {
    const raw = new Uint8Array(readVector(`blocks/${file}.raw`));
    const counts = { refused: 0, decoded: 0 };
    // Most structure lies in the first bytes: change those more often.
    const place = fc.oneof(fc.nat(300), fc.nat(raw.length - 1));
    const changes = fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 3 });
    const cut = fc.option(fc.nat(raw.length), { freq: 5 });
    fc.assert(
      fc.property(changes, cut, (list, length) => {
        const bytes = raw.slice(0, length ?? raw.length);
        for (const [at, value] of list) if (at < bytes.length) bytes[at] = value;
        counts[checkEverything(bytes)]++;
      }),
      { numRuns: file === "main-482683" ? 500 : 20 },
    );
    t.diagnostic(`${counts.decoded} decoded, ${counts.refused} refused`);
  });

test("mutations of the first transactions of main decode or throw DecodeError", {
  skip: vectorsMissing,
}, (t) => {
  const lines = readVector("blocks/main-0-175.hex").toString("latin1").trim().split("\n");
  const raws = [1, 170].map(
    (height) => decodeBlock(decodeHex(lines[height] as string)).transactions,
  );
  let count = 0;
  for (const tx of raws.flat())
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (list) => {
          const bytes = tx.raw.slice();
          for (const [at, value] of list) bytes[at % bytes.length] = value;
          decoded(() => decodeTransaction(bytes));
          count++;
        },
      ),
      { numRuns: 1000 },
    );
  t.diagnostic(`${count} mutations`);
});
