import type { Block } from "@compeer/protocol/bitcoin/block";
import { formatHash } from "@compeer/protocol/bytes/hash";
import { checkBlock } from "@compeer/protocol/consensus/check-block";
import { connectBlock } from "@compeer/protocol/consensus/connect-block";
import { formatFault } from "@compeer/protocol/consensus/fault";
import { blockScriptFlags } from "@compeer/protocol/consensus/script-flags";
import { scriptCheckReason } from "./assume-valid.ts";
import type { BlockNode } from "./block-node.ts";
import type { ChainState } from "./chain-state.ts";
import { CoinOverlay } from "./coin-overlay.ts";
import { checkScripts } from "./prepare-block.ts";
import { readBlock, readSpent } from "./read-block.ts";

/** "skipped": nothing is wrong as far as could be seen, but blocks are pruned or memory was too small. */
export type VerifyOutcome = "good" | "corrupted" | "skipped" | "interrupted";

/**
 * Checks the last `count` blocks on disk (0: all). Level 0 reads them, 1 checks each by itself, 2 reads
 * the undo data, 3 takes them back in memory, 4 connects them again. Core: CVerifyDB::VerifyDB.
 */
export function verifyChain(
  state: ChainState,
  level: number,
  count: number,
  signal?: AbortSignal,
): Promise<VerifyOutcome> {
  return new Verification(state, Math.max(0, Math.min(4, level)), signal).run(count);
}

class Verification {
  readonly #state: ChainState;
  readonly #level: number;
  readonly #signal: AbortSignal | undefined;
  readonly #overlay: CoinOverlay;
  #skipped = false;
  #unclean: BlockNode | null = null;
  #transactions = 0;

  constructor(state: ChainState, level: number, signal: AbortSignal | undefined) {
    this.#state = state;
    this.#level = level;
    this.#signal = signal;
    this.#overlay = new CoinOverlay(state.coins);
  }

  async run(count: number): Promise<VerifyOutcome> {
    const { height } = this.#state.active;
    const depth = count <= 0 || count > height ? height : count;
    if (height <= 0) return "good";
    this.#log(`Verifying last ${depth} blocks at level ${this.#level}`);
    const down = await this.#goDown(depth);
    if (typeof down === "string") return down;
    if (this.#unclean !== null) {
      const blocks = height - this.#unclean.height + 1;
      return this.#bad(
        `coin database inconsistencies found (last ${blocks} blocks, ${this.#transactions} good transactions before that)`,
      );
    }
    if (this.#level >= 4 && !this.#skipped) {
      const up = await this.#goUp(down);
      if (up !== "good") return up;
    }
    const blocks = height - down;
    this.#log(
      `Verification: No coin database inconsistencies in last ${blocks} blocks (${this.#transactions} transactions)`,
    );
    return this.#skipped || blocks < depth ? "skipped" : "good";
  }

  /** Looks at blocks from the tip down; returns the height below the last one. */
  async #goDown(depth: number): Promise<number | VerifyOutcome> {
    const { active, settings } = this.#state;
    const stop = active.height - depth;
    let height = active.height;
    for (; height > stop; height--) {
      if (this.#isStopped()) return "interrupted";
      const node = active.at(height) as BlockNode;
      if (settings.prune !== "off" && !node.haveData) {
        this.#log(`Block verification stopping at height ${height} (no data).`);
        break;
      }
      const outcome = await this.#checkOne(node);
      if (outcome !== "good") return outcome;
    }
    return height;
  }

  async #checkOne(node: BlockNode): Promise<VerifyOutcome> {
    const block = await readBlock(this.#state, node);
    if (block === null) return this.#bad(`ReadBlock failed at ${place(node)}`);
    const fault = this.#level >= 1 ? checkBlock(block, this.#state.network) : null;
    if (fault !== null)
      return this.#bad(`found bad block at ${place(node)} (${formatFault(fault)})`);
    if (this.#level >= 2) return this.#takeBack(node, block);
    return "good";
  }

  async #takeBack(node: BlockNode, block: Block): Promise<VerifyOutcome> {
    const spent = await readSpent(this.#state, node, block);
    if (spent === null) return this.#bad(`found bad undo data at ${place(node)}`);
    if (this.#level < 3) return "good";
    const { coins, settings } = this.#state;
    if (this.#skipped || this.#overlay.bytes + coins.bytes > settings.cacheBytes) {
      this.#skipped = true;
    } else if (await this.#overlay.revert(block, node.height, spent)) {
      this.#transactions += block.transactions.length;
    } else {
      this.#transactions = 0;
      this.#unclean = node;
    }
    return "good";
  }

  /** Connects all blocks above `height` again. */
  async #goUp(height: number): Promise<VerifyOutcome> {
    const { active } = this.#state;
    for (let at = height + 1; at <= active.height; at++) {
      if (this.#isStopped()) return "interrupted";
      const node = active.at(at) as BlockNode;
      const block = await readBlock(this.#state, node);
      if (block === null) return this.#bad(`ReadBlock failed at ${place(node)}`);
      const reason = await this.#reconnect(node, block);
      if (reason !== null)
        return this.#bad(`found unconnectable block at ${place(node)} (${reason})`);
    }
    return "good";
  }

  async #reconnect(node: BlockNode, block: Block): Promise<string | null> {
    const { network } = this.#state;
    const { height } = node;
    const parent = node.parent as BlockNode;
    const spent = await this.#overlay.load(block, height);
    const flags = blockScriptFlags(block.hash, height, network);
    const context = { height, parent, network, flags, duplicate: -1 };
    let { fault } = connectBlock(block, spent, context);
    if (fault === null && scriptCheckReason(this.#state, node) !== null)
      fault = await checkScripts(this.#state, block, spent, height);
    if (fault !== null) return formatFault(fault);
    await this.#overlay.apply(block, height);
    return null;
  }

  #isStopped(): boolean {
    return this.#signal?.aborted === true || this.#state.isStopping;
  }

  #bad(text: string): "corrupted" {
    this.#log(`Verification error: ${text}`);
    return "corrupted";
  }

  #log(text: string): void {
    this.#state.log.info(text);
  }
}

function place(node: BlockNode): string {
  return `${node.height}, hash=${formatHash(node.hash)}`;
}
