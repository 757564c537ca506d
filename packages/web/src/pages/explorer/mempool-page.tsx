import type { JSX } from "preact";
import { formatBytes, formatCount, formatFeerate, formatVbytes } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Link } from "../../parts/link.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { Progress } from "../../parts/progress.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import type { PageProps } from "../../route.ts";
import { type MempoolState, mempool } from "../../state/chain.ts";
import { ExplorerTabs } from "./explorer-tabs.tsx";
import { FeerateScale } from "./feerate-scale.tsx";
import { useProjectedBlock } from "./projected-block.ts";
import { ProjectedTransactions } from "./projected-transactions.tsx";
import { Squares } from "./squares.tsx";

const FULL_WEIGHT = 4_000_000;

/** What waits, and the block that this peer would build of it. */
export function MempoolPage({ params: { index: at } }: PageProps): JSX.Element {
  const index = Number(at ?? 0) || 0;
  const state = mempool.value;
  return (
    <Page
      title="Mempool"
      lead={
        state === null
          ? undefined
          : `${formatCount(state.size)} transactions wait, ${formatVbytes(state.vsize)} in all`
      }
    >
      <ExplorerTabs at="/mempool" />
      <div class="split block-split">
        <Projected index={index} count={state?.blocks.length ?? 0} />
        <div class="stack">
          <Card title="All that waits" call={{ method: "getmempoolinfo" }}>
            {state === null ? <Loading /> : <MempoolFacts state={state} />}
          </Card>
        </div>
      </div>
    </Page>
  );
}

function MempoolFacts({ state }: { readonly state: MempoolState }): JSX.Element {
  return (
    <>
      <Progress share={state.usage / state.maxusage} label="Memory used" />
      <Facts
        items={[
          ["Memory", `${formatBytes(state.usage)} of ${formatBytes(state.maxusage)}`],
          ["Fees to be earned", <Amount key="f" sats={state.fees} />],
          ["Coming in", `${formatVbytes(state.inflow)} a second`],
          ["Lowest feerate taken", `${formatFeerate(state.minrate)} sat/vB`],
        ]}
      />
    </>
  );
}

function Projected({
  index,
  count,
}: {
  readonly index: number;
  readonly count: number;
}): JSX.Element {
  const block = useProjectedBlock(index);
  return (
    <Card
      title={
        index === 0
          ? "The next block, as this peer would build it"
          : `The block after ${index} others`
      }
      call={{ method: "getprojectedblocks", params: [index + 1, true] }}
    >
      {count > 1 ? <Chooser index={index} count={count} /> : null}
      {block === undefined ? (
        <Loading lines={6} />
      ) : block === null || block.txs.length === 0 ? (
        <Empty title="Nothing waits.">
          The next block will hold new coins only. What comes in appears here at once.
        </Empty>
      ) : (
        <>
          <p class="muted">
            {formatCount(block.txcount)} transactions, {formatVbytes(block.vsize)},{" "}
            {formatFeerate(block.minrate)} to {formatFeerate(block.maxrate)} sat/vB,{" "}
            <Amount sats={block.fees} /> in fees
          </p>
          <Tabs
            label="Ways to see the block"
            tabs={[
              {
                id: "picture",
                title: "Picture",
                content: () => (
                  <div class="stack">
                    <Squares
                      label="Waiting transactions as squares: area is weight, colour is feerate"
                      transactions={block.txs}
                      room={FULL_WEIGHT}
                      hrefOf={(txid) => `/tx/${txid}`}
                    />
                    <FeerateScale />
                  </div>
                ),
              },
              {
                id: "list",
                title: "Transactions",
                content: () => <ProjectedTransactions transactions={block.txs} />,
              },
            ]}
          />
        </>
      )}
    </Card>
  );
}

function Chooser({
  index,
  count,
}: {
  readonly index: number;
  readonly count: number;
}): JSX.Element {
  return (
    <nav class="row" aria-label="Projected blocks">
      {Array.from({ length: count }, (_, at) => (
        <Link key={at} href={`/mempool/${at}`} class="chip" current={at === index}>
          {at === 0 ? "Next" : `+${at}`}
        </Link>
      ))}
    </nav>
  );
}
