import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodeBlock } from "../bitcoin/block.ts";
import { networkByName } from "../bitcoin/networks/all.ts";
import { encodeTransaction, type TransactionBody } from "../bitcoin/transaction.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { checkBlock, isBlockMutated } from "./check-block.ts";
import { blockOf, bodyOf, coinbaseOf, inputOf, outputOf } from "./test-chain.test.ts";

const REGTEST = networkByName("regtest");
const OP_CHECKSIG = 0xac;

function reason(bodies: readonly TransactionBody[]): string | undefined {
  return checkBlock(blockOf(REGTEST, bodies), REGTEST)?.reason;
}

function paying(script: Uint8Array, count = 1): TransactionBody {
  return bodyOf({ outputs: Array.from({ length: count }, () => outputOf(0, script)) });
}

describe("checkBlock", () => {
  it("accepts the first block of every network", () => {
    for (const name of ["main", "test", "testnet4", "signet", "regtest"] as const) {
      const network = networkByName(name);
      assert.equal(checkBlock(decodeBlock(network.genesis), network), null);
    }
  });

  it("rejects a block without a coinbase, with two, or with nothing at all", () => {
    assert.equal(reason([coinbaseOf(1), bodyOf()]), undefined);
    assert.equal(reason([bodyOf()]), "bad-cb-missing");
    assert.equal(reason([coinbaseOf(1), coinbaseOf(2)]), "bad-cb-multiple");
    assert.equal(reason([]), "bad-blk-length");
  });

  it("looks at the work first, then at the root, then at the size", () => {
    const honest = blockOf(REGTEST, [coinbaseOf(1)]);
    const raw = honest.raw.slice();
    raw[36] = (raw[36] as number) ^ 1;
    const options = { checkPow: false };
    assert.equal(checkBlock(decodeBlock(raw), REGTEST, options)?.reason, "bad-txnmrklroot");
    const unchecked = { checkPow: false, checkMerkleRoot: false };
    assert.equal(checkBlock(decodeBlock(raw), REGTEST, unchecked), null);
    assert.equal(checkBlock(honest, networkByName("main"))?.reason, "high-hash");
  });

  it("counts 20,000 signature operations as the most, and one more as too many (C04)", () => {
    const script = new Uint8Array(10_000).fill(OP_CHECKSIG);
    const rest = (length: number) => paying(new Uint8Array(length).fill(OP_CHECKSIG));
    assert.equal(reason([coinbaseOf(1), paying(script), rest(10_000)]), undefined);
    assert.equal(reason([coinbaseOf(1), paying(script), rest(10_001)]), "bad-blk-sigops");
  });

  it("rejects more than a million bytes without witness, whatever the witness adds", () => {
    const filled = (length: number) => [coinbaseOf(1), paying(new Uint8Array(length))];
    const rest = blockOf(REGTEST, filled(0x10000)).raw.length - 0x10000;
    assert.equal(reason(filled(1_000_000 - rest)), undefined);
    assert.equal(reason(filled(1_000_001 - rest)), "bad-blk-length");
  });

  it("counts 60,000 transactions in exact numbers and refuses them all the same (C22, CVE-2025-46597)", () => {
    const coinbase = coinbaseOf(1);
    const block = blockOf(REGTEST, [
      coinbase,
      ...new Array<TransactionBody>(60_000).fill(bodyOf()),
    ]);
    const unchecked = { checkPow: false, checkMerkleRoot: false };
    assert.equal(checkBlock(block, REGTEST, unchecked)?.reason, "bad-blk-length");
    const total = block.transactions.reduce((sum, tx) => sum + tx.totalSize, 0);
    assert.ok(Number.isSafeInteger(total) && total > 3_000_000 && total < block.raw.length);
  });

  it("names the transaction that breaks a rule (C11)", () => {
    const twice = bodyOf({ inputs: [inputOf(), inputOf()] });
    const fault = checkBlock(blockOf(REGTEST, [coinbaseOf(1), twice]), REGTEST);
    assert.equal(fault?.reason, "bad-txns-inputs-duplicate");
    assert.equal(fault?.kind, "consensus");
    assert.match(fault?.detail ?? "", /^Transaction check failed \(tx hash [0-9a-f]{64}\) $/);
  });

  it("calls a repeated transaction mutation and no fault of the header (C07, CVE-2012-2459)", () => {
    const bodies = [coinbaseOf(1), bodyOf(), bodyOf({ version: 3 })];
    const honest = blockOf(REGTEST, bodies);
    const forged = blockOf(REGTEST, [...bodies, bodyOf({ version: 3 })]);
    assert.deepEqual(forged.hash, honest.hash);
    const fault = checkBlock(forged, REGTEST);
    assert.deepEqual([fault?.kind, fault?.reason], ["mutated", "bad-txns-duplicate"]);
    assert.equal(isBlockMutated(forged, true), true);
    assert.equal(checkBlock(honest, REGTEST), null);
    assert.equal(isBlockMutated(honest, true), false);
  });

  it("returns a fault or null for a mutated block, or decoding throws DecodeError", () => {
    const raw = blockOf(REGTEST, [coinbaseOf(1), bodyOf(), bodyOf({ version: 3 })]).raw;
    const change = fc.tuple(fc.nat(raw.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = raw.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const block = decodeBlock(bytes);
          const fault = checkBlock(block, REGTEST, { checkPow: false, checkMerkleRoot: false });
          assert.ok(fault === null || fault.reason !== "");
          isBlockMutated(block, true);
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("isBlockMutated", () => {
  it("suspects a transaction of 64 bytes where no coinbase is (C08, CVE-2017-12842)", () => {
    const sized = (length: number) => paying(new Uint8Array(length));
    const rest = encodeTransaction(sized(0)).length;
    assert.equal(isBlockMutated(blockOf(REGTEST, [sized(64 - rest)]), true), true);
    assert.equal(isBlockMutated(blockOf(REGTEST, [sized(65 - rest)]), true), false);
    assert.equal(isBlockMutated(blockOf(REGTEST, [coinbaseOf(1), sized(64 - rest)]), true), false);
  });
});
