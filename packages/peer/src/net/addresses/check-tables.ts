import { type NetworkKind, networkKind } from "./address-class.ts";
import { type AddressEntry, BUCKET_SIZE, MAX_REFERENCES } from "./address-entry.ts";
import type { AddressTables } from "./address-tables.ts";

/**
 * What does not fit together in the tables, as Core's code for it; 0 when all is well. Core: CheckAddrman.
 *
 * @param log told when the check begins and when it ends
 */
export function checkTables(tables: AddressTables, log: (text: string) => void): number {
  const { list, newCount, triedCount } = tables;
  log(`CheckAddrman: new ${newCount}, tried ${triedCount}, total ${list.length} started`);
  const start = performance.now();
  const fault = check(tables);
  log(`CheckAddrman: completed (${(performance.now() - start).toFixed(2)}ms)`);
  return fault;
}

function check(tables: AddressTables): number {
  const { list, newCount, triedCount } = tables;
  if (list.length !== newCount + triedCount) return -7;
  const tried = new Set<AddressEntry>();
  const references = new Map<AddressEntry, number>();
  const counted = new Map<NetworkKind, { new: number; tried: number }>();
  for (let place = 0; place < list.length; place++) {
    const entry = list[place] as AddressEntry;
    const fault = checkEntry(tables, entry, place);
    if (fault !== 0) return fault;
    const kind = networkKind(entry);
    const count = counted.get(kind) ?? { new: 0, tried: 0 };
    counted.set(kind, count);
    if (entry.isTried) {
      tried.add(entry);
      count.tried++;
    } else {
      references.set(entry, entry.references);
      count.new++;
    }
  }
  if (tried.size !== triedCount) return -9;
  if (references.size !== newCount) return -10;
  return checkTried(tables, tried) || checkNew(tables, references) || checkRest(tables, counted);
}

function checkEntry(tables: AddressTables, entry: AddressEntry, place: number): number {
  if (entry.isTried) {
    if (entry.lastSuccess === 0) return -1;
    if (entry.references !== 0) return -2;
  } else {
    if (entry.references < 0 || entry.references > MAX_REFERENCES) return -3;
    if (entry.references === 0) return -4;
  }
  if (tables.find(entry) !== entry) return -5;
  if (entry.place !== place) return -14;
  if (entry.lastTry < 0) return -6;
  return entry.lastSuccess < 0 ? -8 : 0;
}

function checkTried(tables: AddressTables, left: Set<AddressEntry>): number {
  const { triedSlots } = tables;
  for (let slot = 0; slot < triedSlots.length; slot++) {
    const entry = triedSlots[slot] as AddressEntry | null;
    if (entry === null) continue;
    if (!left.delete(entry)) return -11;
    const right = tables.triedSlot(entry);
    if (Math.floor(right / BUCKET_SIZE) !== Math.floor(slot / BUCKET_SIZE)) return -17;
    if (right !== slot) return -18;
  }
  return left.size > 0 ? -13 : 0;
}

function checkNew(tables: AddressTables, left: Map<AddressEntry, number>): number {
  const { newSlots } = tables;
  for (let slot = 0; slot < newSlots.length; slot++) {
    const entry = newSlots[slot] as AddressEntry | null;
    if (entry === null) continue;
    const count = left.get(entry);
    if (count === undefined) return -12;
    if (tables.newSlotIn(entry, Math.floor(slot / BUCKET_SIZE)) !== slot) return -19;
    if (count === 1) left.delete(entry);
    else left.set(entry, count - 1);
  }
  return left.size > 0 ? -15 : 0;
}

function checkRest(
  tables: AddressTables,
  counted: ReadonlyMap<NetworkKind, { new: number; tried: number }>,
): number {
  if (tables.placement.key.every((byte) => byte === 0)) return -16;
  for (const [kind, count] of tables.counts) {
    const found = counted.get(kind) ?? { new: 0, tried: 0 };
    if (found.new !== count.new || found.tried !== count.tried) return -21;
  }
  return 0;
}
