import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { formatCount } from "../../format.ts";
import { Card } from "../../parts/card.tsx";
import { Link } from "../../parts/link.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { VirtualList } from "../../parts/virtual-list.tsx";
import { place } from "../../router.ts";
import { tip } from "../../state/chain.ts";
import { BlockRow } from "./block-row.tsx";
import { BlockStrip } from "./block-strip.tsx";
import { ExplorerTabs } from "./explorer-tabs.tsx";

/** Rows of one page: browsers draw no element taller than some thirty million pixels. */
const ROWS = 10_000;
const ROW_HEIGHT = 52;

/** Every block of the active chain, newest first. */
export function BlocksPage(): JSX.Element {
  const head = tip.value;
  return (
    <Page
      title="Blocks"
      lead={head === null ? undefined : `${formatCount(head.height + 1)} blocks, newest first`}
    >
      <ExplorerTabs at="/blocks" />
      <BlockStrip />
      {head === null ? <Loading lines={8} /> : <BlockList top={head.height} tip={head.hash} />}
    </Page>
  );
}

function BlockList({ top, tip }: { readonly top: number; readonly tip: string }): JSX.Element {
  const wanted = Number(place.value.query.get("from") ?? top);
  const from = Number.isInteger(wanted) && wanted >= 0 ? Math.min(top, wanted) : top;
  const count = Math.min(ROWS, from + 1);
  const heights = useMemo(
    () => Array.from({ length: count }, (_, index) => from - index),
    [from, count],
  );
  const next = from - count;
  return (
    <Card class="block-list">
      <div class="block-row block-head small muted" aria-hidden="true">
        <span>Height</span>
        <span>Mined</span>
        <span class="number">Transactions</span>
        <span class="number wide-only">Median feerate</span>
        <span class="number wide-only">Fees</span>
        <span class="wide-only">Weight</span>
      </div>
      <VirtualList
        label="Blocks"
        rows={heights}
        height={ROW_HEIGHT}
        row={(height) => <BlockRow height={height} tip={tip} />}
      />
      <nav class="row" aria-label="Further blocks">
        {from < top ? <Link href="/blocks">Newest blocks</Link> : null}
        {next >= 0 ? (
          <Link href={`/blocks?from=${next}`}>Blocks from {formatCount(next)}</Link>
        ) : null}
      </nav>
    </Card>
  );
}
