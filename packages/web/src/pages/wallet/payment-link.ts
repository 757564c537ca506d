import type { Sats } from "@compeer/protocol/bitcoin/amount";
import { formatAmount } from "@compeer/protocol/rpc/amount";

/** A link that asks for a payment (BIP21). The amount is left out when it is null, the label when empty. */
export function paymentLink(address: string, sats: Sats | null, label: string): string {
  const parts: string[] = [];
  if (sats !== null) parts.push(`amount=${formatAmount(sats).replace(/\.?0+$/, "")}`);
  if (label !== "") parts.push(`label=${encodeURIComponent(label)}`);
  return `bitcoin:${address}${parts.length > 0 ? `?${parts.join("&")}` : ""}`;
}
