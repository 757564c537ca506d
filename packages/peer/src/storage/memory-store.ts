import { hashKey, keyHash } from "@compeer/protocol/bytes/hash";
import type { Batch, KeyRange, KeyValueStore } from "./key-value.ts";

/** A store that lives as long as the process: for tests and for peers without a disk. */
export function memoryStore(): KeyValueStore {
  return new MemoryStore();
}

class MemoryStore implements KeyValueStore {
  readonly #values = new Map<string, Uint8Array>();

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.getSync(key);
  }

  getSync(key: Uint8Array): Uint8Array | undefined {
    return this.#values.get(textOf(key));
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return keys.map((key) => this.getSync(key));
  }

  batch(): Batch {
    return new MemoryBatch();
  }

  async write(batch: Batch, _sync: boolean): Promise<void> {
    for (const [key, value] of (batch as MemoryBatch).changes)
      if (value === null) this.#values.delete(key);
      else this.#values.set(key, value);
  }

  async *entries(range: KeyRange): AsyncIterable<[Uint8Array, Uint8Array]> {
    const found = [...this.#values].filter(([key]) => isWithin(key, range));
    found.sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [key, value] of found) yield [keyHash(key), value];
  }

  async approximateSize(range: Required<KeyRange>): Promise<number> {
    let size = 0;
    for (const [key, value] of this.#values)
      if (isWithin(key, range)) size += key.length + value.length;
    return size;
  }

  async compact(): Promise<void> {}

  async close(): Promise<void> {}
}

class MemoryBatch implements Batch {
  readonly changes = new Map<string, Uint8Array | null>();
  size = 0;

  put(key: Uint8Array, value: Uint8Array): void {
    this.changes.set(textOf(key), new Uint8Array(value));
    this.size += key.length + value.length;
  }

  delete(key: Uint8Array): void {
    this.changes.set(textOf(key), null);
    this.size += key.length;
  }
}

/** Latin-1 text of a key: it sorts as the bytes do. */
function textOf(key: Uint8Array): string {
  return hashKey(key);
}

function isWithin(key: string, { gte, lt }: KeyRange): boolean {
  return (gte === undefined || key >= textOf(gte)) && (lt === undefined || key < textOf(lt));
}
