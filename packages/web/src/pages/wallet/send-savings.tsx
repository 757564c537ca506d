import type { JSX } from "preact";
import { formatFeerate, satsOf } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import type { SendPreview } from "./send-preview.ts";

/** What patience, fewer coins or company would save. */
export function SendSavings({ preview }: { readonly preview: SendPreview }): JSX.Element {
  const { leaner, batched, rates } = preview;
  return (
    <details>
      <summary>What would be cheaper</summary>
      <div class="stack">
        {rates.some(({ saves }) => saves > 0) ? (
          <Table
            caption="Fees by the block it should be in"
            columns={COLUMNS}
            rows={rates}
            keyOf={({ blocks }) => blocks}
          />
        ) : (
          <p>Waiting longer would save nothing.</p>
        )}
        {leaner !== null && (
          <p>
            With {leaner.inputs === 1 ? "one coin" : `${leaner.inputs} coins`} instead of{" "}
            {preview.inputs.length}: <Amount sats={satsOf(leaner.saves)} /> less.
          </p>
        )}
        {batched.saves > 0 && (
          <p>
            Together with another payment in one transaction:{" "}
            <Amount sats={satsOf(batched.saves)} /> less for this one.
          </p>
        )}
      </div>
    </details>
  );
}

type Rate = SendPreview["rates"][number];

const COLUMNS: readonly Column<Rate>[] = [
  {
    head: "Within",
    cell: ({ blocks }) => (blocks === 1 ? "the next block" : `${blocks} blocks`),
  },
  { head: "sat/vB", cell: ({ fee_rate }) => formatFeerate(fee_rate), align: "end" },
  { head: "Fee", cell: ({ fee }) => <Amount sats={satsOf(fee)} />, align: "end" },
  {
    head: "Saves",
    cell: ({ saves }) => (saves > 0 ? <Amount sats={satsOf(saves)} /> : "–"),
    align: "end",
  },
];
