import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { satsOf } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Answer } from "../../parts/answer.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Link } from "../../parts/link.tsx";
import { Time } from "../../parts/time.tsx";
import { useRpc } from "../../query.ts";
import { Standing } from "./standing.tsx";
import { TransactionDetail } from "./transaction-detail.tsx";
import { categoryWords } from "./transaction-words.ts";
import { walletHref } from "./wallet-href.ts";
import type { HistoryEntry } from "./wallet-json.ts";
import type { SectionProps } from "./wallet-section.ts";

const PAGE = 50;

/** What came and went, newest first; or one transaction of it. */
export function HistorySection(props: SectionProps): JSX.Element {
  return props.id === null ? (
    <History {...props} />
  ) : (
    <TransactionDetail {...props} txid={props.id} />
  );
}

function History({ wallet }: SectionProps): JSX.Element {
  const count = useSignal(PAGE);
  const params = { label: "*", count: count.value };
  const topics = ["wallet", "tip"] as const;
  const history = useRpc<readonly HistoryEntry[]>("listtransactions", params, { topics, wallet });
  return (
    <Card title="History" call={{ method: "listtransactions", params, wallet }}>
      <Answer query={history}>
        {(entries) => (
          <>
            <Entries wallet={wallet} entries={entries} />
            {entries.length >= count.value && (
              <p>
                <Button
                  busy={history.loading}
                  onClick={() => {
                    count.value *= 4;
                  }}
                >
                  Show older
                </Button>
              </p>
            )}
          </>
        )}
      </Answer>
    </Card>
  );
}

interface EntriesProps {
  readonly wallet: string;
  readonly entries: readonly HistoryEntry[];
}

function Entries({ wallet, entries }: EntriesProps): JSX.Element {
  if (entries.length === 0)
    return (
      <Empty
        title="Nothing has come or gone yet"
        action={<Link href={walletHref(wallet, "receive")}>Receive something</Link>}
      >
        Give somebody an address, or mine a block where that is cheap.
      </Empty>
    );
  return (
    <ul class="history">
      {entries.toReversed().map((entry) => (
        <Entry
          key={`${entry.txid}:${entry.vout}:${entry.category}`}
          wallet={wallet}
          entry={entry}
        />
      ))}
    </ul>
  );
}

function Entry({
  wallet,
  entry,
}: {
  readonly wallet: string;
  readonly entry: HistoryEntry;
}): JSX.Element {
  const { category, label, address, time, amount, txid } = entry;
  return (
    <li class="history-entry">
      <div>
        <Link href={walletHref(wallet, "tx", txid)}>{categoryWords(category)}</Link>
        <span class="history-label">{label || entry.comment || address}</span>
      </div>
      <div class="history-side">
        <Amount sats={satsOf(amount)} signed />
        <span class="small">
          <Standing entry={entry} /> <Time seconds={time} />
        </span>
      </div>
    </li>
  );
}
