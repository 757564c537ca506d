import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatCount, formatFeerate } from "../../format.ts";
import { Amount } from "../../parts/amount.tsx";
import { Link } from "../../parts/link.tsx";
import { Time } from "../../parts/time.tsx";
import { rpc } from "../../rpc.ts";
import { type BlockSummary, loadSummary } from "./block-summary.ts";
import { feerateColour } from "./feerate-colour.ts";

/** A row that is only scrolled past asks nothing. */
const PATIENCE_MS = 120;
const FULL_WEIGHT = 4_000_000;
const MAX_KNOWN = 2_000;

/** Summaries by height; a reorganisation makes the hashes be asked for again. */
const known = new Map<number, BlockSummary>();

interface BlockRowProps {
  readonly height: number;
  /** Hash of the tip under which this is the block of that height. */
  readonly tip: string;
}

/** A block in a list. */
export function BlockRow({ height, tip }: BlockRowProps): JSX.Element {
  const [, draw] = useState<BlockSummary>();
  useEffect(() => {
    let current = true;
    const timer = setTimeout(
      () => {
        load(height)
          .then((found) => {
            if (current) draw(found);
          })
          // A block that a reorganisation took away: the next tip asks again.
          .catch(() => undefined);
      },
      known.has(height) ? 0 : PATIENCE_MS,
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [height, tip]);

  const shown = known.get(height);
  return (
    <div class="block-row">
      <Link href={`/block/${shown?.hash ?? height}`} class="block-number">
        {formatCount(height)}
      </Link>
      {shown === undefined ? <span class="muted">…</span> : <Columns block={shown} />}
    </div>
  );
}

function Columns({ block }: { readonly block: BlockSummary }): JSX.Element {
  const { time, txs, medianRate, fees, weight } = block;
  const share = Math.min(1, (weight ?? 0) / FULL_WEIGHT);
  return (
    <>
      <span class="muted">
        <Time seconds={time} />
      </span>
      <span class="number">{formatCount(txs)}</span>
      <span class="number wide-only">
        {medianRate === null || txs < 2 ? "–" : `${formatFeerate(medianRate)} sat/vB`}
      </span>
      <span class="number wide-only">{fees === null ? "–" : <Amount sats={fees} />}</span>
      <span class="fullness wide-only" title={`${Math.round(share * 100)} % full`}>
        <span style={{ width: `${share * 100}%`, background: feerateColour(medianRate ?? 0) }} />
      </span>
    </>
  );
}

async function load(height: number): Promise<BlockSummary> {
  const hash = await rpc<string>("getblockhash", [height]);
  const before = known.get(height);
  if (before?.hash === hash) return before;
  const summary = await loadSummary(hash);
  known.set(height, summary);
  for (const oldest of known.keys()) {
    if (known.size <= MAX_KNOWN) break;
    known.delete(oldest);
  }
  return summary;
}
