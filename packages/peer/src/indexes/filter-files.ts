import { equalBytes } from "@compeer/protocol/bytes/compare";
import { DecodeError } from "@compeer/protocol/bytes/decode-error";
import { Reader } from "@compeer/protocol/bytes/reader";
import { compactSizeLength, Writer } from "@compeer/protocol/bytes/writer";
import { filterHash } from "@compeer/protocol/filters/basic-filter";
import type { FlatFiles } from "../storage/flat-files.ts";

/** Core: MAX_FLTR_FILE_SIZE in src/index/blockfilterindex.cpp. */
const MAX_FILE = 16 << 20;
/** More than most filters take: one read is enough for them. */
const FIRST_READ = 32 << 10;
const HASH_SIZE = 32;

export interface FilterPosition {
  readonly file: number;
  readonly offset: number;
}

/** The `fltr` files: behind a block's hash the filter, one after the other. */
export class FilterFiles {
  readonly #files: FlatFiles;
  readonly #unsynced = new Set<string>();
  #next: FilterPosition;

  /** @param next where the next filter goes */
  constructor(files: FlatFiles, next: FilterPosition) {
    this.#files = files;
    this.#next = next;
  }

  get next(): FilterPosition {
    return this.#next;
  }

  /** @throws DiskSpaceError when the disk is full */
  append(blockHash: Uint8Array, filter: Uint8Array): FilterPosition {
    const size = HASH_SIZE + compactSizeLength(filter.length) + filter.length;
    if (this.#next.offset + size > MAX_FILE) this.#next = { file: this.#next.file + 1, offset: 0 };
    const at = this.#next;
    const name = fileName(at.file);
    this.#files.write(
      name,
      at.offset,
      new Writer(size).raw(blockHash).compactSize(filter.length).raw(filter).finish(),
    );
    this.#unsynced.add(name);
    this.#next = { file: at.file, offset: at.offset + size };
    return at;
  }

  /** @throws DecodeError when what stands there is not the filter with this hash */
  async read({ file, offset }: FilterPosition, hash: Uint8Array): Promise<Uint8Array> {
    const name = fileName(file);
    let bytes = await this.#files.read(name, offset, FIRST_READ);
    const reader = new Reader(bytes);
    reader.take(HASH_SIZE);
    const length = reader.compactSize();
    const start = reader.position;
    if (start + length > bytes.length && bytes.length === FIRST_READ)
      bytes = await this.#files.read(name, offset, start + length);
    const filter = bytes.subarray(start, start + length);
    if (!equalBytes(filterHash(filter), hash))
      throw new DecodeError(`damaged filter in ${this.#files.path(name)}`);
    return filter;
  }

  async close(): Promise<void> {
    for (const name of this.#unsynced) await this.#files.sync(name);
    this.#files.close();
  }
}

function fileName(file: number): string {
  return `fltr${String(file).padStart(5, "0")}.dat`;
}
