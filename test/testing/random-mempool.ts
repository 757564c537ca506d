import {
  encodeTransaction,
  finishTransaction,
  type OutPoint,
  type TransactionBody,
} from "@compeer/protocol/bitcoin/transaction";
import { parseTransaction } from "@compeer/protocol/bitcoin/transaction-view";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { encodeHex } from "@compeer/protocol/bytes/hex";
import { hash160 } from "@compeer/protocol/crypto/hash160";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import { scriptOf } from "@compeer/protocol/script/build-script";
import {
  OP_1,
  OP_CHECKMULTISIG,
  OP_CHECKSIG,
  OP_ENDIF,
  OP_EQUAL,
  OP_HASH160,
  OP_IF,
  OP_RETURN,
} from "@compeer/protocol/script/opcodes";
import type { Random } from "./random.ts";

/** An output that anyone may spend, and how. */
export interface OpenCoin extends OutPoint {
  readonly value: number;
  readonly kind: CoinKind;
}

export type CoinKind = "wsh" | "sh" | "anchor" | "bare" | "sigops";

/** A transaction as it goes to both nodes. */
export interface OpenTransaction {
  readonly hex: string;
  readonly txid: string;
  readonly spent: readonly OpenCoin[];
  readonly made: readonly OpenCoin[];
  readonly fee: number;
  readonly vsize: number;
}

const TRUE_SCRIPT = Uint8Array.of(OP_1);
/** Signature operations that are counted and never run. */
const SIGOPS = 120;
const SIGOPS_SCRIPT = Uint8Array.of(
  0,
  OP_IF,
  ...new Array<number>(SIGOPS).fill(OP_CHECKSIG),
  OP_ENDIF,
  OP_1,
);
const NOTHING = new Uint8Array(0);

export const SCRIPTS: { readonly [kind in CoinKind]: Uint8Array } = {
  wsh: scriptOf(0, sha256(TRUE_SCRIPT)),
  sh: scriptOf(OP_HASH160, hash160(TRUE_SCRIPT), OP_EQUAL),
  anchor: Uint8Array.of(0x51, 0x02, 0x4e, 0x73),
  bare: TRUE_SCRIPT,
  sigops: scriptOf(0, sha256(SIGOPS_SCRIPT)),
};

const COMMON_KINDS: readonly CoinKind[] = ["wsh", "wsh", "wsh", "wsh", "sh", "anchor", "sigops"];

interface Draft {
  version: number;
  lockTime: number;
  inputs: { coin: OpenCoin; sequence: number; script: Uint8Array; witness: Uint8Array[] }[];
  outputs: { value: number; script: Uint8Array; kind: CoinKind | null }[];
}

/** Makes transactions of coins that anyone may spend: good ones, bad ones, and those on the border. */
export class RandomTransactions {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A transaction that spends these coins and pays `fee`; null when they hold too little. */
  pay(
    coins: readonly OpenCoin[],
    feeOf: (vsize: number) => number,
    change: (draft: Draft) => void = () => {},
    outputs: number = 1 + this.#random.below(3),
  ): OpenTransaction | null {
    const draft = this.#draft(coins, outputs);
    change(draft);
    const total = coins.reduce((sum, { value }) => sum + value, 0);
    const vsize = sizeOf(draft);
    const fee = feeOf(vsize);
    const open = draft.outputs.filter(({ value }) => value < 0);
    const fixed = draft.outputs.reduce((sum, { value }) => sum + Math.max(value, 0), 0);
    const left = total - fixed - fee;
    if (left < open.length * 330 || (open.length === 0 && left < 0)) return null;
    const share = Math.floor(left / Math.max(open.length, 1));
    for (const output of open) output.value = share;
    const [first] = open;
    if (first !== undefined) first.value += left - share * open.length;
    return finish(draft, open.length === 0 ? total - fixed : fee, vsize);
  }

