import assert from "node:assert/strict";
import { test } from "node:test";
import { type Block, decodeBlock, witnessIds } from "@compeer/protocol/bitcoin/block";
import { merkleRoot } from "@compeer/protocol/bitcoin/merkle";
import type { Network, NetworkName } from "@compeer/protocol/bitcoin/network";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import type { SpentCoins } from "@compeer/protocol/bitcoin/spent-coins";
import type { TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { writeU64 } from "@compeer/protocol/bytes/writer";
import { checkBlock, isBlockMutated } from "@compeer/protocol/consensus/check-block";
import { parseSpentCoins } from "@compeer/protocol/consensus/spent-coins-file";
import { type BlockVerdict, verifyBlock } from "@compeer/protocol/consensus/verify-block";
import { commitmentScript, findCommitment } from "@compeer/protocol/consensus/witness-commitment";
import { signatureBackend } from "@compeer/protocol/crypto/secp256k1";
import { readVector, vectorsMissing } from "../testing/vectors.ts";

const LATER = 2_000_000_000;

/** The easiest bits there are: all hashes but one in 65,536 meet them. */
const EASY_BITS = 0x2100ffff;

interface RealBlock {
  readonly block: Block;
  readonly coins: SpentCoins;
  readonly network: Network;
  readonly height: number;
}

function realBlock(file: string): RealBlock {
  const [name, height] = file.split("-") as [NetworkName, string];
  const block = decodeBlock(new Uint8Array(readVector(`blocks/${file}.raw`)));
  const coins = parseSpentCoins(readVector(`blocks/${file}.spent.json`).toString("utf8"), block);
  return { block, coins, network: networkByName(name), height: Number(height) };
}

function verify(real: RealBlock, changes: Partial<RealBlock> = {}): BlockVerdict {
  return verifyBlock({ ...real, ...changes, time: LATER });
}

/** What to make right again after a change, so that a later rule meets it. */
interface Repair {
  readonly root?: boolean;
  readonly commitment?: boolean;
}

/** The verdict on a copy whose bytes were changed; the work is always made to fit. */
function afterChange(
  real: RealBlock,
  change: (raw: Uint8Array) => void,
  repair: Repair,
): BlockVerdict {
  const raw = real.block.raw.slice();
  change(raw);
  new DataView(raw.buffer).setUint32(72, EASY_BITS, true);
  if (repair.commitment) writeCommitment(raw);
  if (repair.root) raw.set(merkleRoot(decodeBlock(raw).txids).root, 36);
  const network = { ...real.network, powLimit: 2n ** 256n - 1n };
  return verify(real, { block: decodeBlock(raw), network });
}

function writeCommitment(raw: Uint8Array): void {
  const block = decodeBlock(raw);
  const coinbase = block.transactions[0] as TransactionView;
  const output = findCommitment(coinbase);
  const [reserved] = coinbase.witness(0);
  if (output < 0 || reserved === undefined) return;
  raw.set(commitmentScript(witnessIds(block), reserved), coinbase.outputScriptAt(output));
}

const flip =
  (at: number, bit = 1) =>
  (raw: Uint8Array): void => {
    raw[at] = (raw[at] as number) ^ bit;
  };

const EMPTY_STACK =
  "Script evaluated without error but finished with a false/empty top stack element";

/** The first paying transaction whose first coin has a script of that pattern, in hex. */
function spending(real: RealBlock, pattern: RegExp): TransactionView | undefined {
  return real.block.transactions
    .slice(1)
    .filter((tx) => tx.outputValue(0) > 0)
    .find((tx) => pattern.test(Buffer.from(real.coins.script(tx.firstInput)).toString("hex")));
}

const WITH_COINS = ["main-300025", "main-866342", "test-928816", "test-928848", "test-928849"];

for (const file of WITH_COINS) {
  test(`${file} is valid with every script`, { skip: vectorsMissing }, (t) => {
    const real = realBlock(file);
    const verdict = verify(real);
    assert.equal(verdict.fault, null);
    assert.equal(verdict.inputs, real.block.table.inputCount);
    assert.equal(verdict.scripts, verdict.inputs - 1);
    assert.equal(isBlockMutated(real.block, true), false);
    const { transactions, scripts, fees, sigopCost } = verdict;
    t.diagnostic(
      `${transactions} transactions, ${scripts} scripts, ${fees} satoshis of fees, ` +
        `sigop cost ${sigopCost}, checked by ${signatureBackend().name}`,
    );
  });

  test(`${file} is refused for the right reason when one bit is changed`, {
    skip: vectorsMissing,
  }, (t) => {
    const real = realBlock(file);
    const { block } = real;
    let changes = 0;
    const refused = (reason: string, change: (raw: Uint8Array) => void, repair: Repair = {}) => {
      const verdict = afterChange(real, change, repair);
      assert.equal(verdict.fault?.reason, reason);
      changes++;
      return verdict;
    };

    const wrongHash = block.raw.slice();
    flip(79)(wrongHash);
    assert.equal(verify(real, { block: decodeBlock(wrongHash) }).fault?.reason, "high-hash");
    const untouched = afterChange(real, () => {}, {});
    assert.equal(untouched.fault, null, "easy work alone changes nothing");

    refused("bad-txnmrklroot", flip(40));
    const repair = { root: true, commitment: true };
    const keyHash = spending(real, /^76a914.{40}88ac$/);
    assert.ok(keyHash !== undefined);
    const output = keyHash.outputValueAt(0);
    refused("bad-txnmrklroot", flip(output));
    refused("bad-txns-vout-negative", flip(output + 7, 0x80), repair);
    refused("bad-txns-vout-toolarge", flip(output + 6, 0x10), repair);
    refused("bad-txns-in-belowout", (raw) => writeU64(raw, output, 20_000_000e8), repair);
    const lessByOne = refused(
      `block-script-verify-flag-failed (${EMPTY_STACK})`,
      (raw) => writeU64(raw, output, keyHash.outputValue(0) - 1),
      repair,
    );
    assert.deepEqual(lessByOne.failed, { transaction: keyHash.index, input: 0 });
    const signature = keyHash.inputScriptAt(0) + 10;
    refused(`block-script-verify-flag-failed (${EMPTY_STACK})`, flip(signature), repair);

    const coinbase = block.transactions[0] as TransactionView;
    const reward = coinbase.outputValue(0) + 1;
    refused("bad-cb-amount", (raw) => writeU64(raw, coinbase.outputValueAt(0), reward), repair);
    refused("bad-cb-missing", flip(coinbase.outpointAt(0)), repair);
    const height = coinbase.inputScriptAt(0) + 1;
    refused("bad-cb-height", flip(height), repair);
    t.diagnostic(`${changes} changes`);
  });
}

test("main-866342 is refused when a bit of its witnesses or their commitment is changed", {
  skip: vectorsMissing,
}, (t) => {
  const real = realBlock("main-866342");
  const coinbase = real.block.transactions[0] as TransactionView;
  const commitment = coinbase.outputScriptAt(findCommitment(coinbase)) + 10;
  const reason = (change: (raw: Uint8Array) => void, repair: Repair) =>
    afterChange(real, change, repair).fault?.reason;
  assert.equal(reason(flip(commitment), {}), "bad-txnmrklroot");
  assert.equal(reason(flip(commitment), { root: true }), "bad-witness-merkle-match");
  assert.equal(reason(flip(coinbase.witnessStart + 3), {}), "bad-witness-merkle-match");

  const segwit = spending(real, /^0014.{40}$/) as TransactionView;
  const signature = segwit.witnessStart + 12;
  assert.equal(reason(flip(signature), {}), "bad-witness-merkle-match");
  const both = { root: true, commitment: true };
  assert.equal(reason(flip(signature), both), `block-script-verify-flag-failed (${EMPTY_STACK})`);

  const taproot = real.block.transactions
    .slice(1)
    .find(
      (tx) =>
        real.coins.script(tx.firstInput)[0] === 0x51 &&
        tx.witness(0).length === 1 &&
        tx.witness(0)[0]?.length === 64,
    ) as TransactionView;
  assert.equal(
    reason(flip(taproot.witnessStart + 12), both),
    "block-script-verify-flag-failed (Invalid Schnorr signature)",
  );
  t.diagnostic(`wrong witnesses in transactions ${segwit.index} and ${taproot.index}`);
});

test("a changed amount of a spent coin breaks the signatures that commit to it", {
  skip: vectorsMissing,
}, () => {
  const real = realBlock("main-866342");
  const segwit = spending(real, /^0014.{40}$/) as TransactionView;
  const values = real.coins.values;
  values[segwit.firstInput] = (values[segwit.firstInput] as number) + 1;
  const { fault, failed } = verify(real);
  assert.equal(fault?.reason, `block-script-verify-flag-failed (${EMPTY_STACK})`);
  assert.deepEqual(failed, { transaction: segwit.index, input: 0 });
});

test("a missing, an immature and a too small spent coin are refused", {
  skip: vectorsMissing,
}, () => {
  const real = realBlock("main-866342");
  const row = 1;
  const { origins, values } = real.coins;
  const before = [origins[row] as number, values[row] as number] as const;
  origins[row] = 0xffffffff;
  assert.equal(verify(real).fault?.reason, "bad-txns-inputs-missingorspent");
  origins[row] = (real.height - 99) * 2 + 1;
  const immature = verify(real).fault;
  assert.equal(immature?.reason, "bad-txns-premature-spend-of-coinbase");
  assert.match(
    immature?.detail ?? "",
    /^tried to spend coinbase at depth 99 in transaction [0-9a-f]{64}$/,
  );
  origins[row] = before[0];
  values[row] = 1;
  assert.equal(verify(real).fault?.reason, "bad-txns-in-belowout");
  values[row] = before[1];
  assert.equal(verify(real).fault, null);
});

for (const file of ["main-413567", "main-426884", "main-482683"])
  test(`${file} keeps the rules that need no history`, { skip: vectorsMissing }, (t) => {
    const block = decodeBlock(new Uint8Array(readVector(`blocks/${file}.raw`)));
    assert.equal(checkBlock(block, networkByName("main")), null);
    t.diagnostic(`${block.transactions.length} transactions, weight ${block.weight}`);
  });

test("a real block with its last transactions repeated is mutated, not invalid (C07)", {
  skip: vectorsMissing,
}, (t) => {
  let count = 0;
  for (const file of WITH_COINS) {
    const { block, network } = realBlock(file);
    const { length } = block.transactions;
    let width = 1;
    while (length % (2 * width) === 0) width *= 2;
    const repeated = block.transactions.slice(-width).map((tx) => tx.raw);
    const head = block.raw.slice(0, 80);
    const size = Uint8Array.of(253, (length + width) & 255, (length + width) >> 8);
    const first = block.transactions[0]?.start as number;
    const raw = new Uint8Array(Buffer.concat([head, size, block.raw.subarray(first), ...repeated]));
    const fault = checkBlock(decodeBlock(raw), network);
    assert.equal(fault?.reason, "bad-txns-duplicate");
    assert.equal(fault?.kind, "mutated");
    assert.equal(isBlockMutated(decodeBlock(raw), false), true);
    assert.equal(checkBlock(block, network), null);
    count++;
  }
  t.diagnostic(`${count} blocks`);
});
