import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Block } from "../bitcoin/block.ts";
import { witnessIds } from "../bitcoin/block.ts";
import { networkByName } from "../bitcoin/networks/all.ts";
import type { TransactionBody } from "../bitcoin/transaction.ts";
import { checkBlockContext, heightPush } from "./check-block-context.ts";
import { blockOf, bodyOf, chainOf, coinbaseOf, inputOf, outputOf } from "./test-chain.test.ts";
import { commitmentScript } from "./witness-commitment.ts";

const REGTEST = networkByName("regtest");
const RESERVED = new Uint8Array(32).fill(9);

describe("checkBlockContext", () => {
  const parent = chainOf(100);
  const height = 100;
  const check = (block: Block, network = REGTEST) =>
    checkBlockContext(block, parent, network)?.reason;

  it("wants the height at the start of the coinbase script (BIP34)", () => {
    assert.equal(check(blockOf(REGTEST, [coinbaseOf(height)])), undefined);
    assert.equal(check(blockOf(REGTEST, [coinbaseOf(height + 1)])), "bad-cb-height");
    const later = networkByName("regtest", { testActivationHeights: ["bip34@101"] });
    assert.equal(check(blockOf(later, [coinbaseOf(height + 1)]), later), undefined);
  });

  it("pushes a height as a script number", () => {
    const hex = (value: number) => Buffer.from(heightPush(value)).toString("hex");
    assert.deepEqual([0, 1, 16, 17, 127, 128, 255, 256, 32767, 32768].map(hex), [
      "00",
      "51",
      "60",
      "0111",
      "017f",
      "028000",
      "02ff00",
      "020001",
      "02ff7f",
      "03008000",
    ]);
  });

  it("rejects a lock time not yet reached: by height, by time, unless all inputs are final", () => {
    const locked = (lockTime: number, sequence = 0) =>
      blockOf(REGTEST, [coinbaseOf(height), bodyOf({ lockTime, inputs: [inputOf({ sequence })] })]);
    assert.equal(check(locked(height - 1)), undefined);
    assert.equal(check(locked(height)), "bad-txns-nonfinal");
    assert.equal(check(locked(height, 0xffffffff)), undefined);
    assert.equal(check(locked(parent.medianTimePast - 1)), undefined);
    assert.equal(check(locked(parent.medianTimePast)), "bad-txns-nonfinal");
  });

  it("compares with the block's own time before BIP113", () => {
    const early = networkByName("regtest", { testActivationHeights: ["csv@101"] });
    const time = parent.time + 600;
    const inputs = [inputOf({ sequence: 0 })];
    const block = blockOf(early, [coinbaseOf(height), bodyOf({ lockTime: time - 1, inputs })], {
      time,
    });
    assert.equal(check(block, early), undefined);
    assert.equal(check(block), "bad-txns-nonfinal");
  });
});

describe("witness commitment", () => {
  const parent = chainOf(100);
  const check = (block: Block, network = REGTEST) =>
    checkBlockContext(block, parent, network)?.reason;
  const spend = (size: number) =>
    bodyOf({ inputs: [inputOf({ witness: [new Uint8Array(size)] })] });

  function committing(
    size: number,
    change: (scripts: Uint8Array[]) => Uint8Array[],
    reserved = [RESERVED],
  ): Block {
    const bare = blockOf(REGTEST, [coinbaseOf(100), spend(size)]);
    const scripts = change([commitmentScript(witnessIds(bare), RESERVED)]);
    const coinbase: TransactionBody = coinbaseOf(100);
    const inputs = coinbase.inputs.map((input) => ({ ...input, witness: reserved }));
    const outputs = [...coinbase.outputs, ...scripts.map((script) => outputOf(0, script))];
    return blockOf(REGTEST, [{ ...coinbase, inputs, outputs }, spend(size)]);
  }

  const wrong = commitmentScript(new Uint8Array(64), RESERVED);

  it("must fit the witnesses, and the last output that looks like one counts (BIP141)", () => {
    assert.equal(check(committing(1, (right) => right)), undefined);
    assert.equal(check(committing(1, (right) => [wrong, ...right])), undefined);
    assert.equal(check(committing(1, (right) => [...right, wrong])), "bad-witness-merkle-match");
  });

  it("may be longer than it needs to be and is none when shorter", () => {
    assert.equal(
      check(committing(1, ([right]) => [Buffer.concat([right as Uint8Array, wrong])])),
      undefined,
    );
    assert.equal(
      check(committing(1, ([right]) => [(right as Uint8Array).slice(0, 37)])),
      "unexpected-witness",
    );
  });

  it("needs a reserved value of 32 bytes, alone on the coinbase's stack", () => {
    const same = (right: Uint8Array[]) => right;
    assert.equal(check(committing(1, same, [])), "bad-witness-nonce-size");
    assert.equal(check(committing(1, same, [RESERVED, RESERVED])), "bad-witness-nonce-size");
    assert.equal(check(committing(1, same, [RESERVED.slice(1)])), "bad-witness-nonce-size");
  });

  it("forbids witnesses where it is missing, and before segwit", () => {
    assert.equal(check(blockOf(REGTEST, [coinbaseOf(100), spend(1)])), "unexpected-witness");
    const later = networkByName("regtest", { testActivationHeights: ["segwit@101"] });
    assert.equal(
      check(
        committing(1, (right) => right),
        later,
      ),
      "unexpected-witness",
    );
  });

  it("comes before the weight, which counts the witnesses once they are the right ones", () => {
    const rest = committing(0x20000, (right) => right).weight - 0x20000;
    assert.equal(check(committing(4_000_000 - rest, (right) => right)), undefined);
    assert.equal(check(committing(4_000_001 - rest, (right) => right)), "bad-blk-weight");
    assert.equal(check(committing(4_000_001 - rest, () => [wrong])), "bad-witness-merkle-match");
  });
});
