import type { Network } from "@compeer/protocol/bitcoin/network";
import { networkByName } from "@compeer/protocol/bitcoin/networks/all";
import { Clock } from "../../clock/clock.ts";
import type { BlockFileInfo } from "../../storage/block-file-info.ts";
import { BlockFiles } from "../../storage/block-files.ts";
import { BlockIndexStore } from "../../storage/block-index-store.ts";
import { CoinStore } from "../../storage/coin-store.ts";
import { type FlatFiles, memoryFlatFiles } from "../../storage/flat-files.ts";
import type { Batch, KeyValueStore } from "../../storage/key-value.ts";
import { memoryStore } from "../../storage/memory-store.ts";
import { Chain } from "../chain.ts";
import type { ChainOptions } from "../chain-parts.ts";

export interface DiskOptions {
  readonly network?: Network;
  readonly fastPrune?: boolean;
  /** Small ones tear a flush of the coins into many parts. */
  readonly coinBatchBytes?: number;
}

/**
 * A disk in memory that chains are opened on, one after the other. It can break: after a number of
 * writes each further one fails, and what was written before stays, as when a process is killed.
 */
export class TestDisk {
  readonly network: Network;
  readonly lines: string[] = [];
  readonly flat: FlatFiles = memoryFlatFiles();
  readonly #options: DiskOptions;
  readonly #index = memoryStore();
  readonly #coins = memoryStore();
  /** Writes that will still succeed. */
  writesLeft: number = Number.POSITIVE_INFINITY;
  /** Files that can still be deleted. */
  removesLeft: number = Number.POSITIVE_INFINITY;

  constructor(options: DiskOptions = {}) {
    this.#options = options;
    this.network = options.network ?? networkByName("regtest");
  }

  /** @param info what the index is taken to know of the block files */
  async open(options: ChainOptions = {}, info?: readonly BlockFileInfo[]): Promise<Chain> {
    const index = new BlockIndexStore(this.#breakable(this.#index));
    const note = (text: string): void => void this.lines.push(text);
    return Chain.open(
      {
        network: this.network,
        blockIndex: index,
        blockFiles: new BlockFiles(this.#breakableFiles(), this.network.magic, {
          info: info ?? (options.reindex === true ? [] : await index.files()),
          fastPrune: this.#options.fastPrune ?? false,
        }),
        coinStore: new CoinStore(this.#breakable(this.#coins), this.#options.coinBatchBytes),
        clock: new Clock(),
        log: { info: note, debug: (_, text) => note(text), warning: note, error: note },
      },
      { scriptThreads: 1, assumeValid: null, ...options },
    );
  }

  /** Forgets the coins, or all but the block files, as -reindex-chainstate and -reindex do before they start. */
  async wipe(what: "coins" | "all"): Promise<void> {
    await clear(this.#coins);
    if (what === "all") await clear(this.#index);
  }

  /** True when a log line holds `text`. */
  hasLogged(text: string): boolean {
    return this.lines.some((line) => line.includes(text));
  }

  #spendWrite(): void {
    if (this.writesLeft <= 0) throw new Error("the disk is gone");
    this.writesLeft--;
  }

  #breakable(store: KeyValueStore): KeyValueStore {
    return {
      get: (key) => store.get(key),
      getSync: (key) => store.getSync(key),
      getMany: (keys) => store.getMany(keys),
      batch: () => store.batch(),
      write: async (batch, sync) => {
        this.#spendWrite();
        await store.write(batch, sync);
      },
      entries: (range) => store.entries(range),
      approximateSize: (range) => store.approximateSize(range),
      compact: () => store.compact(),
      close: async () => undefined,
    };
  }

  #breakableFiles(): FlatFiles {
    const { flat } = this;
    return {
      write: (name, at, bytes) => {
        this.#spendWrite();
        flat.write(name, at, bytes);
      },
      read: (name, at, length) => flat.read(name, at, length),
      readSync: (name, length) => flat.readSync(name, length),
      resize: (name, size) => flat.resize(name, size),
      size: (name) => flat.size(name),
      sync: (name) => flat.sync(name),
      remove: (name) => {
        if (this.removesLeft-- <= 0) throw new Error("the disk is gone");
        flat.remove(name);
      },
      names: () => flat.names(),
      path: (name) => flat.path(name),
      freeBytes: () => flat.freeBytes(),
      close: () => undefined,
    };
  }
}

async function clear(store: KeyValueStore): Promise<void> {
  const batch: Batch = store.batch();
  for await (const [key] of store.entries({})) batch.delete(key);
  await store.write(batch, true);
}
