import type { JSX } from "preact";
import { formatCount, formatFeerate } from "../../format.ts";
import { Link } from "../../parts/link.tsx";
import { Time } from "../../parts/time.tsx";
import { mempool, type ProjectedBlock } from "../../state/chain.ts";
import type { BlockSummary } from "./block-summary.ts";
import { feerateColour } from "./feerate-colour.ts";
import { useRecentBlocks } from "./recent-blocks.ts";

const MINED = 10;
const PROJECTED = 4;
/** Weight that fills a block (BIP141). */
const FULL_WEIGHT = 4_000_000;

/** Time from right to left: blocks of the chain, now, and the blocks that would come next. */
export function BlockStrip(): JSX.Element {
  const mined = useRecentBlocks(MINED);
  const projected = (mempool.value?.blocks ?? []).slice(0, PROJECTED);
  return (
    // A region that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="strip" aria-label="Latest blocks and those to come" tabIndex={0}>
      <ol class="strip-list">
        {projected.length === 0 ? <NothingWaits /> : null}
        {[...projected.entries()].reverse().map(([index, block]) => (
          <ComingBlock key={`next-${index}`} index={index} block={block} />
        ))}
        <li class="strip-now" aria-hidden="true">
          <span>now</span>
        </li>
        {mined.map((block) => (
          <MinedBlock key={block.hash} block={block} />
        ))}
      </ol>
    </section>
  );
}

function NothingWaits(): JSX.Element {
  return (
    <li>
      <Link href="/mempool" class="cube coming">
        <strong>Next block</strong>
        <span class="cube-rate">nothing waits</span>
      </Link>
    </li>
  );
}

function ComingBlock({
  index,
  block,
}: {
  readonly index: number;
  readonly block: ProjectedBlock;
}): JSX.Element {
  return (
    <li>
      <Link href={`/mempool/${index}`} class="cube coming">
        <Fill share={block.weight / FULL_WEIGHT} rate={block.medianrate} />
        <strong>{index === 0 ? "Next block" : `In ${index + 1} blocks`}</strong>
        <span class="cube-rate">{formatFeerate(block.medianrate)} sat/vB</span>
        <span>{formatCount(block.txcount)} tx</span>
      </Link>
    </li>
  );
}

function MinedBlock({ block }: { readonly block: BlockSummary }): JSX.Element {
  const { height, weight, medianRate, txs, time } = block;
  return (
    <li>
      <Link href={`/block/${block.hash}`} class="cube">
        <Fill share={(weight ?? 0) / FULL_WEIGHT} rate={medianRate ?? 0} />
        <strong>{formatCount(height)}</strong>
        <span class="cube-rate">
          {medianRate === null || txs < 2 ? "no fees" : `${formatFeerate(medianRate)} sat/vB`}
        </span>
        <span>{formatCount(txs)} tx</span>
        <span class="muted">
          <Time seconds={time} />
        </span>
      </Link>
    </li>
  );
}

function Fill({ share, rate }: { readonly share: number; readonly rate: number }): JSX.Element {
  const colour = feerateColour(rate);
  return (
    <span
      class="cube-fill"
      aria-hidden="true"
      style={{ height: `${Math.min(1, share) * 100}%`, "--face": colour }}
    />
  );
}
