import type { JSX } from "preact";
import { formatCount } from "../../format.ts";
import { Time } from "../../parts/time.tsx";
import { peers, type SyncState, tip } from "../../state/chain.ts";

const TITLES: Readonly<Record<SyncState["stage"], string>> = {
  starting: "Starting",
  peers: "Looking for other peers",
  headers: "Learning the chain",
  blocks: "Checking the chain",
  importing: "Reading blocks from disk",
  ready: "All checked, up to now",
};

/** The state of the peer in a few words. */
export function stateTitle(state: SyncState | null): string {
  return state === null ? "Connecting" : TITLES[state.stage];
}

/** The same in numbers: the last block, its age, the other peers. */
export function StateWords(): JSX.Element | null {
  const head = tip.value;
  const others = peers.value;
  if (head === null) return null;
  return (
    <>
      <span>Block {formatCount(head.height)}</span>
      <span class="wide-only" aria-hidden="true">
        ·
      </span>
      <Time seconds={head.time} />
      {others === null ? null : (
        <>
          <span class="wide-only" aria-hidden="true">
            ·
          </span>
          <span>{peerWords(others.total)}</span>
        </>
      )}
    </>
  );
}

function peerWords(count: number): string {
  if (count === 0) return "no other peers";
  return count === 1 ? "1 other peer" : `${formatCount(count)} other peers`;
}
