import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Progress } from "../../parts/progress.tsx";
import { useAction } from "../../query.ts";
import { rpc } from "../../rpc.ts";
import { setter } from "../../state/setter.ts";
import { PassphraseDialog } from "./passphrase-dialog.tsx";
import type { WalletInfo } from "./wallet-json.ts";
import type { SectionProps } from "./wallet-section.ts";

interface RescanAnswer {
  readonly start_height: number;
  readonly stop_height: number | null;
}

/** How often a running search is asked how far it is. */
const LOOK_MS = 500;
/** A search of the whole chain may take hours. */
const LONGEST_SECONDS = 172_800;

/** Reads the chain again for what the wallet may have missed. */
export function RescanCard({ wallet, info }: SectionProps): JSX.Element {
  const from = useSignal("0");
  const done = useSignal<string | null>(null);
  const action = useAction();
  const scanning = useScanning(wallet, info, action.busy);
  const asking = useSignal(false);
  const search = async (): Promise<void> => {
    const found = await rpc<RescanAnswer>("rescanblockchain", [heightOf(from.value)], wallet).catch(
      stopped,
    );
    done.value =
      found === null
        ? "The search was stopped; what it found so far is kept."
        : `Searched from ${found.start_height} to ${found.stop_height ?? "the tip"}.`;
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    done.value = null;
    action.run(async () => {
      heightOf(from.value);
      // Asked anew: what the page was told last may be from before the keys were locked again.
      const now = await rpc<WalletInfo>("getwalletinfo", [], wallet);
      if (now.unlocked_until === 0) asking.value = true;
      else await search();
    });
  };
  // A search may find that addresses were used further on, and then makes new keys.
  const searchUnlocked = async (passphrase: string): Promise<void> => {
    await rpc("walletpassphrase", { passphrase, timeout: LONGEST_SECONDS }, wallet);
    asking.value = false;
    action.run(async () => {
      try {
        await search();
      } finally {
        await rpc("walletlock", [], wallet);
      }
    });
  };
  return (
    <Card title="Search the chain again" call={{ method: "rescanblockchain", wallet }}>
      <form class="stack" onSubmit={submit}>
        <Field
          label="From height"
          inputMode="numeric"
          value={from.value}
          hint="Only needed when something is missing that you know was paid."
          onInput={setter(from)}
        />
        <div class="row">
          <Button type="submit" busy={action.busy}>
            Search
          </Button>
          {(scanning || action.busy) && (
            <Button onClick={() => void rpc("abortrescan", [], wallet).catch(() => false)}>
              Stop
            </Button>
          )}
        </div>
        {(scanning || action.busy) && (
          <Progress share={scanning ? scanning.progress : null} label="Chain searched" />
        )}
        {action.error !== null && <Notice kind="error">{action.error}</Notice>}
        {done.value !== null && <Notice kind="good">{done.value}</Notice>}
      </form>
      {asking.value && (
        <PassphraseDialog
          title="Search the chain"
          confirm="Go on"
          onPassphrase={searchUnlocked}
          onClose={() => {
            asking.value = false;
          }}
        />
      )}
    </Card>
  );
}

/** How far a search is, whoever began it. */
function useScanning(wallet: string, info: WalletInfo, isMine: boolean): WalletInfo["scanning"] {
  const [scanning, setScanning] = useState<WalletInfo["scanning"]>(false);
  useEffect(() => {
    if (!isMine) return;
    const timer = setInterval(() => {
      rpc<WalletInfo>("getwalletinfo", [], wallet).then(
        (now) => setScanning(now.scanning),
        () => undefined, // the search itself says what is wrong
      );
    }, LOOK_MS);
    return () => {
      clearInterval(timer);
      setScanning(false);
    };
  }, [wallet, isMine]);
  return scanning || info.scanning;
}

function heightOf(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text.trim())) throw new Error("That is not a height.");
  return Number(text);
}

function stopped(failure: Error): null {
  if (failure.message.includes("aborted")) return null;
  throw failure;
}
