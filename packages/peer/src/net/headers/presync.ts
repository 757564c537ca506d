import { randomBytes, randomInt } from "node:crypto";
import type { BlockHeader } from "@compeer/protocol/bitcoin/header";
import type { Network } from "@compeer/protocol/bitcoin/network";
import { equalBytes } from "@compeer/protocol/bytes/compare";
import { Reader } from "@compeer/protocol/bytes/reader";
import { blockWork, isPermittedTransition } from "@compeer/protocol/consensus/difficulty";
import { SipHasher } from "@compeer/protocol/crypto/sip-hash";
import { MAX_HEADERS } from "@compeer/protocol/wire/headers-message";
import type { BlockNode } from "../../chain/block-node.ts";
import { BitQueue } from "./bit-queue.ts";
import { HeaderQueue } from "./header-queue.ts";

/** Seconds that a header may lie ahead of our clock. */
const MAX_FUTURE = 2 * 60 * 60;
/** No chain can have more headers a second for long: the median time has to grow. */
const MAX_RATE = 6;

interface Terms {
  readonly network: Network;
  /** Where the peer's headers leave our tree. */
  readonly start: BlockNode;
  /** The least work that is worth storing. */
  readonly wantedWork: bigint;
  /** Our clock, seconds since 1970. */
  readonly now: number;
}

/** What came of a message of headers. */
interface Step {
  /** They may be stored: the chain they lead to has enough work. */
  readonly headers: readonly BlockHeader[];
  /** Why the sync ends before it reached its goal; null while all is well. */
  readonly aborted: string | null;
  /** False when the headers were none of this sync, or broke its rules. */
  readonly isGood: boolean;
  readonly wantsMore: boolean;
}

/**
 * Headers of a chain that has too little work so far. They are asked for twice: first to add up their
 * work, keeping a secret bit of one in some hundreds; when there is enough, again, and then they must
 * show the same bits. So a long chain of cheap headers takes no memory. Core: HeadersSyncState.
 */
export class HeadersPresync {
  readonly #network: Network;
  readonly #start: BlockNode;
  readonly #wantedWork: bigint;
  readonly #offset: number;
  readonly #maxCommitments: number;
  readonly #commitments = new BitQueue();
  readonly #hasher: SipHasher;
  #work: bigint;
  #height: number;
  #lastHash: Uint8Array;
  #lastBits: number;
  #workEach = 0n;
  #lastTime: number;
  /** Null in the first pass. */
  #second: SecondPass | null = null;

  constructor({ network, start, wantedWork, now }: Terms) {
    const { commitmentPeriod } = network.headersSync;
    const keys = new Reader(randomBytes(16));
    this.#network = network;
    this.#start = start;
    this.#wantedWork = wantedWork;
    this.#offset = randomInt(commitmentPeriod);
    const seconds = now - start.medianTimePast + MAX_FUTURE;
    this.#maxCommitments = Math.floor((MAX_RATE * seconds) / commitmentPeriod);
    this.#hasher = new SipHasher(keys.u64big(), keys.u64big());
    this.#work = start.chainWork;
    this.#height = start.height;
    this.#lastHash = start.hash;
    this.#lastBits = start.bits;
    this.#lastTime = start.time;
  }

  /** Height that the first pass has reached; null in the second. */
  get presyncedHeight(): number | null {
    return this.#second === null ? this.#height : null;
  }

  /** Time of the last header of the first pass. */
  get lastTime(): number {
    return this.#lastTime;
  }

  /** The header behind which to ask for more. */
  get lastHash(): Uint8Array {
    return this.#second?.lastHash ?? this.#lastHash;
  }

  get start(): BlockNode {
    return this.#start;
  }

  /** Takes headers that follow each other and have the work they claim. Core: ProcessNextHeaders. */
  take(headers: readonly BlockHeader[]): Step {
    const isFull = headers.length === MAX_HEADERS;
    return this.#second === null
      ? this.#takeFirst(headers, isFull)
      : this.#takeSecond(this.#second, headers, isFull);
  }

