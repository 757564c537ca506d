import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { onTopic } from "../../live.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import type { PageProps } from "../../route.ts";
import { place } from "../../router.ts";
import { wallets } from "../../state/wallets.ts";
import { CheckedBadge } from "./checked-badge.tsx";
import { InputView } from "./input-view.tsx";
import { OutputView } from "./output-view.tsx";
import { TransactionFacts } from "./transaction-facts.tsx";
import { TransactionFlow } from "./transaction-flow.tsx";
import { type FoundTransaction, findTransaction } from "./transaction-json.ts";
import { WaitingCard } from "./waiting-card.tsx";

/** Inputs or outputs shown at first. */
const SHOWN_AT_FIRST = 50;

/** One transaction, in a block or waiting for one. */
export function TransactionPage({ params }: PageProps): JSX.Element {
  const { id: txid = "" } = params;
  const block = place.value.query.get("block");
  const { found, problem } = useTransaction(txid, block);
  if (found !== null) return <Shown found={found} block={block} />;
  return (
    <Page title="Transaction" lead={<Hash value={txid} label="txid" />}>
      {problem === null ? <Loading lines={8} /> : <Unknown problem={problem} />}
    </Page>
  );
}

function Unknown({ problem }: { readonly problem: string }): JSX.Element {
  return (
    <Empty title="This peer does not find that transaction.">
      Without an index of all transactions (txindex) it finds those that wait, those with an unspent
      coin, those of your wallets, and those opened from their block. It said: {problem}
    </Empty>
  );
}

function Shown({
  found,
  block,
}: {
  readonly found: FoundTransaction;
  readonly block: string | null;
}): JSX.Element {
  const { tx } = found;
  const where = tx.blockhash ?? block;
  return (
    <Page
      title="Transaction"
      lead={
        <>
          {tx.confirmations === undefined ? (
            <Badge kind="warning" icon="clock">
              Waiting
            </Badge>
          ) : (
            <CheckedBadge confirmations={tx.confirmations} />
          )}
          <Hash value={tx.txid} label="txid" kept={12} />
        </>
      }
    >
      {tx.blockhash === undefined ? <WaitingCard found={found} /> : null}
      <Card
        title="Flow"
        call={{
          method: "getrawtransaction",
          params: [tx.txid, 2, ...(where === null ? [] : [where])],
        }}
      >
        <TransactionFlow found={found} />
      </Card>
      <div class="split">
        <Card title={`Inputs (${tx.vin.length})`}>
          <Some label="inputs" count={tx.vin.length}>
            {(count) =>
              tx.vin
                .slice(0, count)
                .map((input, index) => (
                  <InputView key={`${input.txid}:${input.vout}`} input={input} index={index} />
                ))
            }
          </Some>
        </Card>
        <Card title={`Outputs (${tx.vout.length})`}>
          <Some label="outputs" count={tx.vout.length}>
            {(count) =>
              tx.vout
                .slice(0, count)
                .map((output) => <OutputView key={output.n} txid={tx.txid} output={output} />)
            }
          </Some>
        </Card>
      </div>
      <Card title="Facts" actions={<Copy text={tx.hex} label="the raw transaction" />}>
        <TransactionFacts found={found} />
      </Card>
    </Page>
  );
}

/** The first of many, and a button for all of them. */
function Some({
  label,
  count,
  children,
}: {
  readonly label: string;
  readonly count: number;
  readonly children: (shown: number) => JSX.Element[];
}): JSX.Element {
  const [shown, setShown] = useState(SHOWN_AT_FIRST);
  return (
    <div>
      {children(shown)}
      {count <= shown ? null : (
        <button type="button" class="button quiet" onClick={() => setShown(count)}>
          Show all {count} {label}
        </button>
      )}
    </div>
  );
}

function useTransaction(
  txid: string,
  block: string | null,
): { readonly found: FoundTransaction | null; readonly problem: string | null } {
  const [found, setFound] = useState<FoundTransaction | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const names = wallets.value;
  useEffect(() => {
    let current = true;
    const look = (): void => {
      findTransaction(txid, block, names ?? []).then(
        (tx) => {
          if (!current) return;
          setFound(tx);
          setProblem(null);
        },
        (failure: Error) => {
          if (current) setProblem(failure.message);
        },
      );
    };
    look();
    const stop = onTopic("tip", look);
    return () => {
      current = false;
      stop();
    };
  }, [txid, block, names]);
  return { found, problem };
}
