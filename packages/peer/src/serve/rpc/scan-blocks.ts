import { formatHash } from "@compeer/protocol/bytes/hash";
import { decodeHex, encodeHex } from "@compeer/protocol/bytes/hex";
import { BASIC_FILTER_NAME, filteredScripts } from "@compeer/protocol/filters/basic-filter";
import { matchesGolombFilter } from "@compeer/protocol/filters/golomb-filter";
import { type JsonObject, type JsonOut, member } from "@compeer/protocol/rpc/json";
import { RpcError, RpcErrorCode } from "@compeer/protocol/rpc/rpc-error";
import type { BlockNode } from "../../chain/block-node.ts";
import type { Chain } from "../../chain/chain.ts";
import type { BlockFilterIndex } from "../../indexes/block-filter-index.ts";
import type { Indexes } from "../../indexes/indexes.ts";
import type { Params } from "./params.ts";
import { scanScripts } from "./scan-objects.ts";
import { TimeSlice } from "./time-slice.ts";

/** What is looked for, and where. */
interface Search {
  readonly index: BlockFilterIndex;
  readonly scripts: ReadonlyMap<string, string>;
  readonly items: readonly Uint8Array[];
  readonly first: number;
  readonly last: number;
  /** Blocks that match by chance are read and left out. */
  readonly isExact: boolean;
}

/** One scan over the block filters at a time, which can be watched and ended. Core: scanblocks. */
export class BlockScanner {
  readonly #chain: Chain;
  readonly #indexes: Indexes;
  #at: { height: number; percent: number } | null = null;
  #isAborted = false;

  constructor(chain: Chain, indexes: Indexes) {
    this.#chain = chain;
    this.#indexes = indexes;
  }

  get progress(): JsonOut {
    return this.#at && { progress: this.#at.percent, current_height: this.#at.height };
  }

  abort(): boolean {
    this.#isAborted = true;
    return this.#at !== null;
  }

  async start(params: Params, signal: AbortSignal): Promise<JsonOut> {
    if (this.#at !== null)
      throw new RpcError(
        RpcErrorCode.invalidParameter,
        'Scan already in progress, use action "abort" or "status"',
      );
    this.#at = { height: 0, percent: 0 };
    this.#isAborted = false;
    try {
      return await this.#scan(await this.#search(params), signal);
    } finally {
      this.#at = null;
    }
  }

  async #search(params: Params): Promise<Search> {
    const type = params.optionalText("filtertype") ?? BASIC_FILTER_NAME;
    if (type !== BASIC_FILTER_NAME)
      throw new RpcError(RpcErrorCode.invalidAddressOrKey, "Unknown filtertype");
    const index = this.#indexes.blockFilters;
    if (index === null) throw misc(`Index is not enabled for filtertype ${type}`);
    const first = params.optionalInt("start_height") ?? 0;
    if (this.#chain.at(first) === null) throw misc("Invalid start_height");
    const last = params.optionalInt("stop_height") ?? this.#chain.tip.height;
    if (last < first || this.#chain.at(last) === null) throw misc("Invalid stop_height");
    const scripts = await scanScripts(params.array("scanobjects"), this.#chain.network);
    const items = [...scripts.keys()].map(decodeHex);
    return {
      index,
      scripts,
      items,
      first,
      last,
      isExact: isExact(params.optionalObject("options")),
    };
  }

  async #scan(search: Search, signal: AbortSignal): Promise<JsonOut> {
    const { first, last } = search;
    const blocks: string[] = [];
    const slice = new TimeSlice();
    let height = first;
    for (; height <= last && !this.#isAborted; height++) {
      if (signal.aborted) throw misc("Shutting down");
      const percent = last === first ? 100 : Math.floor((100 * (height - first)) / (last - first));
      this.#at = { height, percent };
      const node = this.#chain.at(height);
      if (node !== null && (await this.#matches(search, node))) blocks.push(formatHash(node.hash));
      await slice.rest();
    }
    return {
      from_height: first,
      to_height: Math.max(first, height - 1),
      relevant_blocks: blocks,
      completed: !this.#isAborted,
    };
  }

  async #matches({ index, items, scripts, isExact }: Search, node: BlockNode): Promise<boolean> {
    const filter = await index.filter(node);
    if (filter === null || !matchesGolombFilter(filter, node.hash, items)) return false;
    if (!isExact) return true;
    const block = await this.#chain.block(node);
    if (block === null) throw misc("Block not available");
    const spent = node.height === 0 ? null : await this.#chain.readSpent(node, block);
    return filteredScripts(block, spent).some((script) => scripts.has(encodeHex(script)));
  }
}

function isExact(options: JsonObject | undefined): boolean {
  return options !== undefined && member(options, "filter_false_positives") === true;
}

function misc(text: string): RpcError {
  return new RpcError(RpcErrorCode.misc, text);
}
