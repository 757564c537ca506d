/** Changes that are written together or not at all. */
export interface Batch {
  /** The bytes are copied: both arrays may be used again at once. */
  put(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): void;
  /** Roughly the bytes it will take in the log. */
  readonly size: number;
}

/** Keys from `gte` on and below `lt`, in byte order. */
export interface KeyRange {
  readonly gte?: Uint8Array;
  readonly lt?: Uint8Array;
}

/** An ordered map of bytes on disk, or in memory for tests and peers without a disk. */
export interface KeyValueStore {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  getSync(key: Uint8Array): Uint8Array | undefined;
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>;
  batch(): Batch;
  /**
   * Writes a batch of this store's own making; each can be written once.
   *
   * @param sync true to wait until the disk has it
   * @throws DiskSpaceError before anything is written when the disk is nearly full
   */
  write(batch: Batch, sync: boolean): Promise<void>;
  /** What the store holds now, in key order; later writes do not show. */
  entries(range: KeyRange): AsyncIterable<[Uint8Array, Uint8Array]>;
  /** Rough bytes on disk of a range. */
  approximateSize(range: Required<KeyRange>): Promise<number>;
  /** Merges all tables. */
  compact(): Promise<void>;
  close(): Promise<void>;
}
