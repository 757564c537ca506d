import { isMoney } from "../bitcoin/amount.ts";
import type { Block } from "../bitcoin/block.ts";
import { SpentCoins } from "../bitcoin/spent-coins.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeHex } from "../bytes/hex.ts";

const MAX_HEIGHT = 0x7fffffff;

/**
 * The coins that a block's inputs spend, from JSON: an object whose `spent` is an array with one
 * `[satoshis, script in hex, height or null, true for a coinbase's coin or null]` an input, in order,
 * those of the coinbase left out; or that array alone. Where the height is null the coin counts as old, where the last is
 * null as no coinbase's: rules that ask for them then find nothing to refuse.
 *
 * @throws DecodeError on any other text, naming the entry
 */
export function parseSpentCoins(text: string, block: Block): SpentCoins {
  const entries = parseArray(text);
  const first = block.transactions[0]?.inputCount ?? 0;
  const coins = new SpentCoins(block.table.inputCount);
  const count = coins.count - first;
  if (entries.length !== count)
    throw new DecodeError(`${entries.length} spent coins for the ${count} inputs of the block`);
  for (const [i, entry] of entries.entries()) setCoin(coins, first + i, entry, i);
  return coins;
}

function parseArray(text: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DecodeError("the spent coins are no JSON", { cause });
  }
  const entries = hasSpent(value) ? value.spent : value;
  if (!Array.isArray(entries)) throw new DecodeError("the spent coins are no array");
  return entries;
}

function hasSpent(value: unknown): value is { readonly spent: unknown } {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "spent");
}

function setCoin(coins: SpentCoins, row: number, entry: unknown, index: number): void {
  const where = `spent coin ${index}`;
  if (!Array.isArray(entry) || entry.length !== 4)
    throw new DecodeError(`${where} is no array of value, script, height and coinbase`);
  const [value, script, height, coinbase] = entry as readonly unknown[];
  if (typeof value !== "number" || !Number.isInteger(value) || !isMoney(value))
    throw new DecodeError(`${where} has no amount in satoshis`);
  if (typeof script !== "string") throw new DecodeError(`${where} has no script`);
  if (height !== null && !isHeight(height)) throw new DecodeError(`${where} has no height`);
  if (coinbase !== null && typeof coinbase !== "boolean")
    throw new DecodeError(`${where} does not say whether a coinbase made it`);
  const bytes = decodeHex(script);
  coins.set(row, value, height ?? 0, coinbase ?? false, bytes, 0, bytes.length);
}

function isHeight(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < MAX_HEIGHT;
}
