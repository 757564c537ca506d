import { type Block, decodeBlock } from "@compeer/protocol/bitcoin/block";
import type { Coin } from "@compeer/protocol/bitcoin/coin";
import { encodeHeader } from "@compeer/protocol/bitcoin/header";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { encodeTransaction, finishTransaction } from "@compeer/protocol/bitcoin/transaction";
import { transactionId } from "@compeer/protocol/bitcoin/transaction-id";
import { parseTransaction, type TransactionView } from "@compeer/protocol/bitcoin/transaction-view";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { Writer } from "@compeer/protocol/bytes/writer";
import type { ChainPoint } from "@compeer/protocol/consensus/chain-point";
import { sha256 } from "@compeer/protocol/crypto/sha256";
import { Signal } from "../../chain/signal.ts";
import type { MempoolChain } from "../mempool-parts.ts";

const OP_TRUE = 0x51;
const ANYONE = Uint8Array.of(OP_TRUE);
/** Pays to a witness script that anyone can meet: standard to spend, and no signature to make. */
export const ANYONE_SCRIPT: Uint8Array = Uint8Array.of(0, 32, ...sha256(ANYONE));

export interface Spend {
  readonly txid: Uint8Array;
  readonly index: number;
}

export interface DraftOptions {
  readonly version?: number;
  readonly sequence?: number;
  readonly lockTime?: number;
  readonly script?: Uint8Array;
  readonly witness?: readonly Uint8Array[];
}

/** A transaction that spends coins of `ANYONE_SCRIPT` into outputs of these values. */
export function draft(
  spends: readonly Spend[],
  values: readonly number[],
  options: DraftOptions = {},
): TransactionView {
  const { version = 2, sequence = 0xfffffffd, lockTime = 0 } = options;
  const { script = ANYONE_SCRIPT, witness = [ANYONE] } = options;
  const inputs = spends.map((prevout) => ({
    prevout,
    script: new Uint8Array(0),
    sequence,
    witness,
  }));
  const outputs = values.map((value) => ({ value, script }));
  return parseTransaction(encodeTransaction({ version, inputs, outputs, lockTime }));
}

class Point implements ChainPoint {
  readonly hash: Uint8Array;
  readonly height: number;
  readonly parent: Point | null;
  readonly version = 0x20000000;
  readonly bits = 0x207fffff;
  readonly time: number;

  constructor(parent: Point | null) {
    this.parent = parent;
    this.height = parent === null ? 0 : parent.height + 1;
    this.time = 1_700_000_000 + this.height * 600;
    this.hash = sha256(
      new Writer()
        .u32(this.height)
        .u32(parent?.time ?? 0)
        .finish(),
    );
  }

  get medianTimePast(): number {
    return this.time - 3000;
  }

  ancestor(height: number): Point | null {
    let at: Point | null = this;
    while (at !== null && at.height > height) at = at.parent;
    return at;
  }
}

/** A chain of the mempool's needs: coins in a map, blocks without work, one job at a time. */
export class Ledger implements MempoolChain {
  readonly network: Network = networkByName("regtest");
  readonly blockConnected: Signal<{ node: Point; block: Block }> = new Signal();
  readonly blockDisconnected: Signal<{ block: Block; revives: boolean }> = new Signal();
  readonly tipChanged: Signal<ChainPoint> = new Signal();
  tip: Point = new Point(null);
  readonly #coins = new Map<string, Coin>();
  readonly #undo: { readonly block: Block; readonly before: Map<string, Coin> }[] = [];
  #jobs: Promise<unknown> = Promise.resolve();

  readonly coins = {
    getNow: (txid: Uint8Array, index: number): Coin | null =>
      this.#coins.get(coinKey(txid, index)) ?? null,
    keepSpent: (): void => {},
  };

  exclusive<T>(job: () => Promise<T> | T): Promise<T> {
    const result = this.#jobs.then(job);
    this.#jobs = result.catch(() => undefined);
    return result;
  }

  /** Adds confirmed coins out of nothing. */
  fund(
    values: readonly number[],
    height = 0,
    coinbase = false,
    script: Uint8Array = ANYONE_SCRIPT,
  ): Spend[] {
    const prevout = { txid: new Uint8Array(32), index: this.#coins.size };
    const empty = new Uint8Array(0);
    const input = { prevout, script: empty, sequence: 0, witness: [] };
    const outputs = values.map((value) => ({ value, script }));
    const { txid } = finishTransaction({ version: 1, inputs: [input], outputs, lockTime: 0 });
    values.forEach((value, index) => {
      this.#coins.set(coinKey(txid, index), { value, script, height, coinbase });
    });
    return values.map((_, index) => ({ txid, index }));
  }

  /** Connects a block of these transactions. */
  connect(txs: readonly TransactionView[]): Promise<void> {
    return this.exclusive(() => {
      const block = this.#block(txs);
      this.#undo.push({ block, before: new Map(this.#coins) });
      this.tip = new Point(this.tip);
      for (const tx of block.transactions) this.#spend(tx);
      this.blockConnected.emit({ node: this.tip, block });
      this.tipChanged.emit(this.tip);
    });
  }

  /** Takes blocks off the tip, the last first. */
  disconnect(count: number): Promise<void> {
    return this.exclusive(() => {
      for (let i = 0; i < count; i++) {
        const last = this.#undo.pop();
        if (last === undefined) throw new Error("no block to disconnect");
        this.#coins.clear();
        for (const [key, coin] of last.before) this.#coins.set(key, coin);
        this.tip = this.tip.parent as Point;
        this.blockDisconnected.emit({ block: last.block, revives: true });
      }
      this.tipChanged.emit(this.tip);
    });
  }

  get blocks(): number {
    return this.#undo.length;
  }

  #block(txs: readonly TransactionView[]): Block {
    const height = this.tip.height + 1;
    const prevout = { txid: new Uint8Array(32), index: 0xffffffff };
    const script = Uint8Array.of(2, height & 255, height >>> 8, 0);
    const coinbase = encodeTransaction({
      version: 1,
      inputs: [{ prevout, script, sequence: 0, witness: [] }],
      outputs: [{ value: 50e8, script: ANYONE_SCRIPT }],
      lockTime: 0,
    });
    const zeros = new Uint8Array(32);
    const fields = { version: 4, time: 0, bits: 0, nonce: 0, prevHash: zeros, merkleRoot: zeros };
    const writer = new Writer()
      .raw(encodeHeader(fields))
      .compactSize(txs.length + 1)
      .raw(coinbase);
    for (const tx of txs) writer.raw(tx.raw);
    return decodeBlock(writer.finish());
  }

  #spend(tx: TransactionView): void {
    const txid = transactionId(tx);
    for (let i = 0; i < tx.inputCount; i++)
      this.#coins.delete(coinKey(tx.prevTxid(i), tx.prevIndex(i)));
    for (let i = 0; i < tx.outputCount; i++)
      this.#coins.set(coinKey(txid, i), {
        value: tx.outputValue(i),
        script: tx.outputScript(i),
        height: this.tip.height,
        coinbase: tx.isCoinbase,
      });
  }
}

function coinKey(txid: Uint8Array, index: number): string {
  return `${hashKey(txid)}:${index}`;
}
