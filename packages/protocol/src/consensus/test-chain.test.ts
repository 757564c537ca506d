import { type Block, decodeBlock } from "../bitcoin/block.ts";
import { encodeHeader, type HeaderFields } from "../bitcoin/header.ts";
import { merkleRoot } from "../bitcoin/merkle.ts";
import type { Network } from "../bitcoin/network.ts";
import {
  encodeTransaction,
  finishTransaction,
  type Input,
  type Output,
  type TransactionBody,
} from "../bitcoin/transaction.ts";
import { parseTransaction, type TransactionView } from "../bitcoin/transaction-view.ts";
import { Writer } from "../bytes/writer.ts";
import { numberPart, scriptOf } from "../script/build-script.ts";
import { type ChainPoint, medianTimePast } from "./chain-point.ts";

// Chains, blocks and transactions made by hand for the tests beside this file. It holds no test itself.

const FINAL = 0xffffffff;
const NO_SCRIPT = new Uint8Array(0);
export const OP_TRUE = 0x51;

/** A header of a chain kept in an array. */
export class TestPoint implements ChainPoint {
  readonly hash: Uint8Array;
  readonly height: number;
  readonly version: number;
  readonly time: number;
  readonly bits: number;
  readonly parent: TestPoint | null;
  readonly medianTimePast: number;
  readonly #chain: readonly TestPoint[];

  constructor(
    chain: readonly TestPoint[],
    header: Partial<Pick<ChainPoint, "version" | "time" | "bits" | "hash">>,
  ) {
    this.#chain = chain;
    this.height = chain.length;
    this.parent = chain.at(-1) ?? null;
    this.version = header.version ?? 4;
    this.time = header.time ?? (this.parent?.time ?? 1_600_000_000) + 600;
    this.bits = header.bits ?? this.parent?.bits ?? 0x1d00ffff;
    this.hash = header.hash ?? new Uint8Array(32).fill(this.height & 255);
    this.medianTimePast = medianTimePast(this.time, this.parent);
  }

  ancestor(height: number): TestPoint | null {
    if (height < 0 || height > this.height) return null;
    return height === this.height ? this : (this.#chain[height] ?? null);
  }
}

type Change = Partial<Pick<ChainPoint, "version" | "time" | "bits" | "hash">>;

/** The last of `length` headers, each 600 seconds after its parent unless `change` says otherwise. */
export function chainOf(
  length: number,
  change: (height: number) => Change = () => ({}),
): TestPoint {
  const chain: TestPoint[] = [];
  for (let height = 0; height < length; height++) chain.push(new TestPoint(chain, change(height)));
  return chain.at(-1) as TestPoint;
}

export function inputOf(change: Partial<Input> = {}): Input {
  const prevout = { txid: new Uint8Array(32).fill(7), index: 0 };
  return { prevout, script: NO_SCRIPT, sequence: FINAL, witness: [], ...change };
}

export function outputOf(value: number, script: Uint8Array = Uint8Array.of(OP_TRUE)): Output {
  return { value, script };
}

export function bodyOf(change: Partial<TransactionBody> = {}): TransactionBody {
  return { version: 2, inputs: [inputOf()], outputs: [outputOf(1000)], lockTime: 0, ...change };
}

export function viewOf(body: TransactionBody): TransactionView {
  return parseTransaction(encodeTransaction(body));
}

/** A coinbase that starts with its height. */
export function coinbaseOf(height: number, change: Partial<TransactionBody> = {}): TransactionBody {
  const prevout = { txid: new Uint8Array(32), index: 0xffffffff };
  const script = scriptOf(numberPart(height), numberPart(0));
  return bodyOf({ inputs: [inputOf({ prevout, script })], outputs: [outputOf(50e8)], ...change });
}

/** A block of these transactions; its root fits, and its nonce meets the bits of the network. */
export function blockOf(
  network: Network,
  bodies: readonly TransactionBody[],
  change: Partial<HeaderFields> = {},
): Block {
  const ids = new Writer();
  const raws = new Writer().compactSize(bodies.length);
  for (const body of bodies) {
    const tx = finishTransaction(body);
    ids.raw(tx.txid);
    raws.raw(tx.raw);
  }
  const fields: HeaderFields = {
    version: 4,
    prevHash: network.genesisHash,
    merkleRoot: merkleRoot(ids.finish()).root,
    time: 1_700_000_000,
    bits: 0x207fffff,
    nonce: 0,
    ...change,
  };
  for (let nonce = fields.nonce; ; nonce++) {
    const head = encodeHeader({ ...fields, nonce });
    const block = decodeBlock(new Writer().raw(head).raw(raws.finish()).finish());
    if ((block.hash[31] as number) < 0x7f) return block;
  }
}
