import type { JSX } from "preact";
import { formatCount, formatFeerate, shortenHash } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Link } from "../../parts/link.tsx";
import { Time } from "../../parts/time.tsx";
import { VirtualList } from "../../parts/virtual-list.tsx";

const ROW_HEIGHT = 48;

interface Waiting {
  readonly txid: string;
  readonly vsize: number;
  readonly fee: number;
  readonly rate: number;
  readonly time: number;
}

/** Transactions that wait, in the order that a miner would take them. */
export function ProjectedTransactions({
  transactions,
}: {
  readonly transactions: readonly Waiting[];
}): JSX.Element {
  return (
    <div>
      <div class="tx-row small muted" aria-hidden="true">
        <span>Transaction</span>
        <span class="number">Fee</span>
        <span class="number">Feerate</span>
        <span class="number wide-only">Seen</span>
      </div>
      <VirtualList
        label="Waiting transactions"
        rows={transactions}
        height={ROW_HEIGHT}
        row={(tx) => (
          <div class="tx-row">
            <Link
              href={`/tx/${tx.txid}`}
              class="mono"
              title={`${tx.txid}, ${formatCount(tx.vsize)} vB`}
            >
              {shortenHash(tx.txid, 6)}
            </Link>
            <span class="number">
              <Amount sats={tx.fee} />
            </span>
            <span class="number">{formatFeerate(tx.rate)} sat/vB</span>
            <span class="number wide-only muted">
              <Time seconds={tx.time} />
            </span>
          </div>
        )}
      />
    </div>
  );
}
