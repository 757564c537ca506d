import type { JSX } from "preact";
import { satsOf } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useRpc } from "../../query.ts";
import type { Balances } from "./wallet-json.ts";

/** What a wallet holds: what can be spent, and beside it what cannot yet. */
export function WalletBalance({ wallet }: { readonly wallet: string }): JSX.Element {
  const balances = useRpc<Balances>("getbalances", [], { topics: ["wallet", "tip"], wallet });
  if (balances.error !== null) return <Notice kind="error">{balances.error}</Notice>;
  const mine = balances.value?.mine;
  const rest: readonly (readonly [string, number | undefined])[] = [
    ["on its way", mine?.untrusted_pending],
    ["ripening", mine?.immature],
    ["on used addresses", mine?.used],
  ];
  return (
    <div class="balance" aria-live="polite">
      <p class="balance-total">
        <Amount sats={satsOf(mine?.trusted ?? 0)} />
      </p>
      {rest.map(
        ([words, amount]) =>
          amount !== undefined &&
          amount !== 0 && (
            <p key={words} class="muted">
              <Amount sats={satsOf(amount)} /> {words}
            </p>
          ),
      )}
    </div>
  );
}
