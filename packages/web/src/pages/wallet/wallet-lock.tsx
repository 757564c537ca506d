import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Time } from "../../parts/time.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { PassphraseDialog } from "./passphrase-dialog.tsx";

/** Ten minutes: long enough for some work, short enough to walk away from. */
const OPEN_SECONDS = 600;

interface Props {
  readonly wallet: string;
  /** As `unlocked_until`: 0 when locked. */
  readonly until: number;
  onChange(): void;
}

/** Whether the keys are in memory, and the way to change it. */
export function WalletLock({ wallet, until, onChange }: Props): JSX.Element {
  const asking = useSignal(false);
  const action = useAction();
  const lock = (): void =>
    action.run(async () => {
      await rpc("walletlock", [], wallet);
      onChange();
    });
  const unlock = async (passphrase: string): Promise<void> => {
    await rpc("walletpassphrase", { passphrase, timeout: OPEN_SECONDS }, wallet);
    asking.value = false;
    onChange();
  };
  return (
    <p class="row">
      {until === 0 ? (
        <>
          <span class="muted">Locked: it sees, and cannot spend.</span>
          <Button kind="plain" onClick={() => (asking.value = true)}>
            Unlock
          </Button>
        </>
      ) : (
        <>
          <span class="muted">
            Unlocked; locks itself <Time seconds={until} />.
          </span>
          <Button kind="plain" busy={action.busy} onClick={lock}>
            Lock now
          </Button>
        </>
      )}
      {asking.value && (
        <PassphraseDialog
          title="Unlock for ten minutes"
          confirm="Unlock"
          onPassphrase={unlock}
          onClose={() => {
            asking.value = false;
          }}
        />
      )}
    </p>
  );
}
