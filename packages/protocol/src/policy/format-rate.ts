import { COIN } from "../bitcoin/amount.ts";
import type { FeeSize } from "./fee-rate.ts";
import { ratePerKvb } from "./fee-rate.ts";

/** A rate as people read it, in bitcoin a 1000 virtual bytes. Core: CFeeRate::ToString. */
export function formatRate({ fee, size }: FeeSize): string {
  const rate = ratePerKvb(fee, size);
  return `${Math.floor(rate / COIN)}.${String(rate % COIN).padStart(8, "0")} BTC/kvB`;
}
