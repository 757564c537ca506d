import type { JSX } from "preact";
import { formatCount, formatFeerate, formatVbytes } from "../../format.ts";
import { Card } from "../../parts/card.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Link } from "../../parts/link.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { mempool, sync } from "../../state/chain.ts";
import { BlockStrip } from "../explorer/block-strip.tsx";
import { FeeBoxes } from "../explorer/fee-boxes.tsx";
import { Alerts } from "./alerts.tsx";
import { BalanceCard } from "./balance-card.tsx";
import { NeighboursCard } from "./neighbours-card.tsx";
import { StateWords, stateTitle } from "./state-words.tsx";
import { SyncCard } from "./sync-card.tsx";

/** How the peer is, what the network does, what one owns. */
export function HomePage(): JSX.Element {
  const state = sync.value;
  return (
    <Page title="Home" heading={stateTitle(state)} lead={<StateWords />}>
      <Alerts />
      {state === null || state.stage === "ready" ? null : <SyncCard state={state} />}
      <BlockStrip />
      <div class="home-grid">
        <BalanceCard />
        <Card title="Fees now" call={{ method: "getprojectedblocks" }} class="home-fees">
          <FeeBoxes />
        </Card>
        <WaitingCard />
        <NeighboursCard />
      </div>
    </Page>
  );
}

function WaitingCard(): JSX.Element {
  const state = mempool.value;
  return (
    <Card
      title="What waits"
      call={{ method: "getmempoolinfo" }}
      actions={<Link href="/mempool">Mempool</Link>}
    >
      {state === null ? (
        <Loading />
      ) : (
        <>
          <p class="big-number">
            {formatCount(state.size)} <span class="unit">transactions</span>
          </p>
          <Facts
            items={[
              ["Size", formatVbytes(state.vsize)],
              ["Coming in", `${formatVbytes(state.inflow)} a second`],
              ["Lowest feerate taken", `${formatFeerate(state.minrate)} sat/vB`],
            ]}
          />
        </>
      )}
    </Card>
  );
}
