import { formatHash } from "@compeer/protocol/bytes/hash";
import { BASIC_FILTER, NO_FILTER_HEADER } from "@compeer/protocol/filters/basic-filter";
import {
  decodeFilterCheckpoints,
  decodeFilterRange,
  encodeFilter,
  encodeFilterCheckpoints,
  encodeFilterHeaders,
  type FilterRangeQuestion,
} from "@compeer/protocol/wire/filter-messages";
import type { BlockNode } from "../chain/block-node.ts";
import type { BlockService } from "./block-service.ts";
import type { Judge } from "./judge.ts";
import type { NetFilters, NetParts } from "./net-parts.ts";
import type { Peer } from "./peer.ts";

/** What one question may ask for (BIP157). Core: MAX_GETCFILTERS_SIZE, MAX_GETCFHEADERS_SIZE. */
const MAX_FILTERS = 1000;
const MAX_FILTER_HEADERS = 2000;
const CHECKPOINT_INTERVAL = 1000;

/** The commands that it answers. */
export type FilterCommand = "getcfilters" | "getcfheaders" | "getcfcheckpt";

interface ServiceParts extends NetParts {
  readonly judge: Judge;
  readonly blocks: Pick<BlockService, "mayServe">;
}

/** A question that is in order, and what answers it. */
interface Answerable {
  readonly question: FilterRangeQuestion;
  readonly stop: BlockNode;
  readonly filters: NetFilters;
}

/** Serves block filters, their headers and checkpoints (BIP157), where they are indexed and offered. */
export class FilterService {
  readonly #parts: ServiceParts;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
  }

  /** @throws DecodeError when the question does not decode */
  async serve(peer: Peer, command: FilterCommand, payload: Uint8Array): Promise<void> {
    switch (command) {
      case "getcfilters": {
        const found = this.#prepare(peer, decodeFilterRange(payload), MAX_FILTERS);
        if (found !== null) await this.#filters(peer, found);
        return;
      }
      case "getcfheaders": {
        const found = this.#prepare(peer, decodeFilterRange(payload), MAX_FILTER_HEADERS);
        if (found !== null) await this.#headers(peer, found);
        return;
      }
      case "getcfcheckpt": {
        const question = decodeFilterCheckpoints(payload);
        const found = this.#prepare(peer, question, Number.POSITIVE_INFINITY);
        if (found !== null) await this.#checkpoints(peer, found);
      }
    }
  }

  /** Core: PrepareBlockFilterRequest. */
  #prepare(peer: Peer, question: FilterRangeQuestion, most: number): Answerable | null {
    const { filters, chain, blocks, judge } = this.#parts;
    const refuse = (why: string): null => {
      judge.disconnect(peer, why);
      return null;
    };
    const { filterType, startHeight } = question;
    if (filters === null || filterType !== BASIC_FILTER)
      return refuse(`peer requested unsupported block filter type: ${filterType}`);
    const stop = chain.node(question.stop);
    if (stop === null || !blocks.mayServe(stop))
      return refuse(`peer requested invalid block hash: ${formatHash(question.stop)}`);
    if (startHeight > stop.height)
      return refuse(
        `peer sent invalid getcfilters/getcfheaders with start height ${startHeight} and stop height ${stop.height}`,
      );
    const count = stop.height - startHeight + 1;
    if (count > most)
      return refuse(`peer requested too many cfilters/cfheaders: ${count} / ${most}`);
    return { question, stop, filters };
  }

  /** One after the other, and no faster than the peer takes them in. */
  async #filters(peer: Peer, { question, stop, filters }: Answerable): Promise<void> {
    for (const node of range(question.startHeight, stop)) {
      const filter = await filters.filter(node);
      if (filter === null) return this.#missing(node);
      if (peer.connection.isSendBufferFull) await peer.connection.drained();
      if (peer.connection.isClosed) return;
      const payload = encodeFilter(question.filterType, node.hash, filter);
      peer.connection.sendPayload("cfilter", payload);
    }
  }

  async #headers(peer: Peer, { question, stop, filters }: Answerable): Promise<void> {
    const before = stop.ancestor(question.startHeight - 1);
    const previous = before === null ? NO_FILTER_HEADER : (await filters.record(before))?.header;
    if (previous === undefined) return this.#missing(before ?? stop);
    const hashes: Uint8Array[] = [];
    for (const node of range(question.startHeight, stop)) {
      const record = await filters.record(node);
      if (record === null) return this.#missing(node);
      hashes.push(record.hash);
    }
    peer.connection.sendPayload("cfheaders", encodeFilterHeaders(question, previous, hashes));
  }

  async #checkpoints(peer: Peer, { question, stop, filters }: Answerable): Promise<void> {
    const headers: Uint8Array[] = [];
    for (let height = CHECKPOINT_INTERVAL; height <= stop.height; height += CHECKPOINT_INTERVAL) {
      const record = await filters.record(stop.ancestor(height) as BlockNode);
      if (record === null) return this.#missing(stop);
      headers.push(record.header);
    }
    peer.connection.sendPayload("cfcheckpt", encodeFilterCheckpoints(question, headers));
  }

  /** The index is still on its way there: no answer, as in Core. */
  #missing(node: BlockNode): void {
    this.#parts.log.debug("net", `Failed to find block filter in index: height=${node.height}`);
  }
}

/** The blocks from `startHeight` to `stop`, in order. */
function* range(startHeight: number, stop: BlockNode): Iterable<BlockNode> {
  for (let height = startHeight; height <= stop.height; height++)
    yield stop.ancestor(height) as BlockNode;
}
