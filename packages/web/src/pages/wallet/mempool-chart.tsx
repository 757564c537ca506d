import type { JSX } from "preact";
import { formatFeerate, formatVbytes } from "../../format.ts";
import type { ProjectedBlock } from "../../state/chain.ts";
import { placeOfRate } from "./place-of-rate.ts";

interface Props {
  /** Next one first. */
  readonly blocks: readonly ProjectedBlock[];
  readonly rate: number | null;
}

/** Weight of a full block, to which the bars are drawn. */
const FULL_WEIGHT = 4_000_000;

/** Those who wait, block by block, and where a rate would stand among them. */
export function MempoolChart({ blocks, rate }: Props): JSX.Element {
  if (blocks.length === 0 || blocks.every(({ txcount }) => txcount === 0))
    return <p class="muted">Nobody waits: the lowest rate is as fast as any.</p>;
  const place = rate === null ? null : placeOfRate(blocks, rate);
  return (
    <div class="mempool-chart">
      <ol aria-label="Coming blocks as this peer would build them">
        {blocks.map((block, at) => (
          <li key={at} class={place?.block === at ? "chosen" : undefined}>
            <span
              class="mempool-bar"
              aria-hidden="true"
              style={{ height: `${Math.max(4, Math.min(1, block.weight / FULL_WEIGHT) * 100)}%` }}
            />
            <span class="small">
              {formatFeerate(block.minrate)}–{formatFeerate(block.maxrate)}
              <span class="visually-hidden"> satoshis a virtual byte</span>
            </span>
          </li>
        ))}
      </ol>
      {place !== null && (
        <p class="muted" aria-live="polite">
          {place.block === null
            ? "Behind all the blocks that are planned."
            : `In coming block ${place.block + 1}, with ${formatVbytes(place.ahead)} ahead of it or less.`}
        </p>
      )}
    </div>
  );
}
