import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MAX_MONEY } from "../bitcoin/amount.ts";
import type { Block } from "../bitcoin/block.ts";
import type { Coin } from "../bitcoin/coin.ts";
import { networkByName } from "../bitcoin/networks/all.ts";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import type { TransactionBody } from "../bitcoin/transaction.ts";
import { VERIFY_P2SH, VERIFY_WITNESS } from "../script/flags.ts";
import { type ConnectContext, type ConnectResult, connectBlock } from "./connect-block.ts";
import { blockOf, bodyOf, chainOf, coinbaseOf, inputOf, outputOf } from "./test-chain.test.ts";

const REGTEST = networkByName("regtest");
const PARENT = chainOf(149);
const HEIGHT = 149; // the last of 50 coins on regtest
const SCRIPT = Uint8Array.of(0x51);

const CONTEXT: ConnectContext = {
  height: HEIGHT,
  parent: PARENT,
  network: REGTEST,
  flags: VERIFY_P2SH | VERIFY_WITNESS,
  duplicate: -1,
};

function coinOf(change: Partial<Coin> = {}): Coin {
  return { value: 1000, script: SCRIPT, height: 10, coinbase: false, ...change };
}

function connect(
  bodies: readonly TransactionBody[],
  coins: readonly (Coin | null)[],
  change: Partial<ConnectContext> = {},
  coinbase: TransactionBody = coinbaseOf(HEIGHT),
): ConnectResult {
  const block: Block = blockOf(REGTEST, [coinbase, ...bodies]);
  const spent = new SpentCoins(block.table.inputCount);
  for (const [i, coin] of coins.entries()) if (coin !== null) spent.setCoin(1 + i, coin);
  return connectBlock(block, spent, { ...CONTEXT, ...change });
}

describe("connectBlock", () => {
  it("adds up fees, inputs and signature operations", () => {
    const pays = bodyOf({ outputs: [outputOf(400, Uint8Array.of(0xac))] });
    const { fault, fees, inputs, sigopCost } = connect([pays], [coinOf()]);
    assert.deepEqual(
      { fault, fees, inputs, sigopCost },
      { fault: null, fees: 600, inputs: 2, sigopCost: 4 },
    );
  });

  it("rejects a block that overwrites an unspent coin, before anything else (C05, BIP30)", () => {
    const { fault } = connect([bodyOf()], [null], { duplicate: 0 });
    assert.deepEqual(
      [fault?.reason, fault?.detail],
      ["bad-txns-BIP30", "tried to overwrite transaction"],
    );
  });

  it("rejects a spent or unknown coin", () => {
    const { fault } = connect([bodyOf()], [null]);
    assert.equal(fault?.reason, "bad-txns-inputs-missingorspent");
    assert.match(
      fault?.detail ?? "",
      /^CheckTxInputs: inputs missing\/spent in transaction [0-9a-f]{64}$/,
    );
  });

  it("lets a coinbase's coin be spent after 100 blocks", () => {
    const born = (height: number) =>
      connect([bodyOf()], [coinOf({ height, coinbase: true })]).fault?.reason;
    assert.equal(born(HEIGHT - 100), undefined);
    assert.equal(born(HEIGHT - 99), "bad-txns-premature-spend-of-coinbase");
  });

  it("rejects inputs below outputs, with both amounts as coins", () => {
    const { fault } = connect(
      [bodyOf({ outputs: [outputOf(150_000_000)] })],
      [coinOf({ value: 1001 })],
    );
    assert.equal(fault?.reason, "bad-txns-in-belowout");
    assert.match(
      fault?.detail ?? "",
      /^value in \(0\.00001001\) < value out \(1\.50\) in transaction/,
    );
  });

  it("rejects coins that are out of range together", () => {
    const prevout = (index: number) => ({ txid: new Uint8Array(32).fill(1), index });
    const two = bodyOf({
      inputs: [inputOf({ prevout: prevout(0) }), inputOf({ prevout: prevout(1) })],
    });
    const rich = coinOf({ value: MAX_MONEY });
    assert.equal(connect([two], [rich, rich]).fault?.reason, "bad-txns-inputvalues-outofrange");
    const fees = connect([bodyOf(), bodyOf({ version: 3 })], [rich, rich]).fault;
    assert.equal(fees?.reason, "bad-txns-accumulated-fee-outofrange");
  });

  it("lets the coinbase take subsidy and fees and not a satoshi more", () => {
    const taking = (value: number, height = HEIGHT) =>
      connect(
        [bodyOf({ outputs: [outputOf(400)] })],
        [coinOf()],
        { height },
        coinbaseOf(height, { outputs: [outputOf(value)] }),
      ).fault;
    assert.equal(taking(50e8 + 600), null);
    assert.deepEqual(taking(50e8 + 601), {
      kind: "consensus",
      reason: "bad-cb-amount",
      detail: "coinbase pays too much (actual=5000000601 vs limit=5000000600)",
    });
    assert.equal(taking(25e8 + 600, 150), null);
    assert.equal(taking(25e8 + 601, 150)?.reason, "bad-cb-amount");
  });

  it("rejects a coin that is too young for a relative lock, from csvHeight on (BIP68)", () => {
    const waits = bodyOf({ inputs: [inputOf({ sequence: 10 })] });
    const born = (height: number, context = {}) =>
      connect([waits], [coinOf({ height })], context).fault;
    assert.equal(born(HEIGHT - 10), null);
    assert.equal(born(HEIGHT - 9)?.reason, "bad-txns-nonfinal");
    assert.match(
      born(HEIGHT - 9)?.detail ?? "",
      /^contains a non-BIP68-final transaction [0-9a-f]{64}$/,
    );
    const network = networkByName("regtest", { testActivationHeights: ["csv@150"] });
    assert.equal(born(HEIGHT - 9, { network }), null);
  });

  it("counts signature operations behind script hashes: 80,000 is the most (C04)", () => {
    // 20 keys in a redeem script count 20 each and cost four times that.
    const redeem = Uint8Array.of(0x01, 0x14, 0xae); // a push of 20, then OP_CHECKMULTISIG
    const script = Uint8Array.of(redeem.length, ...redeem);
    const scriptHash = Uint8Array.of(0xa9, 20, ...new Uint8Array(20), 0x87);
    const spend = (index: number) =>
      inputOf({ prevout: { txid: new Uint8Array(32).fill(1), index }, script });
    const cost = (count: number, extra: number) => {
      const inputs = Array.from({ length: count }, (_, i) => spend(i));
      const outputs = [outputOf(0, new Uint8Array(extra).fill(0xac))];
      return connect(
        [bodyOf({ inputs, outputs })],
        inputs.map(() => coinOf({ script: scriptHash })),
      );
    };
    assert.equal(cost(1000, 0).fault, null);
    assert.equal(cost(1000, 0).sigopCost, 80_000);
    assert.deepEqual(
      [cost(1000, 1).fault?.reason, cost(1000, 1).fault?.detail],
      ["bad-blk-sigops", "too many sigops"],
    );
    assert.equal(connect([], []).sigopCost, 0);
  });

  it("connects 20,000 different coins in one transaction (C09)", () => {
    const inputs = Array.from({ length: 20_000 }, (_, index) =>
      inputOf({ prevout: { txid: new Uint8Array(32).fill(1), index } }),
    );
    const { fault, inputs: count } = connect(
      [bodyOf({ inputs })],
      inputs.map(() => coinOf()),
    );
    assert.equal(fault, null);
    assert.equal(count, 20_001);
  });
});
