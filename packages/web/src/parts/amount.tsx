import type { JSX } from "preact";
import { formatBitcoins, formatSats } from "../format.ts";
import { unit } from "../state/unit.ts";

interface AmountProps {
  readonly sats: number;
  /** Show what comes in with a plus. */
  readonly signed?: boolean;
}

/** An amount in the reader's unit. Places that hold nothing are drawn back. */
export function Amount({ sats, signed = false }: AmountProps): JSX.Element {
  const sign = signed && sats > 0 ? "+" : "";
  if (unit.value === "sats") {
    return (
      <span class="amount">
        {sign + formatSats(sats)} <span class="unit">sats</span>
      </span>
    );
  }
  const text = formatBitcoins(sats);
  const solid = text.replace(/\.?0+$/, "");
  return (
    <span class="amount">
      {sign + solid}
      <span class="faint">{text.slice(solid.length)}</span> <span class="unit">BTC</span>
    </span>
  );
}
