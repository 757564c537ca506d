import type { JSX } from "preact";
import { formatBytes, formatCount } from "../../format.ts";
import { Link } from "../../parts/link.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useRpc } from "../../query.ts";
import { reorganisation, sync, type Tip } from "../../state/chain.ts";

const LITTLE_DISK = 5_000_000_000;
/** Clocks further apart than this disturb the checking of block times. */
const LARGE_OFFSET = 600;

interface NetworkInfo {
  readonly warnings: readonly string[] | string;
  readonly timeoffset: number;
}

/** What needs the reader's attention; nothing on a good day. */
export function Alerts(): JSX.Element | null {
  const network = useRpc<NetworkInfo>("getnetworkinfo", [], { topics: ["tip"] });
  const warnings = [network.value?.warnings ?? []].flat().filter((text) => text !== "");
  const offset = network.value?.timeoffset ?? 0;
  const free = sync.value?.diskfree ?? null;
  const back = reorganisation.value;
  return (
    <>
      {back === null ? null : <Reorganised tip={back} />}
      {warnings.map((text) => (
        <Notice key={text} kind="warning" title="The peer warns">
          {text}
        </Notice>
      ))}
      {free !== null && free < LITTLE_DISK ? (
        <Notice kind="warning" title={`Only ${formatBytes(free)} of disk are free`}>
          The peer stops when it cannot write. Make room, or let it keep fewer blocks in{" "}
          <Link href="/settings">settings</Link>.
        </Notice>
      ) : null}
      {Math.abs(offset) > LARGE_OFFSET ? (
        <Notice kind="warning" title="This machine's clock is off">
          Other peers' clocks differ by {formatCount(Math.abs(offset))} seconds. A wrong clock makes
          good blocks look bad.
        </Notice>
      ) : null}
    </>
  );
}

function Reorganised({ tip }: { readonly tip: Tip }): JSX.Element {
  const { reorg, fork, hash, height } = tip;
  return (
    <Notice kind="info" title="The chain was reorganised">
      {reorg === 1 ? "1 block was" : `${formatCount(reorg)} blocks were`} taken back
      {fork === null ? "" : ` after block ${formatCount(fork)}`}, for a branch with more work. The
      tip is now <Link href={`/block/${hash}`}>block {formatCount(height)}</Link>. Payments in the
      old blocks wait again.
    </Notice>
  );
}
