import type { Input, Output, TransactionBody } from "@compeer/protocol/bitcoin/transaction";
import type { Unspent } from "../grow-chain.ts";
import type { Random } from "../random.ts";
import type { BlockDraft } from "./block-draft.ts";
import { type LedgerModel, MAX_MONEY, TRUE_SCRIPT, unspentOf } from "./ledger-model.ts";
import type { Mutation } from "./mutation.ts";

const FINAL = 0xffffffff;
/** BIP68: the lock counts units of 512 seconds. */
const TIME_TYPE = 1 << 22;

/** What can be wrong or odd with a transaction that is not the coinbase. */
export const transactionMutations: Readonly<Record<string, Mutation>> = {
  "the same input twice": (draft, random) => {
    change(draft, random, (tx) => ({ ...tx, inputs: [...tx.inputs, tx.inputs[0] as Input] }));
  },
  "input that never was": (draft, random) => {
    changeInput(draft, random, ({ prevout }) => ({
      prevout: random.oneIn(2)
        ? { txid: random.bytes(32), index: 0 }
        : { ...prevout, index: prevout.index + 50 },
    }));
  },
  "input spent in another block": (draft, random, { spent }) => {
    if (spent.length === 0) return;
    const { txid, index } = random.pick(spent);
    changeInput(draft, random, () => ({ prevout: { txid, index } }));
  },
  "input spent twice in the block": (draft, random) => {
    const [first] = draft.transactions;
    if (first !== undefined)
      draft.transactions.push({
        ...first,
        version: 1,
        outputs: [{ value: 1, script: TRUE_SCRIPT }],
      });
    if (random.oneIn(2)) draft.transactions.reverse();
  },
  "transactions in the wrong order": (draft) => {
    draft.transactions.reverse();
  },
  "empty outpoint": (draft, random) => {
    const prevout = { txid: new Uint8Array(32), index: FINAL };
    change(draft, random, (tx) => ({
      ...tx,
      inputs: [...tx.inputs, { ...(tx.inputs[0] as Input), prevout }],
    }));
  },
  "young coinbase": (draft, random, model) => {
    const reward = random.oneIn(2) ? model.immature[0] : model.immature.at(-1);
    if (reward !== undefined) append(draft, model, [reward], {});
  },
  "no outputs": (draft, random) => {
    change(draft, random, (tx) => ({ ...tx, outputs: [] }));
  },
  "no inputs": (draft, random) => {
    change(draft, random, (tx) => ({ ...tx, inputs: [] }));
  },
  "pays more than it takes": (draft, random) => {
    changeOutput(draft, random, ({ value }) => ({ value: value + 501 + random.below(1e8) }));
  },
  "value that is no amount": (draft, random) => {
    const value = random.pick([-1, MAX_MONEY, MAX_MONEY + 1, 2 ** 62, -(2 ** 62)]);
    changeOutput(draft, random, () => ({ value }));
  },
  "values that pass all money in sum": (draft, random) => {
    const output = { value: MAX_MONEY, script: TRUE_SCRIPT };
    change(draft, random, (tx) => ({ ...tx, outputs: [output, output] }));
  },
  "witness changed": (draft, random) => {
    changeInput(draft, random, ({ witness }) => ({ witness: changedItems(witness, random) }));
  },
  "witness left out": (draft, random) => {
    changeInput(draft, random, () => ({ witness: [] }));
  },
  "witness where none belongs": (draft, random) => {
    changeInput(draft, random, () => ({ witness: [random.bytes(1 + random.below(80))] }));
  },
  "script changed": (draft, random) => {
    changeInput(draft, random, ({ script }) => ({ script: changedBytes(script, random) }));
  },
  "script where none belongs": (draft, random) => {
    changeInput(draft, random, () => ({ script: Uint8Array.of(random.pick([0x51, 0x00, 0x6a])) }));
  },
  "output after signing": (draft, random) => {
    changeOutput(draft, random, ({ value }) => ({ value: Math.max(0, value - 1) }));
  },
  "transaction version": (draft, random) => {
    const version = random.pick([0, 1, 3, FINAL, 0x80000000]);
    change(draft, random, (tx) => ({ ...tx, version }));
  },
  "lock by height": (draft, random, model) => {
    const lockTime = model.height + random.below(3);
    lock(draft, random, model, { lockTime, sequence: random.pick([0, FINAL - 1, FINAL]) });
  },
  "lock by time": (draft, random, model) => {
    const lockTime = model.medianTimePast - 1 + random.below(3);
    lock(draft, random, model, { lockTime, sequence: random.pick([0, FINAL - 1, FINAL]) });
  },
  "sequence lock by blocks": (draft, random, model) => {
    const coin = pickMature(random, model);
    if (coin === undefined) return;
    const age = model.height + 1 - coin.coin.height;
    const sequence = Math.max(0, age - 1 + random.below(3));
    append(draft, model, [coin], { sequence, version: random.pick([1, 2, FINAL]) });
  },
  "sequence lock by time": (draft, random, model) => {
    const coin = pickMature(random, model);
    if (coin === undefined) return;
    const since = medianBefore(model, coin.coin.height);
    const units = Math.floor((model.medianTimePast - since) / 512);
    const sequence = TIME_TYPE | Math.max(0, units - 1 + random.below(3));
    append(draft, model, [coin], { sequence, version: 2 });
  },
  "sequence lock on an output of the block": (draft, random, model) => {
    const last = draft.transactions.at(-1);
    if (last === undefined) return;
    const [coin] = unspentOf(last, model.height + 1, false);
    const sequence = random.pick([0, 1, TIME_TYPE, TIME_TYPE | 1]);
    if (coin !== undefined) append(draft, model, [coin], { sequence, version: 2 });
  },
  "the same transaction twice": (draft, random) => {
    if (draft.transactions.length > 0) draft.transactions.push(random.pick(draft.transactions));
  },
  "transaction of an earlier block": (draft, random, { accepted }) => {
    if (accepted.length > 0)
      draft.transactions.push(random.pick(random.pick(accepted).transactions));
  },
};

