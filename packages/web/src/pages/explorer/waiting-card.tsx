import type { JSX } from "preact";
import { feerateOf, formatCount, formatFeerate, satsOf } from "../../format.ts";
import { Card } from "../../parts/card.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Link } from "../../parts/link.tsx";
import { Time } from "../../parts/time.tsx";
import { useRpc } from "../../query.ts";
import { fees, mempool } from "../../state/chain.ts";
import type { FoundTransaction } from "./transaction-json.ts";
import { waitingPlace, waitingWords } from "./waiting-place.ts";

interface EntryJson {
  readonly vsize: number;
  readonly time: number;
  readonly ancestorcount: number;
  readonly descendantcount: number;
  readonly fees: { readonly base: number; readonly modified: number; readonly chunk?: number };
  readonly chunkweight?: number;
  readonly depends: readonly string[];
  readonly spentby: readonly string[];
}

/** Why a transaction is not confirmed yet: its place, and what would bring it forward. */
export function WaitingCard({ found }: { readonly found: FoundTransaction }): JSX.Element {
  const { txid } = found.tx;
  const entry = useRpc<EntryJson>("getmempoolentry", [txid], { topics: ["mempool"] });
  return (
    <Card title="Where it waits" call={{ method: "getmempoolentry", params: [txid] }}>
      {entry.value === undefined ? (
        <p class="muted">It is not in this peer's mempool any more.</p>
      ) : (
        <Place entry={entry.value} />
      )}
    </Card>
  );
}

function Place({ entry }: { readonly entry: EntryJson }): JSX.Element {
  const blocks = mempool.value?.blocks ?? [];
  const rate = miningRate(entry);
  const where = waitingPlace(rate, blocks);
  const next = fees.value?.next1 ?? 0;
  const missing = where === 0 ? 0 : Math.ceil((next - rate) * entry.vsize);
  return (
    <>
      <p class="big-words">
        If nothing better comes, it confirms{" "}
        <Link href={`/mempool/${where ?? Math.max(0, blocks.length - 1)}`}>
          {waitingWords(where, blocks.length)}
        </Link>
        .
      </p>
      {missing > 0 ? (
        <p class="muted">
          With {formatCount(missing)} sats more ({formatFeerate(next)} sat/vB) it would be in the
          next one: by replacing it, or by spending its output with a higher fee.
        </p>
      ) : null}
      <Facts
        items={[
          ["Seen", <Time key="t" seconds={entry.time} />],
          ["Feerate by which miners pick it", `${formatFeerate(rate)} sat/vB`],
          ["Rests on", related(entry.depends, entry.ancestorcount - 1)],
          ["Needed by", related(entry.spentby, entry.descendantcount - 1)],
        ]}
      />
    </>
  );
}

/** sat/vB of the chunk that it is mined with, where the peer tells; else its own. */
function miningRate({ fees, chunkweight, vsize }: EntryJson): number {
  if (fees.chunk !== undefined && chunkweight) return (satsOf(fees.chunk) * 4) / chunkweight;
  return (feerateOf(fees.modified) * 1_000) / vsize;
}

function related(direct: readonly string[], all: number): JSX.Element | string {
  const [first] = direct;
  if (first === undefined) return "nothing that waits";
  if (direct.length === 1 && all === 1)
    return <Hash value={first} href={`/tx/${first}`} label="txid" />;
  return `${formatCount(all)} waiting transactions`;
}
