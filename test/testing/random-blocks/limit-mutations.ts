import { finishTransaction, type Output } from "@compeer/protocol/bitcoin/transaction";
import { hash160 } from "@compeer/protocol/crypto/hash160";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import { numberPart, scriptOf } from "@compeer/protocol/script/build-script";
import {
  OP_0,
  OP_1,
  OP_CHECKLOCKTIMEVERIFY,
  OP_CHECKMULTISIG,
  OP_CHECKSEQUENCEVERIFY,
  OP_CHECKSIG,
  OP_DROP,
  OP_ENDIF,
  OP_EQUAL,
  OP_HASH160,
  OP_IF,
  OP_RETURN,
} from "@compeer/protocol/script/opcodes";
import { inputOf } from "../script-kinds.ts";
import type { BlockDraft } from "./block-draft.ts";
import type { LedgerModel } from "./ledger-model.ts";
import type { Mutation } from "./mutation.ts";

/** BIP141: a legacy signature check costs 4 of these. */
const MAX_SIGOPS_COST = 80_000;
const MAX_WEIGHT = 4_000_000;
const MULTISIGS = 190;
/** Never runs its signature checks, each of which counts for 20 keys. */
const SIGOP_SCRIPT = scriptOf(
  OP_0,
  OP_IF,
  ...Array.from({ length: MULTISIGS }, () => OP_CHECKMULTISIG),
  OP_ENDIF,
  OP_1,
);

/** Blocks at a limit, one step below it or one beyond. */
export const limitMutations: Readonly<Record<string, Mutation>> = {
  "signature checks in outputs": (draft, random) => {
    const used = draft.transactions.length * 100;
    const count = MAX_SIGOPS_COST / 4 - random.pick([used + 100, 0, 0, -1]);
    const script = new Uint8Array(count).fill(OP_CHECKSIG);
    addOutput(draft, { value: 0, script });
  },
  "signature checks in pay-to-script-hash": (draft, random, model) => {
    // 15,200 each: five are below the limit, six beyond.
    const script = scriptOf(OP_HASH160, hash160(SIGOP_SCRIPT), OP_EQUAL);
    spendNew(draft, model, script, 5 + random.below(2), {
      script: scriptOf(SIGOP_SCRIPT),
      witness: [],
    });
  },
  "signature checks in witness scripts": (draft, random, model) => {
    // 3,800 each: 21 are below the limit, 22 beyond.
    const script = scriptOf(OP_0, sha256(SIGOP_SCRIPT));
    spendNew(draft, model, script, 21 + random.below(2), {
      script: new Uint8Array(0),
      witness: [SIGOP_SCRIPT],
    });
  },
  "script locked by height": (draft, random, model) => {
    const height = model.height + random.below(3);
    const script = scriptOf(numberPart(height), OP_CHECKLOCKTIMEVERIFY, OP_DROP, OP_1);
    const lockTime = model.height - 1 + random.below(3);
    spendNew(draft, model, script, 1, { lockTime, sequence: random.pick([0, 0xffffffff]) });
  },
  "script locked by age": (draft, random, model) => {
    const script = scriptOf(numberPart(random.below(3)), OP_CHECKSEQUENCEVERIFY, OP_DROP, OP_1);
    spendNew(draft, model, script, 1, {
      sequence: random.pick([0, 1, 2, 0x80000000, 0xffffffff]),
      version: random.pick([1, 2, 3]),
    });
  },
  weight: (draft, random) => {
    const over = random.pick([-4, -4, 0, 4]);
    const script = new Uint8Array(MAX_WEIGHT / 4 - 1200 + over);
    script[0] = OP_RETURN;
    addOutput(draft, { value: 0, script });
  },
  "weight to the unit": (draft, random) => {
    const beyond = random.below(2);
    draft.transactions = [];
    // Header, count and coinbase: measured, then filled up with a witness of any size.
    const size = finishTransaction(draft.coinbase).raw.length + 1000;
    const script = new Uint8Array(MAX_WEIGHT / 4 - size);
    script[0] = OP_RETURN;
    addOutput(draft, { value: 0, script });
    draft.afterRoot = (raws) => raws;
    fill(draft, beyond);
  },
};

/** Lengthens the last output until the block weighs the limit, and then some. */
function fill(draft: BlockDraft, beyond: number): void {
  const commitment = 8 + 1 + 38;
  const witness = 2 + 34;
  const base = 80 + 1 + finishTransaction(draft.coinbase).raw.length + commitment;
  const missing = Math.floor((MAX_WEIGHT - base * 4 - witness) / 4) + beyond;
  const outputs = [...draft.coinbase.outputs];
  const last = outputs.pop() as Output;
  const script = new Uint8Array(last.script.length + missing);
  script[0] = OP_RETURN;
  draft.coinbase = { ...draft.coinbase, outputs: [...outputs, { value: 0, script }] };
}

function addOutput(draft: BlockDraft, output: Output): void {
  draft.coinbase = { ...draft.coinbase, outputs: [...draft.coinbase.outputs, output] };
}

interface Spending {
  readonly script?: Uint8Array;
  readonly witness?: readonly Uint8Array[];
  readonly sequence?: number;
  readonly lockTime?: number;
  readonly version?: number;
}

/** A transaction that makes outputs of `script`, and one that spends them all. */
function spendNew(
  draft: BlockDraft,
  model: LedgerModel,
  script: Uint8Array,
  count: number,
  { script: unlocking, witness = [], sequence = 0, lockTime = 0, version = 2 }: Spending,
): void {
  const [coin] = model.mature;
  if (coin === undefined) return;
  const value = Math.floor(coin.coin.value / count) - 1;
  const funding = model.spend(
    [coin],
    Array.from({ length: count }, () => ({ value, script })),
  );
  const { txid } = finishTransaction(funding);
  const inputs = funding.outputs.map((_, index) => ({
    ...inputOf({ txid, index }, sequence),
    script: unlocking ?? new Uint8Array(0),
    witness,
  }));
  const outputs = [{ value, script: scriptOf(OP_1) }];
  draft.transactions = [funding, { version, inputs, outputs, lockTime }];
  const [reward] = draft.coinbase.outputs;
  if (reward !== undefined)
    draft.coinbase = { ...draft.coinbase, outputs: [{ ...reward, value: 0 }] };
}
