import type { Network } from "@compeer/protocol/bitcoin/network";
import type { ChainPoint } from "@compeer/protocol/consensus/chain-point";
import type { JsonText } from "@compeer/protocol/rpc/json";
import { OP_1 } from "@compeer/protocol/script/opcodes";
import { Background, type RunSteps, runAtOnce } from "./steps.ts";
import type { BlockTemplate } from "./template.ts";
import { templateScale } from "./template-json.ts";
import { TemplateTransactions } from "./template-transactions.ts";

/** A template stays for so many seconds although transactions came. Core: getblocktemplate. */
const LIFE = 5;

/** Any script will do: callers of `getblocktemplate` make their own coinbase. */
const PLACEHOLDER = Uint8Array.of(OP_1);

const NEVER: AbortSignal = new AbortController().signal;

/** What templates are made of; `Chain`, `Mempool`, `Miner` and `Clock` have it. */
export interface CurrentTemplateParts {
  readonly chain: { readonly network: Network; readonly tip: ChainPoint };
  readonly mempool: {
    readonly updates: number;
    settled(): Promise<void>;
    prepareClusters(): Generator<void, void>;
  };
  readonly miner: {
    template(script: Uint8Array, how: { readonly run: RunSteps }): Promise<BlockTemplate>;
  };
  readonly clock: { now(): number; steadyMs(): number };
}

export interface MadeTemplate {
  readonly template: BlockTemplate;
  /** Of the template, as `getblocktemplate` gives them: megabytes that are written once. */
  readonly transactions: JsonText;
  /** Seconds since 1970. */
  readonly madeAt: number;
  /** The mempool's `updates` then. */
  readonly madeFrom: number;
}

/** The template that callers are given: made when they ask, or ahead of that in the background. */
export class CurrentTemplate {
  readonly #parts: CurrentTemplateParts;
  readonly #transactions = new TemplateTransactions();
  #made: MadeTemplate | null = null;
  #madeAtMs: number = Number.NEGATIVE_INFINITY;
  #making: { readonly work: Background; readonly made: Promise<MadeTemplate> } | null = null;

  constructor(parts: CurrentTemplateParts) {
    this.#parts = parts;
  }

  /** The mempool's `updates` that the last template was made from. */
  get madeFrom(): number {
    return this.#made?.madeFrom ?? 0;
  }

  /** When the last template was made, by the steady clock. */
  get madeAtMs(): number {
    return this.#madeAtMs;
  }

  /** True while the last template is for the tip; it may lack what came to the mempool since. */
  get isForTip(): boolean {
    return this.#made !== null && this.#made.template.parent === this.#parts.chain.tip;
  }

  /** How often the mempool has changed since. */
  get changes(): number {
    return this.#parts.mempool.updates - this.madeFrom;
  }

  /** True while a new template would be the same. */
  get isLatest(): boolean {
    return this.isForTip && this.changes === 0;
  }

  /**
   * A template for the tip, at most `LIFE` seconds older than the mempool.
   *
   * @throws TemplateRefused when the block would not connect
   */
  async get(): Promise<MadeTemplate> {
    const { mempool, clock } = this.#parts;
    for (;;) {
      await mempool.settled();
      const made = this.#made;
      if (made !== null && (this.isLatest || (this.isForTip && clock.now() - made.madeAt <= LIFE)))
        return made;
      if (this.#making === null) return this.#begin(hurried());
      this.#making.work.hurry();
      // What goes wrong there goes wrong again for who asks, and is told here.
      await this.#making.made.catch(() => undefined);
    }
  }

  /**
   * Makes a new template in the background, in short steps.
   *
   * @returns the milliseconds that it took at most: neither those that others had between two steps nor
   *   those in which the process did not run
   * @throws the reason of the signal, TemplateRefused
   */
  async renew(signal: AbortSignal): Promise<number> {
    if (this.#making !== null) return 0;
    const work = new Background(signal);
    const start = performance.now();
    const cpu = process.cpuUsage();
    await this.#begin(work);
    const { user, system } = process.cpuUsage(cpu);
    return Math.min(performance.now() - start - work.restedMs, (user + system) / 1000);
  }

  #begin(work: Background): Promise<MadeTemplate> {
    const made = this.#make(work).finally(() => {
      this.#making = null;
    });
    this.#making = { work, made };
    return made;
  }

  async #make(work: Background): Promise<MadeTemplate> {
    const { chain, mempool, miner, clock } = this.#parts;
    const run: RunSteps = work.isHurried ? runAtOnce : (steps) => work.run(steps);
    if (!work.isHurried) await run(mempool.prepareClusters());
    await mempool.settled();
    const madeAt = clock.now();
    const madeAtMs = clock.steadyMs();
    const madeFrom = mempool.updates;
    const template = await miner.template(PLACEHOLDER, { run });
    const scale = templateScale(template, chain.network);
    const transactions = await run(this.#transactions.write(template, scale));
    this.#made = { template, transactions, madeAt, madeFrom };
    this.#madeAtMs = madeAtMs;
    return this.#made;
  }
}

function hurried(): Background {
  const work = new Background(NEVER);
  work.hurry();
  return work;
}
