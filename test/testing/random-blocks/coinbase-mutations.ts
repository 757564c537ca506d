import type { Input, TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import { concatBytes } from "@compeer/protocol/bytes/compare";
import { heightPush } from "@compeer/protocol/consensus/check-block-context";
import { scriptOf } from "@compeer/protocol/script/build-script";
import type { BlockDraft } from "./block-draft.ts";
import { MAX_MONEY, TRUE_SCRIPT } from "./ledger-model.ts";
import type { Mutation } from "./mutation.ts";

/** What can be wrong or odd with the coinbase, and with what it commits to. */
export const coinbaseMutations: Readonly<Record<string, Mutation>> = {
  "reward too large": (draft, random) => {
    setReward(draft, (value) => value + 1 + random.below(2) * 1e8);
  },
  "reward not all taken": (draft, random) => {
    setReward(draft, (value) => random.below(value));
  },
  "no reward": (draft) => {
    setReward(draft, () => 0);
  },
  "reward that is no amount": (draft, random) => {
    const value = random.pick([-1, MAX_MONEY, MAX_MONEY + 1, 2 ** 62, -(2 ** 62)]);
    setReward(draft, () => value);
  },
  "outputs that pass all money in sum": (draft) => {
    const output = { value: MAX_MONEY, script: TRUE_SCRIPT };
    draft.coinbase = { ...draft.coinbase, outputs: [output, output] };
  },
  "no outputs": (draft) => {
    draft.coinbase = { ...draft.coinbase, outputs: [] };
    draft.commitments = [];
    draft.reserved = [];
  },
  "many outputs": (draft, random) => {
    const more = Array.from({ length: 1 + random.below(300) }, () => ({
      value: 0,
      script: random.bytes(random.below(40)),
    }));
    draft.coinbase = { ...draft.coinbase, outputs: [...draft.coinbase.outputs, ...more] };
  },
  "other height": (draft, random, model) => {
    const height = model.height + 1 + random.pick([-1, 1, 256, -model.height - 1]);
    setScript(draft, concatBytes(heightPush(height), Uint8Array.of(1, 1)));
  },
  "height in another encoding": (draft, random, model) => {
    const height = model.height + 1;
    const bytes = [height & 255, height >> 8, 0, 0];
    setScript(
      draft,
      random.pick([
        scriptOf(Uint8Array.from(bytes)),
        Uint8Array.of(0x4c, 2, ...bytes.slice(0, 2)),
        Uint8Array.of(2, ...bytes.slice(0, 2).reverse()),
      ]),
    );
  },
  "script of the height alone": (draft, _, model) => {
    setScript(draft, heightPush(model.height + 1));
  },
  "script of another length": (draft, random, model) => {
    const script = concatBytes(heightPush(model.height + 1), new Uint8Array(200));
    setScript(draft, script.subarray(0, random.pick([0, 1, 2, 99, 100, 101, 200])));
  },
  "outpoint that is not empty": (draft, random) => {
    const txid = random.oneIn(2) ? random.bytes(32) : new Uint8Array(32);
    setInput(draft, { prevout: { txid, index: random.pick([0, 0xfffffffe]) } });
  },
  "two inputs": (draft) => {
    const [input] = draft.coinbase.inputs as readonly [Input];
    draft.coinbase = { ...draft.coinbase, inputs: [input, input] };
  },
  sequence: (draft, random) => {
    setInput(draft, { sequence: random.below(0xffffffff) });
  },
  "lock time of the future": (draft, random, model) => {
    setInput(draft, { sequence: 0 });
    const lockTime = model.height + random.below(3);
    draft.coinbase = { ...draft.coinbase, lockTime };
  },
  "version of the coinbase": (draft, random) => {
    draft.coinbase = { ...draft.coinbase, version: random.pick([0, 1, 0xffffffff]) };
  },
  "coinbase left out": (draft) => {
    draft.afterRoot = (raws) => raws.slice(1);
    draft.merkleRoot = new Uint8Array(32);
  },
  "another transaction in its place": (draft) => {
    const [first, ...rest] = draft.transactions;
    if (first === undefined) return;
    draft.transactions = [draft.coinbase, ...rest];
    draft.coinbase = first;
    draft.reserved = [];
  },
  "two coinbases": (draft, random) => {
    const at = random.below(draft.transactions.length + 1);
    draft.transactions.splice(at, 0, anotherCoinbase(draft.coinbase));
  },
  "no commitment": (draft, random) => {
    draft.commitments = [];
    if (random.oneIn(2)) draft.reserved = [];
  },
  "no commitment and no witness": (draft) => {
    draft.commitments = [];
    draft.reserved = [];
    draft.transactions = draft.transactions.filter((tx) =>
      tx.inputs.every(({ witness }) => witness.length === 0),
    );
    setReward(draft, () => 0);
  },
  "wrong commitment": (draft) => {
    draft.commitments = ["wrong"];
  },
  "two commitments": (draft, random) => {
    draft.commitments = random.oneIn(2) ? ["wrong", "right"] : ["right", "wrong"];
  },
  "reserved value left out": (draft) => {
    draft.reserved = [];
  },
  "reserved value of another size": (draft, random) => {
    draft.reserved = [random.bytes(random.pick([0, 31, 33]))];
  },
  "two reserved values": (draft) => {
    draft.reserved = [new Uint8Array(32), new Uint8Array(32)];
  },
  "another reserved value": (draft, random) => {
    draft.reserved = [random.bytes(32)];
  },
};

function setReward(draft: BlockDraft, change: (value: number) => number): void {
  const outputs = draft.coinbase.outputs.map((output, i) =>
    i === 0 ? { ...output, value: change(output.value) } : output,
  );
  draft.coinbase = { ...draft.coinbase, outputs };
}

function setScript(draft: BlockDraft, script: Uint8Array): void {
  setInput(draft, { script });
}

function setInput(draft: BlockDraft, change: Partial<Input>): void {
  const inputs = draft.coinbase.inputs.map((input) => ({ ...input, ...change }));
  draft.coinbase = { ...draft.coinbase, inputs };
}

function anotherCoinbase(coinbase: TransactionBody): TransactionBody {
  return { ...coinbase, version: coinbase.version + 1 };
}
