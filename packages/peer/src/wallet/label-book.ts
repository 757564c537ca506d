/** What an address is for. */
export type Purpose = "receive" | "send";

export interface AddressEntry {
  /** Null for a change address that only carries other data. */
  readonly label: string | null;
  readonly purpose: Purpose | null;
  /** True when a coin of it was spent (avoid_reuse). */
  readonly isUsed: boolean;
}

/** Where the entries are kept. */
export interface AddressStore {
  putAddress(address: string, entry: AddressEntry): void;
  deleteAddress(address: string): void;
}

/** Addresses with what the owner calls them. Core: CWallet::m_address_book. */
export class LabelBook {
  readonly #store: AddressStore;
  readonly #entries: Map<string, AddressEntry>;

  constructor(store: AddressStore, entries: ReadonlyMap<string, AddressEntry>) {
    this.#store = store;
    this.#entries = new Map(entries);
  }

  /** The label of an address that has an entry, which may be empty. */
  get(address: string): string | undefined {
    return this.#entries.get(address)?.label ?? undefined;
  }

  purpose(address: string): Purpose | null {
    return this.#entries.get(address)?.purpose ?? null;
  }

  /** Address and entry of those with a label, in the order of the addresses' text. */
  entries(): readonly (readonly [string, { label: string; purpose: Purpose | null }])[] {
    const labelled: [string, { label: string; purpose: Purpose | null }][] = [];
    for (const [address, { label, purpose }] of this.#entries)
      if (label !== null) labelled.push([address, { label, purpose }]);
    return labelled.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Names an address; without a purpose it keeps the one it has. It is on disk when this resolves. */
  async set(address: string, label: string, purpose?: Purpose): Promise<void> {
    this.put(address, label, purpose);
  }

  /** As `set`, inside of a change that is being stored. */
  put(address: string, label: string, purpose?: Purpose): void {
    const known = this.#entries.get(address);
    this.#write(address, {
      label,
      purpose: purpose ?? known?.purpose ?? null,
      isUsed: known?.isUsed ?? false,
    });
  }

  async delete(address: string): Promise<void> {
    this.#store.deleteAddress(address);
    this.#entries.delete(address);
  }

  isUsed(address: string): boolean {
    return this.#entries.get(address)?.isUsed ?? false;
  }

  /** Notes that a coin of an address was spent. */
  markUsed(address: string): void {
    const known = this.#entries.get(address) ?? { label: null, purpose: null, isUsed: false };
    if (!known.isUsed) this.#write(address, { ...known, isUsed: true });
  }

  #write(address: string, entry: AddressEntry): void {
    this.#store.putAddress(address, entry);
    this.#entries.set(address, entry);
  }
}
