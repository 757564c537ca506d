import type { Signal } from "@preact/signals";
import { storedChoice } from "./stored.ts";

/** The unit that amounts are shown in. */
export type Unit = "btc" | "sats";

export const unit: Signal<Unit> = storedChoice<Unit>("unit", ["btc", "sats"]);

export function setUnit(chosen: Unit): void {
  unit.value = chosen;
}
