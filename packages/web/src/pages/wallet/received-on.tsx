import type { JSX } from "preact";
import { satsOf } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useRpc } from "../../query.ts";

interface Received {
  readonly amount: number;
  readonly confirmations: number;
}

/** Says when a payment to the address comes, without being asked. */
export function ReceivedOn({
  wallet,
  address,
}: {
  readonly wallet: string;
  readonly address: string;
}): JSX.Element {
  const params = { minconf: 0, include_empty: true, address_filter: address };
  const topics = ["wallet", "tip"] as const;
  const answer = useRpc<readonly Received[]>("listreceivedbyaddress", params, { topics, wallet });
  const [received] = answer.value ?? [];
  return (
    <div aria-live="polite">
      {received === undefined || received.amount === 0 ? (
        <p class="muted">Nothing has come yet. This line changes when it does.</p>
      ) : (
        <Notice kind="good">
          <Amount sats={satsOf(received.amount)} /> received,{" "}
          {received.confirmations > 0 ? "confirmed." : "waiting for a block."}
        </Notice>
      )}
    </div>
  );
}