  /** Something that breaks a rule, or nearly does. */
  spoil(draft: Draft): void {
    const { outputs, inputs } = draft;
    const random = this.#random;
    const [input] = inputs;
    const script = (bytes: Uint8Array, value = 0): void => {
      outputs.push({ value, script: bytes, kind: null });
    };
    const spoilers: readonly (() => void)[] = [
      () => {
        draft.version = random.pick([0, 1, 3, 4, -1]);
      },
      () => {
        draft.version = 3;
      },
      () => {
        draft.lockTime = random.pick([1, 100, 249, 250, 251, 252, 400, 500_000_001]);
      },
      () => {
        draft.lockTime = random.pick([1_800_000_000, 4_000_000_000]);
      },
      () => script(SCRIPTS.wsh, random.pick([0, 1, 329, 330, 331])),
      () => script(SCRIPTS.sh, random.pick([539, 540, 541])),
      () => script(SCRIPTS.anchor, random.pick([0, 239, 240, 241])),
      () => script(scriptOf(OP_RETURN, random.bytes(random.pick([0, 40, 80, 83, 200])))),
      () => script(concat(OP_RETURN, random.pick([99_990, 99_998, 99_999, 100_000]))),
      () => script(random.bytes(1 + random.below(40)), 1000),
      () => script(bareMultisig(1 + random.below(4)), 10_000),
      () => script(scriptOf(random.pick([OP_1, OP_1 + 1, OP_1 + 15]), random.bytes(32)), 1000),
      () => outputs.splice(0, outputs.length),
      () => inputs.push(...inputs.slice(0, 1)),
      () => {
        if (input) input.sequence = random.pick([0, 1, 2, 5, 10, 200, 0x400001, 0x400100]);
      },
      () => {
        if (input) input.witness = [random.bytes(random.below(100))];
      },
      () => {
        if (input) input.witness = [];
      },
      () => {
        if (input) input.script = random.bytes(random.pick([1, 5, 80]));
      },
      () => {
        if (input) input.script = Uint8Array.of(0x4d, 0x80, 0x06, ...random.bytes(1664));
      },
      () => {
        if (input) input.witness = [random.bytes(81), ...input.witness];
      },
      () => {
        if (input) input.coin = { ...input.coin, txid: random.bytes(32) };
      },
      () => {
        if (input) input.coin = { ...input.coin, index: 5000 };
      },
      () => script(SCRIPTS.wsh, 21e14 + random.pick([-1, 0, 1])),
      () => this.#grow(draft, random.pick([9_990, 10_001, 40_000, 98_000, 99_990, 100_010])),
      () => this.#grow(draft, 1_000 + random.below(30) - 15),
    ];
    random.pick(spoilers)();
  }

  /** Data that brings the transaction to about this many virtual bytes. */
  #grow(draft: Draft, vsize: number): void {
    const left = vsize - sizeOf(draft) - 14;
    if (left > 0)
      draft.outputs.push({ value: 0, script: concat(OP_RETURN, Math.max(left, 2)), kind: null });
  }

  #draft(coins: readonly OpenCoin[], outputs: number): Draft {
    return {
      version: 2,
      lockTime: 0,
      inputs: coins.map((coin) => ({ coin, sequence: 0xfffffffd, ...unlock(coin.kind) })),
      outputs: Array.from({ length: outputs }, () => {
        const kind = this.#random.pick(COMMON_KINDS);
        return { value: -1, script: SCRIPTS[kind], kind };
      }),
    };
  }
}

function unlock(kind: CoinKind): { script: Uint8Array; witness: Uint8Array[] } {
  switch (kind) {
    case "wsh":
      return { script: NOTHING, witness: [TRUE_SCRIPT] };
    case "sigops":
      return { script: NOTHING, witness: [SIGOPS_SCRIPT] };
    case "sh":
      return { script: scriptOf(TRUE_SCRIPT), witness: [] };
    default:
      return { script: NOTHING, witness: [] };
  }
}

function bodyOf({ version, lockTime, inputs, outputs }: Draft): TransactionBody {
  return {
    version,
    lockTime,
    inputs: inputs.map(({ coin, sequence, script, witness }) => {
      const prevout = { txid: coin.txid, index: coin.index };
      return { prevout, sequence, script, witness };
    }),
    outputs: outputs.map(({ value, script }) => ({ value: Math.max(value, 0), script })),
  };
}

/** Signature operations count as bytes of the memory pool. */
function sizeOf(draft: Draft): number {
  const tx = parseTransaction(encodeTransaction(bodyOf(draft)));
  const sigops = draft.inputs.filter(({ coin }) => coin.kind === "sigops").length * SIGOPS;
  return Math.ceil(Math.max(tx.weight, sigops * 20) / 4);
}

function finish(draft: Draft, fee: number, vsize: number): OpenTransaction {
  const tx = finishTransaction(bodyOf(draft));
  const made = draft.outputs.flatMap(({ value, kind }, index) =>
    kind === null ? [] : [{ txid: tx.txid, index, value, kind }],
  );
  const spent = draft.inputs.map(({ coin }) => coin);
  return { hex: encodeHex(tx.raw), txid: formatHash(tx.txid), spent, made, fee, vsize };
}

function bareMultisig(keys: number): Uint8Array {
  const key = Uint8Array.of(2, ...new Uint8Array(32).fill(1));
  const bytes = [OP_1];
  for (let i = 0; i < keys; i++) bytes.push(33, ...key);
  bytes.push(OP_1 - 1 + keys, OP_CHECKMULTISIG);
  return Uint8Array.from(bytes);
}

function concat(opcode: number, length: number): Uint8Array {
  const script = new Uint8Array(length).fill(OP_1);
  script[0] = opcode;
  return script;
}
