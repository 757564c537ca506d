import type { Block } from "@compeer/protocol/bitcoin/block";
import type { BlockNode } from "./block-node.ts";

const MAX_BYTES = 32 << 20;

/** Blocks that were just stored, so that connecting them needs no reading and no second check. */
export class RecentBlocks {
  readonly #blocks = new Map<BlockNode, Block>();
  #bytes = 0;

  add(node: BlockNode, block: Block): void {
    this.take(node);
    this.#blocks.set(node, block);
    this.#bytes += block.raw.length;
    for (const oldest of this.#blocks.keys()) {
      if (this.#bytes <= MAX_BYTES) break;
      this.take(oldest);
    }
  }

  /** False when a few more blocks will push out the oldest. */
  get hasRoom(): boolean {
    return this.#bytes < MAX_BYTES / 2;
  }

  /** Hands a block over and forgets it. */
  take(node: BlockNode): Block | null {
    const block = this.#blocks.get(node);
    if (block === undefined) return null;
    this.#blocks.delete(node);
    this.#bytes -= block.raw.length;
    return block;
  }
}
