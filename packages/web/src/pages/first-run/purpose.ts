import type { Signal } from "@preact/signals";
import { storedChoice } from "../../state/stored.ts";

/** What somebody wants of a peer. */
export type Purpose = "look" | "wallet" | "help" | "develop";

/** The answer of the first step; kept by the browser so that the steps can be taken up again. */
export const purpose: Signal<Purpose> = storedChoice<Purpose>("purpose", [
  "look",
  "wallet",
  "help",
  "develop",
]);

export function setPurpose(chosen: Purpose): void {
  purpose.value = chosen;
}
