import type { CoinEntry } from "../storage/coin-store.ts";

interface CoinSource {
  entries(): AsyncIterable<CoinEntry>;
}

/** Begins to read all coins: the store takes its snapshot with the first, and later writes do not show. */
export async function snapshotCoins(coins: CoinSource): Promise<AsyncIterableIterator<CoinEntry>> {
  const entries = coins.entries()[Symbol.asyncIterator]();
  const first = entries.next();
  await Promise.allSettled([first]); // a coin that cannot be read is the reader's matter, not the chain's
  return joined(first, entries);
}

async function* joined(
  first: Promise<IteratorResult<CoinEntry>>,
  rest: AsyncIterator<CoinEntry>,
): AsyncIterableIterator<CoinEntry> {
  try {
    for (let entry = await first; entry.done !== true; entry = await rest.next()) yield entry.value;
  } finally {
    await rest.return?.();
  }
}
