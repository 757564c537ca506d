import type { JSX } from "preact";
import { formatCount, formatFeerate, shortenHash } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Link } from "../../parts/link.tsx";
import { VirtualList } from "../../parts/virtual-list.tsx";
import type { BlockTransaction } from "./block-json.ts";

const ROW_HEIGHT = 48;

interface BlockTransactionsProps {
  /** Hash of the block that they stand in; null for those that wait. */
  readonly block: string | null;
  readonly transactions: readonly BlockTransaction[];
}

/** A block's transactions in their order. */
export function BlockTransactions({ block, transactions }: BlockTransactionsProps): JSX.Element {
  const query = block === null ? "" : `?block=${block}`;
  return (
    <div>
      <div class="tx-row small muted" aria-hidden="true">
        <span>Transaction</span>
        <span class="number">Moves</span>
        <span class="number">Feerate</span>
        <span class="number wide-only">Size</span>
      </div>
      <VirtualList
        label="Transactions"
        rows={transactions}
        height={ROW_HEIGHT}
        row={(tx) => (
          <div class="tx-row">
            <Link href={`/tx/${tx.txid}${query}`} class="mono" title={tx.txid}>
              {shortenHash(tx.txid, 6)}
            </Link>
            <span class="number">
              <Amount sats={tx.value} />
            </span>
            <span class="number">{feerateWords(tx)}</span>
            <span class="number wide-only muted">{formatCount(Math.ceil(tx.weight / 4))} vB</span>
          </div>
        )}
      />
    </div>
  );
}

function feerateWords({ rate, isCoinbase }: BlockTransaction): string {
  if (isCoinbase) return "coinbase";
  return rate === null ? "–" : `${formatFeerate(rate)} sat/vB`;
}
