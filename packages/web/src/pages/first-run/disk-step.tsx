import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { formatBytes } from "../../format.ts";
import { Button } from "../../parts/button.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction, useRpc } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { type SyncState, sync } from "../../state/chain.ts";
import { may } from "../../state/session.ts";
import { MIN_PRUNE_MIB, pruneWords } from "./disk-words.ts";
import { purpose } from "./purpose.ts";

const MIB = 1_048_576;
/** Slider positions in MiB of kept blocks; the last keeps all. */
const STOPS = [MIN_PRUNE_MIB, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 0];

interface PruneSetting {
  readonly name: string;
  readonly value: unknown;
  readonly stored: unknown;
}

/** How many old blocks to keep. Everything is checked either way. */
export function DiskStep(): JSX.Element {
  const id = useId();
  const asked = useRpc<SyncState>("getsyncprogress");
  const settings = useRpc<readonly PruneSetting[]>("listsettings", ["prune"]);
  const setting = settings.value?.find(({ name }) => name === "prune");
  const stop = useSignal(purpose.value === "help" ? STOPS.length - 1 : 2);
  const done = useSignal(false);
  const action = useAction();
  const state = sync.value ?? asked.value;
  const kept = STOPS[stop.value] as number;
  const keep = (): void =>
    action.run(async () => {
      await rpc("changesetting", ["prune", kept === 0 ? null : kept]);
      done.value = true;
    });
  return (
    <div class="stack">
      <p>
        The peer checks every block since 2009. It can forget old ones afterwards: what it knows to
        be true stays true.
      </p>
      <div class="field">
        <label for={id}>Old blocks to keep</label>
        <input
          id={id}
          type="range"
          min={0}
          max={STOPS.length - 1}
          step={1}
          value={stop.value}
          aria-valuetext={pruneWords(kept)}
          onInput={(event) => {
            stop.value = Number(event.currentTarget.value);
            done.value = false;
          }}
        />
        <p aria-live="polite">{pruneWords(kept)}</p>
      </div>
      {state !== undefined && (
        <Facts
          items={[
            ["Taken now", formatBytes(state.disksize)],
            state.diskfree === null ? null : ["Free", formatBytes(state.diskfree)],
          ]}
        />
      )}
      {state?.diskfree != null && kept !== 0 && kept * MIB > state.diskfree && (
        <Notice kind="warning">The disk has less room than that.</Notice>
      )}
      {setting !== undefined && may("spend") && (
        <p class="row">
          <Button busy={action.busy} onClick={keep}>
            Use this from the next start
          </Button>
        </p>
      )}
      {done.value && <Notice kind="good">Kept. It counts from the next start of the peer.</Notice>}
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
    </div>
  );
}
