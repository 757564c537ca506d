import type { ProjectedBlock } from "../../mempool/best-chunks.ts";
import type { Mempool } from "../../mempool/mempool.ts";
import type { EntryChunk, MempoolEntry } from "../../mempool/mempool-entry.ts";

/** Blocks that are looked ahead. */
export const MOST_BLOCKS = 8;
/** Weight that a block may lack and still be full: what comes next is too large for the rest. */
const NEARLY_FULL = 0.97;
/** At most this share of the time goes into looking ahead. */
const SHARE = 0.05;

/** A block that the mempool would fill; sizes in vbytes, rates in satoshis a vbyte. */
export interface ProjectedJson {
  readonly [key: string]: number;
  readonly weight: number;
  readonly vsize: number;
  readonly fees: number;
  readonly txcount: number;
  readonly minrate: number;
  readonly medianrate: number;
  readonly maxrate: number;
}

/** Rates in satoshis a vbyte with which a transaction is in one of the next blocks. */
export interface FeesJson {
  readonly [key: string]: number;
  readonly minimum: number;
  readonly next1: number;
  readonly next2: number;
  readonly next3: number;
  readonly next6: number;
}

/** The next blocks as our own mempool would fill them, worked out when somebody asks and something changed. */
export class Projection {
  readonly #mempool: Mempool;
  readonly #room: number;
  #blocks: readonly ProjectedBlock[] = [];
  #updates = -1;
  #restUntilMs = 0;

  /** @param room weight for transactions in a block */
  constructor(mempool: Mempool, room: number) {
    this.#mempool = mempool;
    this.#room = room;
  }

  /** Changes when the blocks would be others. */
  get version(): number {
    return this.#mempool.updates;
  }

  /** Of a large mempool this may be a moment old. */
  blocks(): readonly ProjectedBlock[] {
    const started = performance.now();
    if (this.#updates === this.version || started < this.#restUntilMs) return this.#blocks;
    this.#updates = this.version;
    this.#blocks = this.#mempool.projectedBlocks(this.#room, MOST_BLOCKS);
    const ended = performance.now();
    this.#restUntilMs = ended + (ended - started) / SHARE;
    return this.#blocks;
  }

  /** The rate that is the least anybody takes. */
  get minimum(): number {
    const { minFeeRate, options } = this.#mempool;
    return round(Math.max(minFeeRate, options.minRelayRate) / 1000);
  }

  fees(): FeesJson {
    const [next1, next2, next3, , , next6] = [0, 1, 2, 3, 4, 5].map((index) =>
      this.#rateFor(index),
    );
    const { minimum } = this;
    return {
      minimum,
      next1: next1 ?? minimum,
      next2: next2 ?? minimum,
      next3: next3 ?? minimum,
      next6: next6 ?? minimum,
    };
  }

  /** To be in a block that is full one must pay more than the last in it. */
  #rateFor(index: number): number {
    const blocks = this.blocks();
    const block = blocks[index];
    if (block === undefined) return this.minimum;
    const isFull = index < blocks.length - 1 || block.weight > this.#room * NEARLY_FULL;
    if (!isFull) return this.minimum;
    return Math.max(this.minimum, Math.ceil((rateOf(block.chunks.at(-1)) + 0.001) * 100) / 100);
  }
}

/** A projected block without its transactions. */
export function projectedJson({ weight, fees, chunks }: ProjectedBlock): ProjectedJson {
  let txcount = 0;
  for (const { members } of chunks) txcount += members.length;
  return {
    weight,
    vsize: Math.ceil(weight / 4),
    fees,
    txcount,
    minrate: rateOf(chunks.at(-1)),
    medianrate: rateOf(middle(chunks, weight)),
    maxrate: rateOf(chunks[0]),
  };
}

/** Its transactions in the order of the block, each with the rate of what it is mined with. */
export function projectedEntries({
  chunks,
}: ProjectedBlock): readonly { entry: MempoolEntry; rate: number }[] {
  return chunks.flatMap((chunk) => chunk.members.map((entry) => ({ entry, rate: rateOf(chunk) })));
}

/** The chunk in which half of the weight is reached. */
function middle(chunks: readonly EntryChunk[], weight: number): EntryChunk | undefined {
  let passed = 0;
  return chunks.find((chunk) => {
    passed += chunk.size;
    return passed * 2 >= weight;
  });
}

/** Satoshis a vbyte; the sizes of chunks are weights. */
function rateOf(chunk: EntryChunk | undefined): number {
  return chunk === undefined ? 0 : round((chunk.fee * 4) / chunk.size);
}

function round(rate: number): number {
  return Math.round(rate * 1000) / 1000;
}
