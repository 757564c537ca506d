import type { Block } from "@compeer/protocol/bitcoin/block";
import { HEADER_SIZE } from "@compeer/protocol/bitcoin/header";
import type { BlockFault } from "@compeer/protocol/consensus/fault";
import type { AssembleOptions } from "./assemble.ts";
import { type BlockTransaction, withNonce } from "./build-block.ts";
import { grind } from "./grind.ts";
import { type RunSteps, runAtOnce } from "./steps.ts";
import { type BlockTemplate, createTemplate, type TemplateParts } from "./template.ts";

/** Nonces that a header has; the last stands for "none left". Core: GenerateBlock. */
const NONCES = 0xffffffff;

/** Core: DEFAULT_MAX_TRIES. */
export const DEFAULT_MAX_TRIES = 1_000_000;

export interface MinerOptions extends AssembleOptions {
  /** -blockversion, for regtest. */
  readonly version?: number;
}

export interface MinerParts extends TemplateParts {
  readonly chain: TemplateParts["chain"] & {
    submitBlock(
      block: Block,
      options: { readonly force: boolean },
    ): Promise<{ readonly fault: BlockFault | null }>;
  };
  readonly log: { info(text: string): void };
  /** Puts the signers' solution into a block of a signet; null on other networks. */
  readonly signBlock: ((block: Block) => Block) | null;
}

/** A block that was mined and refused by the chain it was made for. */
export class BlockRefused extends Error {
  readonly fault: BlockFault;

  constructor(fault: BlockFault) {
    super("ProcessNewBlock, block not accepted");
    this.fault = fault;
  }
}

/** Makes templates and blocks on the tip. */
export class Miner {
  readonly #parts: MinerParts;
  readonly options: MinerOptions;
  #last: BlockTemplate | null = null;

  constructor(parts: MinerParts, options: MinerOptions) {
    this.#parts = parts;
    this.options = options;
  }

  /** The template that was made last, for `getmininginfo`. */
  get lastTemplate(): BlockTemplate | null {
    return this.#last;
  }

  /**
   * @param script where the reward goes
   * @param how transactions: instead of the mempool's; run: makes it in the background, nobody waits
   * @throws TemplateRefused when the block would not connect
   */
  async template(
    script: Uint8Array,
    {
      run = runAtOnce,
      ...chosen
    }: { readonly transactions?: readonly BlockTransaction[]; readonly run?: RunSteps } = {},
  ): Promise<BlockTemplate> {
    const options = { ...this.options, ...chosen, script };
    const template = await createTemplate(this.#parts, options, run);
    if (run === runAtOnce) this.#logMade(template);
    this.#last = template;
    return template;
  }

  #logMade({ block, fees }: BlockTemplate): void {
    const count = block.transactions.length - 1;
    this.#parts.log.info(
      `CreateNewBlock(): block weight: ${block.weight} txs: ${count} fees: ${fees}`,
    );
  }

  /**
   * Mines blocks, one on the other, until there are `count` or the tries are used up.
   *
   * @param maxTries hashes for all blocks together
   * @returns their hashes
   */
  async generate(
    count: number,
    script: Uint8Array,
    maxTries: number = DEFAULT_MAX_TRIES,
    signal?: AbortSignal,
  ): Promise<Uint8Array[]> {
    const hashes: Uint8Array[] = [];
    let triesLeft = maxTries;
    while (hashes.length < count && triesLeft > 0 && !signal?.aborted) {
      const { block } = await this.template(script);
      const mined = await this.#mine(block, triesLeft, signal);
      triesLeft -= mined === null ? NONCES : mined.header.nonce;
      if (mined === null) continue;
      await this.#submit(mined);
      hashes.push(mined.hash);
    }
    return hashes;
  }

  /**
   * Mines one block of exactly these transactions.
   *
   * @returns null when no nonce was found
   */
  async generateBlock(
    script: Uint8Array,
    transactions: readonly BlockTransaction[],
    submit: boolean,
    signal?: AbortSignal,
  ): Promise<Block | null> {
    const { block } = await this.template(script, { transactions });
    const mined = await this.#mine(block, DEFAULT_MAX_TRIES, signal);
    if (mined !== null && submit) await this.#submit(mined);
    return mined;
  }

  async #mine(block: Block, tries: number, signal?: AbortSignal): Promise<Block | null> {
    const signed = this.#parts.signBlock?.(block) ?? block;
    const header = signed.raw.subarray(0, HEADER_SIZE);
    const nonce = await grind(header, signed.header.bits, Math.min(tries, NONCES), signal);
    return nonce === null ? null : withNonce(signed, nonce);
  }

  async #submit(block: Block): Promise<void> {
    const { fault } = await this.#parts.chain.submitBlock(block, { force: true });
    if (fault !== null) throw new BlockRefused(fault);
  }
}
