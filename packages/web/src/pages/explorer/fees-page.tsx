import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { formatCount, formatFeerate, formatVbytes } from "../../format.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Field } from "../../parts/field.tsx";
import { Link } from "../../parts/link.tsx";
import { Page } from "../../parts/page.tsx";
import { Table } from "../../parts/table.tsx";
import { fees, mempool } from "../../state/chain.ts";
import { EstimatedFees } from "./estimated-fees.tsx";
import { ExplorerTabs } from "./explorer-tabs.tsx";
import { FeeBoxes } from "./fee-boxes.tsx";
import { feerateColour } from "./feerate-colour.ts";
import { waitingPlace, waitingWords } from "./waiting-place.ts";

/** What a place in the next blocks costs, from what waits at this peer. */
export function FeesPage(): JSX.Element {
  return (
    <Page title="Fees" lead="From the blocks that this peer would build of what waits now">
      <ExplorerTabs at="/fees" />
      <Card title="Feerates now" call={{ method: "getprojectedblocks" }}>
        <FeeBoxes />
      </Card>
      <div class="split">
        <Card title="The coming blocks">
          <ComingBlocks />
        </Card>
        <EstimatedFees />
        <Card title="What would mine cost?">
          <Calculator />
        </Card>
      </div>
    </Page>
  );
}

function ComingBlocks(): JSX.Element {
  const blocks = mempool.value?.blocks ?? [];
  if (blocks.length === 0) {
    return (
      <Empty title="Nothing waits.">
        Any payment at the lowest feerate fits into the next block.
      </Empty>
    );
  }
  return (
    <Table
      caption="Projected blocks"
      rows={[...blocks.entries()]}
      keyOf={([index]) => index}
      columns={[
        {
          head: "Block",
          cell: ([index]) => (
            <Link href={`/mempool/${index}`}>{index === 0 ? "Next" : `In ${index + 1}`}</Link>
          ),
        },
        { head: "Transactions", align: "end", cell: ([, block]) => formatCount(block.txcount) },
        {
          head: "Size",
          align: "end",
          hide: "narrow",
          cell: ([, block]) => formatVbytes(block.vsize),
        },
        {
          head: "sat/vB",
          align: "end",
          cell: ([, { minrate, maxrate, medianrate }]) => (
            <>
              <span class="swatch" style={{ background: feerateColour(medianrate) }} />
              {formatFeerate(minrate)} – {formatFeerate(maxrate)}
            </>
          ),
        },
      ]}
    />
  );
}

function Calculator(): JSX.Element {
  const [rate, setRate] = useState("");
  const [size, setSize] = useState("141");
  const wanted = Number(rate === "" ? (fees.value?.next1 ?? 1) : rate);
  const bytes = Number(size);
  const sound = wanted > 0 && bytes > 0 && Number.isFinite(wanted * bytes);
  const blocks = mempool.value?.blocks ?? [];
  return (
    <>
      <div class="grid">
        <Field
          label="Feerate"
          type="number"
          inputMode="decimal"
          value={rate}
          placeholder={formatFeerate(fees.value?.next1 ?? 1)}
          suffix="sat/vB"
          onInput={setRate}
          error={wanted > 0 ? null : "A feerate is a number above zero."}
        />
        <Field
          label="Size"
          type="number"
          inputMode="numeric"
          value={size}
          suffix="vB"
          onInput={setSize}
          hint="141 vB: one coin spent, one payment, change"
          error={bytes > 0 ? null : "A size is a number above zero."}
        />
      </div>
      {sound ? (
        <p class="big-words">
          {formatCount(Math.ceil(wanted * bytes))} sats, and it would confirm{" "}
          {waitingWords(waitingPlace(wanted, blocks), blocks.length)}.
        </p>
      ) : null}
    </>
  );
}
