import {
  finishTransaction,
  type OutPoint,
  type Output,
  type TransactionBody,
} from "@compeer/protocol/bitcoin/transaction";
import { concatBytes, equalBytes } from "@compeer/protocol/bytes/compare";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { heightPush } from "@compeer/protocol/consensus/check-block-context";
import { blockSubsidy } from "@compeer/protocol/consensus/subsidy";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import { scriptOf } from "@compeer/protocol/script/build-script";
import { OP_1 } from "@compeer/protocol/script/opcodes";
import type { Unspent } from "../grow-chain.ts";
import type { Random } from "../random.ts";
import { DATA_SCRIPT, inputOf, SPENDABLE, signSpend } from "../script-kinds.ts";
import type { BlockDraft, SealedBlock } from "./block-draft.ts";

const MATURITY = 100;
export const MAX_MONEY = 21e14;
const HALVING_INTERVAL = 150;
const BITS = 0x207fffff;
const FEE = 500;

/** Anyone can spend these two, the second with a witness. */
export const TRUE_SCRIPT: Uint8Array = scriptOf(OP_1);
const WITNESS_TRUE_SCRIPT = scriptOf(0, sha256(TRUE_SCRIPT));

const keyScripts: ReadonlySet<string> = new Set([...SPENDABLE.values()].map(hashKey));

/** What a maker of blocks must know of the chain: its tip, its times and the coins it can spend. */
export class LedgerModel {
  tip: Uint8Array;
  height = 0;
  /** Of all blocks, genesis first. */
  readonly times: number[];
  readonly hashes: Uint8Array[];
  /** Unspent, oldest first. */
  coins: Unspent[] = [];
  readonly spent: Unspent[] = [];
  /** Blocks that were refused. */
  readonly refused: SealedBlock[] = [];
  readonly accepted: SealedBlock[] = [];
  /** What the nodes take for the time. */
  now: number;

  constructor(genesisHash: Uint8Array, genesisTime: number, now: number) {
    this.tip = genesisHash;
    this.times = [genesisTime];
    this.hashes = [genesisHash];
    this.now = now;
  }

  get medianTimePast(): number {
    const last = this.times.slice(-11).sort((a, b) => a - b);
    return last[last.length >> 1] as number;
  }

  get mature(): readonly Unspent[] {
    return this.coins.filter(({ coin }) => !coin.coinbase || this.#isMature(coin.height));
  }

  get immature(): readonly Unspent[] {
    return this.coins.filter(({ coin }) => coin.coinbase && !this.#isMature(coin.height));
  }

  #isMature(height: number): boolean {
    return this.height + 1 - height >= MATURITY;
  }

  /** A valid block of up to so many transactions on the tip. */
  draft(random: Random, count: number): BlockDraft {
    const transactions = this.#transactions(random, count);
    const reward = blockSubsidy(this.height + 1, HALVING_INTERVAL);
    const prevout = { txid: new Uint8Array(32), index: 0xffffffff };
    return {
      version: 0x20000000,
      prevHash: this.tip,
      time: Math.max(this.medianTimePast + 1, this.now - 600 + random.below(600)),
      bits: BITS,
      coinbase: {
        version: 2,
        inputs: [
          {
            prevout,
            script: concatBytes(heightPush(this.height + 1), scriptOf(random.bytes(4))),
            sequence: 0xffffffff,
            witness: [],
          },
        ],
        outputs: [{ value: reward + FEE * transactions.length, script: TRUE_SCRIPT }],
        lockTime: 0,
      },
      transactions,
      commitments: ["right"],
      reserved: [new Uint8Array(32)],
      merkleRoot: null,
      hasWork: true,
      afterRoot: (raws) => raws,
      afterSeal: (raw) => raw,
    };
  }

  /** Transactions in a row; a later one may spend what an earlier one made. */
  #transactions(random: Random, count: number): TransactionBody[] {
    const coins = [...this.mature];
    const bodies: TransactionBody[] = [];
    while (bodies.length < count && coins.length > 0) {
      const taken: Unspent[] = [];
      for (let n = 1 + random.below(3); n > 0 && coins.length > 0; n--)
        taken.push(...coins.splice(random.below(coins.length), 1));
      const body = this.spend(taken, this.#outputs(random, taken));
      bodies.push(body);
      coins.push(...unspentOf(body, this.height + 1, false));
    }
    return bodies;
  }

  #outputs(random: Random, taken: readonly Unspent[]): Output[] {
    const total = taken.reduce((sum, { coin }) => sum + coin.value, 0) - FEE;
    const count = 1 + random.below(4);
    const value = Math.floor(total / count);
    const outputs = Array.from({ length: count }, (_, i) => ({
      value: i === 0 ? total - value * (count - 1) : value,
      script: this.#script(random),
    }));
    if (random.oneIn(5)) outputs.push({ value: 0, script: DATA_SCRIPT });
    return outputs;
  }

  #script(random: Random): Uint8Array {
    if (random.oneIn(3)) return random.pick([...SPENDABLE.values()]);
    return random.oneIn(2) ? TRUE_SCRIPT : WITNESS_TRUE_SCRIPT;
  }

  /** A signed transaction that spends these coins. */
  spend(
    coins: readonly Unspent[],
    outputs: readonly Output[],
    change: Partial<TransactionBody> & { readonly sequence?: number } = {},
  ): TransactionBody {
    const { sequence, ...rest } = change;
    const inputs = coins.map((each) => {
      const input = inputOf({ txid: each.txid, index: each.index }, sequence);
      const isWitness = equalBytes(each.coin.script, WITNESS_TRUE_SCRIPT);
      return isWitness ? { ...input, witness: [TRUE_SCRIPT] } : input;
    });
    const body = { version: 2, inputs, outputs, lockTime: 0, ...rest };
    const needsKey = coins.some(({ coin }) => keyScripts.has(hashKey(coin.script)));
    return needsKey
      ? signSpend(
          body,
          coins.map(({ coin }) => coin),
        )
      : body;
  }

  /** Takes note of a block that is the new tip. */
  connect(block: SealedBlock): void {
    this.tip = block.hash;
    this.height++;
    this.times.push(block.time);
    this.hashes.push(block.hash);
    this.accepted.push(block);
    for (const [i, body] of block.transactions.entries()) {
      if (i > 0) this.#remove(body.inputs.map(({ prevout }) => prevout));
      this.coins.push(...unspentOf(body, this.height, i === 0));
    }
  }

  #remove(outpoints: readonly OutPoint[]): void {
    const keys = new Set(outpoints.map(keyOf));
    this.spent.push(...this.coins.filter((coin) => keys.has(keyOf(coin))));
    this.coins = this.coins.filter((coin) => !keys.has(keyOf(coin)));
  }
}

function keyOf({ txid, index }: OutPoint): string {
  return `${hashKey(txid)}:${index}`;
}

/** The outputs of a transaction that this model knows to spend, and that are worth it. */
export function unspentOf(body: TransactionBody, height: number, coinbase: boolean): Unspent[] {
  const { txid } = finishTransaction(body);
  const unspent = body.outputs.map(({ value, script }, index) => ({
    txid,
    index,
    coin: { value, script, height, coinbase },
  }));
  return unspent.filter(({ coin: { value, script } }) => value > 1e5 && isKnown(script));
}

function isKnown(script: Uint8Array): boolean {
  return (
    equalBytes(script, TRUE_SCRIPT) ||
    equalBytes(script, WITNESS_TRUE_SCRIPT) ||
    keyScripts.has(hashKey(script))
  );
}
