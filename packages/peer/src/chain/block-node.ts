import { type BlockHeader, HEADER_SIZE } from "@compeer/protocol/bitcoin/header";
import { hashKey } from "@compeer/protocol/bytes/hash";
import { readU32 } from "@compeer/protocol/bytes/reader";
import { type ChainPoint, medianTimePast } from "@compeer/protocol/consensus/chain-point";
import { blockWork } from "@compeer/protocol/consensus/difficulty";
import { FAILED_MASK, HAVE_DATA, HAVE_UNDO, VALID_MASK } from "./block-status.ts";
import type { HeaderSlot } from "./header-slab.ts";
import { skipHeight } from "./skip-height.ts";

/** Sequence numbers of blocks that were on disk when the chain was opened. Core: src/chain.h. */
export const SEQUENCE_BEST_CHAIN = 0;
const SEQUENCE_FROM_DISK = 1;

/**
 * A header in the tree and what is known of its block. Only the chain changes the mutable part.
 * Core: CBlockIndex.
 */
export class BlockNode implements ChainPoint {
  readonly key: string;
  readonly version: number;
  readonly time: number;
  readonly bits: number;
  readonly parent: BlockNode | null;
  readonly height: number;
  /** Expected hashes of all blocks up to this one. */
  readonly chainWork: bigint;
  /** Latest header time up to this block. */
  readonly timeMax: number;
  status = 0;
  /** Transactions of the block; 0 as long as its data was never here. */
  txCount = 0;
  /** Transactions up to this block; 0 when the data of an ancestor was never here. */
  chainTxCount = 0;
  file = 0;
  dataOffset = 0;
  undoOffset = 0;
  /** What the bytes of the stored block add up to; 0 while nobody has looked (raw-block.ts). */
  rawSum = 0;
  /** Which of two blocks of equal work came first: the lower one. Core: nSequenceId. */
  sequenceId: number = SEQUENCE_FROM_DISK;
  readonly #skip: BlockNode | null;
  readonly #slab: Uint8Array;
  readonly #slabAt: number;
  #medianTimePast = -1;

  constructor(header: BlockHeader, parent: BlockNode | null, slot: HeaderSlot) {
    this.key = hashKey(header.hash);
    this.#slab = slot.slab;
    this.#slabAt = slot.at;
    this.version = header.version;
    this.time = header.time;
    this.bits = header.bits;
    this.parent = parent;
    this.height = parent === null ? 0 : parent.height + 1;
    this.chainWork = (parent === null ? 0n : parent.chainWork) + blockWork(header.bits);
    this.timeMax = parent === null ? header.time : Math.max(parent.timeMax, header.time);
    this.#skip = parent === null ? null : parent.ancestor(skipHeight(this.height));
  }

  /** Wire order. */
  get hash(): Uint8Array {
    const at = this.#slabAt + HEADER_SIZE;
    return this.#slab.subarray(at, at + 32);
  }

  /** The 80 bytes of the header. */
  get header(): Uint8Array {
    return this.#slab.subarray(this.#slabAt, this.#slabAt + HEADER_SIZE);
  }

  get nonce(): number {
    return readU32(this.#slab, this.#slabAt + 76);
  }

  get merkleRoot(): Uint8Array {
    return this.header.subarray(36, 68);
  }

  get haveData(): boolean {
    return (this.status & HAVE_DATA) !== 0;
  }

  get haveUndo(): boolean {
    return (this.status & HAVE_UNDO) !== 0;
  }

  get isFailed(): boolean {
    return (this.status & FAILED_MASK) !== 0;
  }

  /** True when no failure is known and it was checked at least as far as `level`. */
  isValid(level: number): boolean {
    return !this.isFailed && (this.status & VALID_MASK) >= level;
  }

  /** Notes that it was checked as far as `level`; true when that is news. Core: RaiseValidity. */
  raiseValidity(level: number): boolean {
    if (this.isFailed || (this.status & VALID_MASK) >= level) return false;
    this.status = (this.status & ~VALID_MASK) | level;
    return true;
  }

  /** Median time of this block and the ten before it: a child's time must exceed it (BIP113). */
  get medianTimePast(): number {
    if (this.#medianTimePast < 0) this.#medianTimePast = medianTimePast(this.time, this.parent);
    return this.#medianTimePast;
  }

  /** The ancestor at `height`, itself included; null above it or below zero. About log(n) steps. */
  ancestor(height: number): BlockNode | null {
    if (height < 0 || height > this.height) return null;
    let node: BlockNode = this;
    while (node.height > height) {
      const skip: BlockNode | null = node.#skip;
      const back = skipHeight(node.height);
      const parentBack = skipHeight(node.height - 1);
      // The skip pays unless the parent's skip would lead closer without passing the goal.
      const takeSkip =
        skip !== null &&
        (back === height || (back > height && !(parentBack < back - 2 && parentBack >= height)));
      node = takeSkip ? skip : (node.parent as BlockNode);
    }
    return node;
  }
}
