import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useAction } from "../../query.ts";
import { PassphraseDialog } from "./passphrase-dialog.tsx";
import type { WalletInfo } from "./wallet-json.ts";
import { withKeys } from "./with-keys.ts";

interface Props {
  readonly wallet: string;
  readonly info: WalletInfo;
  readonly kind?: "primary" | "plain" | "danger";
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
  /** What the dialog says it asks for. */
  readonly title: string;
  /** Done with the keys in memory; what it throws is shown. */
  work(): Promise<void>;
}

/** A button for what needs the keys: where the wallet has a passphrase, it is asked for each time. */
export function NeedsKeys(props: Props): JSX.Element {
  const { wallet, info, kind = "plain", disabled = false, children, title, work } = props;
  const asking = useSignal(false);
  const action = useAction();
  const hasPassphrase = info.unlocked_until !== undefined;
  const begin = (): void => {
    if (hasPassphrase) asking.value = true;
    else action.run(work);
  };
  const withPassphrase = async (passphrase: string): Promise<void> => {
    await withKeys(wallet, passphrase, work);
    asking.value = false;
  };
  return (
    <>
      <Button kind={kind} busy={action.busy} disabled={disabled} onClick={begin}>
        {children}
      </Button>
      {action.error !== null && <Notice kind="error">{action.error}</Notice>}
      {asking.value && (
        <PassphraseDialog
          title={title}
          confirm="Go on"
          onPassphrase={withPassphrase}
          onClose={() => {
            asking.value = false;
          }}
        />
      )}
    </>
  );
}