interface Spending extends Partial<TransactionBody> {
  readonly sequence?: number;
}

/** Adds a transaction that spends these coins and pays a fee that no one takes. */
function append(
  draft: BlockDraft,
  model: LedgerModel,
  coins: readonly Unspent[],
  spending: Spending,
): void {
  const value = coins.reduce((sum, { coin }) => sum + coin.value, 0) - 500;
  draft.transactions = draft.transactions.filter(
    ({ inputs }) =>
      !inputs.some(({ prevout }) =>
        coins.some((coin) => coin.index === prevout.index && coin.txid === prevout.txid),
      ),
  );
  draft.transactions.push(model.spend(coins, [{ value, script: TRUE_SCRIPT }], spending));
}

function lock(draft: BlockDraft, random: Random, model: LedgerModel, spending: Spending): void {
  const coin = pickMature(random, model);
  if (coin !== undefined) append(draft, model, [coin], spending);
}

function pickMature(random: Random, model: LedgerModel): Unspent | undefined {
  return model.mature.length === 0 ? undefined : random.pick(model.mature);
}

/** Median time of the block before the one at `height`, from which BIP68 counts. */
function medianBefore(model: LedgerModel, height: number): number {
  const times = model.times.slice(Math.max(0, height - 11), height).sort((a, b) => a - b);
  return times[times.length >> 1] ?? 0;
}

function change(
  draft: BlockDraft,
  random: Random,
  edit: (tx: TransactionBody) => TransactionBody,
): void {
  if (draft.transactions.length === 0) return;
  const at = random.below(draft.transactions.length);
  draft.transactions[at] = edit(draft.transactions[at] as TransactionBody);
}

function changeInput(
  draft: BlockDraft,
  random: Random,
  edit: (input: Input) => Partial<Input>,
): void {
  change(draft, random, (tx) => {
    const at = random.below(tx.inputs.length);
    const inputs = tx.inputs.map((input, i) => (i === at ? { ...input, ...edit(input) } : input));
    return { ...tx, inputs };
  });
}

function changeOutput(
  draft: BlockDraft,
  random: Random,
  edit: (output: Output) => Partial<Output>,
): void {
  change(draft, random, (tx) => {
    const at = random.below(tx.outputs.length);
    const outputs = tx.outputs.map((each, i) => (i === at ? { ...each, ...edit(each) } : each));
    return { ...tx, outputs };
  });
}

function changedItems(items: readonly Uint8Array[], random: Random): Uint8Array[] {
  if (items.length === 0) return [random.bytes(3)];
  const at = random.below(items.length);
  return items.map((item, i) => (i === at ? changedBytes(item, random) : item));
}

function changedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return random.bytes(1);
  const changed = bytes.slice();
  const at = random.below(bytes.length);
  changed[at] = (changed[at] as number) ^ (1 << random.below(8));
  return changed;
}