  #takeFirst(headers: readonly BlockHeader[], isFull: boolean): Step {
    const [first] = headers;
    if (first === undefined || !equalBytes(first.prevHash, this.#lastHash))
      return giveUp(`non-continuous headers at height=${this.#height} (presync phase)`);
    for (const header of headers) {
      const fault = this.#count(header);
      if (fault !== null) return giveUp(fault);
    }
    if (this.#work < this.#wantedWork)
      return isFull ? goOn([]) : incomplete([], `height=${this.#height} (presync phase)`);
    this.#second = new SecondPass(this.#start, this.#network.headersSync.redownloadBufferSize);
    return goOn([]);
  }

  #count(header: BlockHeader): string | null {
    const height = this.#height + 1;
    if (!isPermittedTransition(this.#network, height, this.#lastBits, header.bits))
      return `invalid difficulty transition at height=${height} (presync phase)`;
    if (this.#isCommitted(height)) {
      this.#commitments.push(this.#bit(header));
      if (this.#commitments.length > this.#maxCommitments)
        return `exceeded max commitments at height=${height} (presync phase)`;
    }
    // Bits change once in two weeks of blocks: most headers need no division.
    if (header.bits !== this.#lastBits || this.#workEach === 0n)
      this.#workEach = blockWork(header.bits);
    this.#work += this.#workEach;
    this.#height = height;
    this.#lastHash = header.hash;
    this.#lastBits = header.bits;
    this.#lastTime = header.time;
    return null;
  }

  #isCommitted(height: number): boolean {
    return height % this.#network.headersSync.commitmentPeriod === this.#offset;
  }

  #bit(header: BlockHeader): number {
    return this.#hasher.hash(header.hash).low & 1;
  }

  #takeSecond(second: SecondPass, headers: readonly BlockHeader[], isFull: boolean): Step {
    for (const header of headers) {
      const fault = this.#compare(second, header);
      if (fault !== null) return giveUp(fault);
    }
    const ready = second.release();
    if (second.isProven) return { headers: ready, aborted: null, isGood: true, wantsMore: false };
    return isFull ? goOn(ready) : incomplete(ready, `height=${second.height} (redownload phase)`);
  }

  #compare(second: SecondPass, header: BlockHeader): string | null {
    const height = second.height + 1;
    const where = `at height=${height} (redownload phase)`;
    if (!equalBytes(header.prevHash, second.lastHash)) return `non-continuous headers ${where}`;
    if (!isPermittedTransition(this.#network, height, second.lastBits, header.bits))
      return `invalid difficulty transition ${where}`;
    second.add(header, this.#wantedWork);
    if (second.isProven || !this.#isCommitted(height)) return null;
    if (this.#commitments.length === 0) return `commitment overrun ${where}`;
    return this.#commitments.shift() === this.#bit(header) ? null : `commitment mismatch ${where}`;
  }
}

/** Headers that came again and wait until enough bits above them were right. */
class SecondPass {
  readonly #queue: HeaderQueue;
  readonly #bufferSize: number;
  #releasedHash: Uint8Array;
  #work: bigint;
  lastHash: Uint8Array;
  lastBits: number;
  height: number;
  /** The wanted work was reached: what waits is released, what comes is not compared any more. */
  isProven = false;

  constructor(start: BlockNode, bufferSize: number) {
    this.#queue = new HeaderQueue(bufferSize + MAX_HEADERS);
    this.#bufferSize = bufferSize;
    this.#releasedHash = start.hash;
    this.#work = start.chainWork;
    this.lastHash = start.hash;
    this.lastBits = start.bits;
    this.height = start.height;
  }

  add(header: BlockHeader, wantedWork: bigint): void {
    this.#work += blockWork(header.bits);
    if (this.#work >= wantedWork) this.isProven = true;
    this.#queue.push(header);
    this.lastHash = header.hash;
    this.lastBits = header.bits;
    this.height++;
  }

  release(): BlockHeader[] {
    const headers: BlockHeader[] = [];
    const keep = this.isProven ? 0 : this.#bufferSize;
    while (this.#queue.length > keep) {
      const header = this.#queue.shift(this.#releasedHash);
      this.#releasedHash = header.hash;
      headers.push(header);
    }
    return headers;
  }
}

function goOn(headers: readonly BlockHeader[]): Step {
  return { headers, aborted: null, isGood: true, wantsMore: true };
}

/** The peer has no more, and it was not enough. */
function incomplete(headers: readonly BlockHeader[], where: string): Step {
  const aborted = `incomplete headers message at ${where}`;
  return { headers, aborted, isGood: true, wantsMore: false };
}

function giveUp(aborted: string): Step {
  return { headers: [], aborted, isGood: false, wantsMore: false };
}
